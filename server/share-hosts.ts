import type { FactsSnapshot, HostSnapshot } from '../core/facts/snapshot.ts';

/**
 * The new snapshot with the old objects of hosts that say the same as before, so that only
 * migrations of the other hosts are checked again.
 */
export function shareHosts(
  before: FactsSnapshot | undefined,
  after: FactsSnapshot | undefined,
): FactsSnapshot | undefined {
  if (before === undefined || after === undefined) return after;
  const hosts: Record<string, HostSnapshot> = {};
  for (const [name, host] of Object.entries(after.hosts)) {
    const known = Object.hasOwn(before.hosts, name) ? before.hosts[name] : undefined;
    hosts[name] =
      known !== undefined && JSON.stringify(known) === JSON.stringify(host) ? known : host;
  }
  return { ...after, hosts };
}
