import type { ListedHost } from '../../core/service/surroundings.ts';
import { destinationUri } from '../../core/planner/destination-uri.ts';
import type { RunSummary } from '../../hosts/run/record.ts';

const key = 'runs';
/** Ids that are remembered; older runs have long ended. */
const length = 200;

interface Memory {
  get(key: string): unknown;
  update(key: string, value: readonly string[]): Thenable<void>;
}

/** The runs that this workspace has started, kept over reloads of the window. */
export function rememberedRuns(memory: Memory): {
  has(run: string): boolean;
  add(run: string): void;
} {
  const read = (): readonly string[] => {
    const stored = memory.get(key);
    return Array.isArray(stored) ? stored.filter((id) => typeof id === 'string') : [];
  };
  return {
    has: (run) => read().includes(run),
    add(run) {
      void memory.update(key, [...read(), run].slice(-length));
    },
  };
}

/**
 * Does a run that was started elsewhere (another window, the command line) speak of the hosts that
 * this workspace knows by the same names? Two data centres may each have their `kvm01`: following a
 * run on the wrong one would find nothing there and believe that it never started.
 */
export function isOfTheseHosts({ plan }: RunSummary, hosts: readonly ListedHost[]): boolean {
  const listed = (name: string): ListedHost | undefined => hosts.find((each) => each.name === name);
  const destination = listed(plan.destination.host);
  if (listed(plan.source.host) === undefined || destination === undefined) return false;
  return destinationUri(plan.destination.host, destination.host) === plan.destination.uri;
}
