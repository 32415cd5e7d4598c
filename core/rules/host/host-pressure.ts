import type { HostPressure } from '../../facts/host-facts.ts';
import { say } from '../../messages.ts';
import type { Message } from '../../messages.ts';
import type { Severity } from '../../problems.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { MigrationView, Reporter } from '../rule.ts';

/**
 * Percent of the last minute. Hosts that are full of guests wait for a CPU now and then, so only a
 * shortage that hardly pauses counts; that all tasks stand still is rare on a host that is well.
 */
const limits = { cpu: 80, memory: 10, io: 40 } as const;
/** Tasks a CPU in the load of five minutes, where the kernel measures no pressure. */
const loadLimit = 4;

export default defineRule({
  id: 'host-pressure',
  severity: 'warning',
  summary: say('Neither host is short of CPU, memory or disk time.'),
  needs: ['source.pressure', 'destination.pressure'],
  since: 'Linux 4.20 (pressure stall information)',
  check(migration, facts, report) {
    tell('source', facts['source.pressure'], { migration, report });
    tell('destination', facts['destination.pressure'], { migration, report });
  },
  meanwhile: [
    meanwhile(['source.pressure'], (migration, facts, report) => {
      tell('source', facts['source.pressure'], { migration, report });
    }),
    meanwhile(['destination.pressure'], (migration, facts, report) => {
      tell('destination', facts['destination.pressure'], { migration, report });
    }),
  ],
});

function tell(
  side: 'source' | 'destination',
  pressure: HostPressure,
  { migration, report }: { readonly migration: MigrationView; readonly report: Reporter },
): void {
  const host = side === 'source' ? migration.sourceName : migration.destinationName;
  for (const shortage of shortages(host, pressure))
    report({ at: migration.at([side]), ...shortage });
}

interface Shortage {
  readonly message: Message;
  readonly severity?: Severity;
}

function shortages(host: string, { load, cpus, stalls }: HostPressure): readonly Shortage[] {
  const found: Shortage[] = [];
  if (stalls === undefined) {
    const [, lately] = load;
    if (lately >= loadLimit * cpus)
      found.push({
        severity: 'info',
        message: say(
          '{0} is short of CPU time: in the last five minutes {1} tasks ran or waited on {2} CPUs. Migration threads get less than they need, and pre-copy may not end.',
          host,
          Math.round(lately),
          cpus,
        ),
      });
    return found;
  }
  if (stalls.cpuSome >= limits.cpu)
    found.push({
      severity: 'info',
      message: say(
        '{0} is short of CPU time: for {1} % of the last minute something waited for a processor. Migration threads get less than they need, and pre-copy may not end.',
        host,
        Math.round(stalls.cpuSome),
      ),
    });
  if (stalls.memoryFull >= limits.memory)
    found.push({
      message: say(
        '{0} is short of memory: for {1} % of the last minute everything there stood still for it. Guests pause, and the kernel may kill one. Free memory there before you migrate.',
        host,
        Math.round(stalls.memoryFull),
      ),
    });
  if (stalls.ioFull >= limits.io)
    found.push({
      message: say(
        '{0} waits for its disks: for {1} % of the last minute everything there stood still for input or output. A copy of disks takes long, and the guest’s own writes with it.',
        host,
        Math.round(stalls.ioFull),
      ),
    });
  return found;
}
