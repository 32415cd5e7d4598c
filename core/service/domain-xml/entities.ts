import type { Span } from '../../text/span.ts';
import { contains } from '../../text/span.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { attribute, child, children } from '../../xml/tree.ts';
import type { DomainXml } from '../parse-cache.ts';

/** Something in domain XML that a migration descriptor can name. */
export interface DomainEntity {
  readonly kind: 'domain' | 'disk' | 'interface';
  /** The domain's name, the disk's target, the interface's MAC address as it is written. */
  readonly name: string;
  /** Where the name stands: what a rename changes. */
  readonly nameSpan: Span;
  /** The name's element for a domain, the whole device for the others. */
  readonly span: Span;
}

/** The domain, its disks and its interfaces, as far as they have names. */
export function domainEntities({ document }: DomainXml): readonly DomainEntity[] {
  const { root } = document;
  if (root?.name !== 'domain') return [];
  const found: DomainEntity[] = [];
  const name = child(root, 'name');
  if (name !== undefined && name.text.value !== '') {
    found.push({
      kind: 'domain',
      name: name.text.value,
      nameSpan: name.text.span,
      span: name.span,
    });
  }
  const named = (
    kind: DomainEntity['kind'],
    device: XmlElement,
    holder: string,
    by: string,
  ): void => {
    const element = child(device, holder);
    const said = element === undefined ? undefined : attribute(element, by);
    if (said === undefined || said.value === '') return;
    found.push({ kind, name: said.value, nameSpan: said.valueSpan, span: device.span });
  };
  const devices = child(root, 'devices');
  for (const disk of children(devices, 'disk')) named('disk', disk, 'target', 'dev');
  for (const each of children(devices, 'interface')) named('interface', each, 'mac', 'address');
  return found;
}

/**
 * The entity that an offset means: the one whose name it is in, else the device around it; the
 * domain only at its name.
 */
export function entityAt(xml: DomainXml, offset: number): DomainEntity | undefined {
  const all = domainEntities(xml);
  return (
    all.find(({ nameSpan }) => contains(nameSpan, offset)) ??
    all.find(({ kind, span }) => kind !== 'domain' && contains(span, offset))
  );
}

/** The entity of this kind and name; MAC addresses are compared without regard to case. */
export function entityNamed(
  xml: DomainXml,
  kind: DomainEntity['kind'],
  name: string,
): DomainEntity | undefined {
  const same = (other: string): boolean =>
    kind === 'interface' ? other.toLowerCase() === name.toLowerCase() : other === name;
  return domainEntities(xml).find((entity) => entity.kind === kind && same(entity.name));
}
