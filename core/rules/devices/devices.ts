import { devicesOf } from '../../domain/devices-of.ts';
import type { Domain } from '../../domain/domain.ts';
import type { HostVersions } from '../../facts/snapshot.ts';
import type { Message } from '../../messages.ts';
import type { Location, Span } from '../../text/span.ts';
import { attributeValue } from '../../xml/tree.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { isOlder } from '../host/version.ts';

/** Is it a guest of QEMU? Containers and guests of other hypervisors have other limits. */
export function isQemu({ type }: Domain): boolean {
  return type === undefined || qemuTypes.has(type.value);
}

const qemuTypes: ReadonlySet<string> = new Set(['kvm', 'qemu', 'hvf']);

/** The devices of this name that a guest of QEMU has. */
export function devices(domain: Domain, name: string): readonly XmlElement[] {
  return isQemu(domain) ? devicesOf(domain.root, name) : [];
}

export function has(element: XmlElement | undefined, name: string, value: string): boolean {
  return element !== undefined && attributeValue(element, name)?.value === value;
}

/** The place in the domain XML that a finding rests on. */
export function inXml(
  domain: Domain,
  span: Span,
  message: Message,
): Location & { readonly message: Message } {
  return { uri: domain.uri, span, message };
}

/**
 * Does libvirt on the source ask QEMU what blocks a migration (`query-migrate`, blocked-reasons)
 * instead of going by its own list? That takes libvirt 8.6 and QEMU 6.0. Undefined when a version
 * cannot be read. (libvirt `qemuMigrationSrcIsAllowed`.)
 */
export function qemuDecides({ libvirt, qemu }: HostVersions): boolean | undefined {
  const old = [isOlder(libvirt, '8.6.0'), isOlder(qemu, '6.0.0')];
  if (old.includes(true)) return false;
  return old.includes(undefined) ? undefined : true;
}
