import { attribute, child } from '../../xml/tree.ts';
import type { XmlElement } from '../../xml/tree.ts';
import type { SymbolNode } from '../symbol-node.ts';

/** Elements below which an outline shows nothing more. */
const leaves: ReadonlySet<string> = new Set(['disk', 'interface', 'controller', 'hostdev']);

/** What tells a device apart from its siblings: an attribute of the element or of a child. */
const tellingApart: Readonly<Record<string, readonly (readonly [string | undefined, string])[]>> = {
  disk: [['target', 'dev']],
  interface: [
    ['mac', 'address'],
    [undefined, 'type'],
  ],
  controller: [[undefined, 'type']],
  hostdev: [[undefined, 'type']],
  channel: [
    ['target', 'name'],
    [undefined, 'type'],
  ],
  serial: [[undefined, 'type']],
  console: [[undefined, 'type']],
  filesystem: [
    ['target', 'dir'],
    [undefined, 'type'],
  ],
  graphics: [[undefined, 'type']],
  shmem: [[undefined, 'name']],
  tpm: [
    ['backend', 'type'],
    [undefined, 'model'],
  ],
  memory: [[undefined, 'model']],
  feature: [[undefined, 'name']],
  timer: [[undefined, 'name']],
  vcpupin: [[undefined, 'vcpu']],
  cell: [[undefined, 'id']],
  video: [['model', 'type']],
};

/** The outline of a domain: `disk vda`, `interface 52:54:00:…`, `memory` with its value. */
export function elementSymbol(element: XmlElement): SymbolNode {
  const shown = leaves.has(element.name) ? [] : element.children;
  const apart = tellApart(element);
  return {
    name: symbolName(element, apart),
    detail: detailOf(element),
    kind: kindOf(element, shown.length > 0),
    span: element.span,
    nameSpan: element.nameSpan,
    children: shown.map(elementSymbol),
  };
}

function symbolName({ name }: XmlElement, apart: string | undefined): string {
  if (name === '') return '–';
  return apart === undefined || apart === '' ? name : `${name} ${apart}`;
}

/** The name of a device that people call it by, as a part of its symbol's name. */
function tellApart(element: XmlElement): string | undefined {
  if (!Object.hasOwn(tellingApart, element.name)) return undefined;
  for (const [below, name] of tellingApart[element.name] ?? []) {
    const holder = below === undefined ? element : child(element, below);
    const value = holder === undefined ? undefined : attribute(holder, name)?.value;
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

function detailOf(element: XmlElement): string | undefined {
  const source = child(element, 'source');
  switch (element.name) {
    case 'domain':
      return child(element, 'name')?.text.value;
    case 'disk':
    case 'interface':
    case 'filesystem':
      return source?.attributes[0]?.value;
    default: {
      const text = element.text.value;
      if (text !== '') return text.slice(0, 80);
      const type = attribute(element, 'type')?.value;
      return tellApart(element) === type ? undefined : type;
    }
  }
}

function kindOf({ name }: XmlElement, holds: boolean): SymbolNode['kind'] {
  if (name === 'domain') return 'file';
  if (name === 'disk') return 'disk';
  if (name === 'interface') return 'network';
  return holds ? 'group' : 'property';
}
