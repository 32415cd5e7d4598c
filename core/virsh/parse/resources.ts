import type { LibvirtNetwork, StoragePool } from '../../facts/snapshot.ts';
import { parseXml } from '../../xml/parse.ts';
import { attribute, child } from '../../xml/tree.ts';
import { textOf } from './host.ts';

/** Reads `virsh net-dumpxml`; undefined when it is no network. */
export function parseNetwork(xml: string, active: boolean): LibvirtNetwork | undefined {
  const { root } = parseXml(xml);
  const name = textOf(child(root, 'name'));
  if (root?.name !== 'network' || name === undefined) return undefined;
  const forward = child(root, 'forward');
  return {
    name,
    active,
    bridge: attributeOf(xml, 'bridge', 'name'),
    // libvirt's default of <forward/> is nat; without the element the network is isolated.
    forward: forward === undefined ? 'none' : (attribute(forward, 'mode')?.value ?? 'nat'),
  };
}

/** Reads `virsh pool-dumpxml`; free bytes count for active pools only. */
export function parsePool(xml: string, active: boolean): StoragePool | undefined {
  const { root } = parseXml(xml);
  const name = textOf(child(root, 'name'));
  if (root?.name !== 'pool' || name === undefined) return undefined;
  const available = child(root, 'available');
  const unit =
    available === undefined ? undefined : (attribute(available, 'unit')?.value ?? 'bytes');
  const amount = textOf(available);
  const known = active && unit === 'bytes' && amount !== undefined && /^\d+$/.test(amount);
  return {
    name,
    active,
    path: textOf(child(child(root, 'target'), 'path')),
    available: known ? Number(amount) : undefined,
  };
}

function attributeOf(xml: string, element: string, name: string): string | undefined {
  const found = child(parseXml(xml).root, element);
  return found === undefined ? undefined : attribute(found, name)?.value;
}
