import { say } from '../messages.ts';
import { disk } from './disk.ts';
import type { AttributeDocumentation, ElementDocumentation } from './documentation.ts';
import { features } from './features.ts';
import { domainAttributes, general } from './general.ts';
import { anywhere, guestDevices } from './guest-devices.ts';
import { hostDevices } from './host-devices.ts';
import { networkInterface } from './interface.ts';
import { memory } from './memory.ts';
import { processor } from './processor.ts';

/** What is documented, as a tree of the elements of domain XML. */
export const domainDocumentation: ElementDocumentation = {
  section: 'element-and-attribute-overview',
  means: say('A virtual machine as libvirt keeps it.'),
  migration: say(
    'On the destination a domain is made from this XML; what the guest can see of it must not change.',
  ),
  attributes: domainAttributes,
  children: {
    ...general,
    ...processor,
    ...memory,
    ...features,
    devices: {
      section: 'devices',
      means: say('Everything that is plugged into the guest.'),
      migration: say(
        'The guest must find the same devices at the same addresses on the destination.',
      ),
      children: { ...guestDevices, ...hostDevices, disk, interface: networkInterface },
    },
  },
};

const page = 'https://libvirt.org/formatdomain.html';

export interface Documented<T> {
  readonly documentation: T;
  /** Address of the section in libvirt's own page. */
  readonly reference: string;
}

/** The documentation of the element at a path of names, the root's first. */
export function elementDocumentation(
  path: readonly string[],
): Documented<ElementDocumentation> | undefined {
  if (path[0] !== 'domain') return undefined;
  let at: ElementDocumentation | undefined = domainDocumentation;
  let section = at.section;
  for (const [depth, name] of path.entries()) {
    if (depth === 0) continue;
    at = below(at, name, depth > 2);
    if (at === undefined) return undefined;
    section = at.section ?? section;
  }
  return { documentation: at, reference: section === undefined ? page : `${page}#${section}` };
}

export function attributeDocumentation(
  path: readonly string[],
  name: string,
): Documented<AttributeDocumentation> | undefined {
  const element = elementDocumentation(path);
  const documentation = own(element?.documentation.attributes, name);
  return element === undefined || documentation === undefined
    ? undefined
    : { documentation, reference: element.reference };
}

function below(
  parent: ElementDocumentation,
  name: string,
  inDevice: boolean,
): ElementDocumentation | undefined {
  const found = own(parent.children, name);
  if (found !== undefined) return found;
  // A layer below an image can have a layer below it, without end.
  if (name === 'backingStore' && parent === disk.children?.['backingStore']) return parent;
  return inDevice ? own(anywhere, name) : undefined;
}

function own<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
