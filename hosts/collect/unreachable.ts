import type { Answer, HostSnapshot } from '../../core/facts/snapshot.ts';

/** The snapshot of a host that could not be asked at all: every part is unknown for this reason. */
export function unreachableHost(name: string, at: number, why: string): HostSnapshot {
  const unknown: Answer<never> = { ok: false, why, from: 'ssh' };
  return {
    name,
    at,
    unreachable: why,
    identity: unknown,
    versions: unknown,
    capacity: unknown,
    cpu: unknown,
    networks: unknown,
    bridges: unknown,
    pools: unknown,
    domains: unknown,
    images: {},
  };
}
