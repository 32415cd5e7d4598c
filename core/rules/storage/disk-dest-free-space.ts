import { say } from '../../messages.ts';
import { formatSize } from '../../units/quantity.ts';
import { defineRule } from '../rule.ts';
import { diskMoves, storageFacts } from './disk-moves.ts';

interface Demand {
  readonly mountPoint: string;
  readonly available: number;
  readonly targets: string[];
  /** Bytes that the copy itself writes, and that the images may grow to. */
  now: number;
  later: number;
}

/** What the images take, summed over each file system of the destination. */
export default defineRule({
  id: 'disk-dest-free-space',
  severity: 'error',
  summary: say('The destination has room for the copied disks.'),
  needs: storageFacts,
  check(migration, facts, report) {
    const demands = new Map<string, Demand>();
    for (const { target, source, destination, copied, verdict } of diskMoves(migration, facts)) {
      const filesystem = destination?.filesystem;
      if (copied !== true || filesystem === undefined || destination === undefined) continue;
      if (destination.kind === 'block' || verdict?.sameness === 'same') continue;
      const { id, mountPoint, available } = filesystem;
      const demand = demands.get(id) ?? { mountPoint, available, targets: [], now: 0, later: 0 };
      const reserved = destination.allocated ?? 0;
      demand.targets.push(target);
      demand.now += Math.max(0, (source?.allocated ?? 0) - reserved);
      demand.later += Math.max(0, (source?.virtualSize ?? 0) - reserved);
      demands.set(id, demand);
    }
    for (const { mountPoint, available, targets, now, later } of demands.values()) {
      const [first = ''] = targets;
      if (now > available) {
        report({
          at: migration.atDisk(first),
          message: say(
            'The copy of {0} needs {1}, but {2} on {3} has {4} free; it would end half-way with “No space left on device”. Make room, or choose another path.',
            targets.join(', '),
            formatSize(now),
            mountPoint,
            migration.destinationName,
            formatSize(available),
          ),
        });
      } else if (later > available) {
        report({
          severity: 'warning',
          at: migration.atDisk(first),
          message: say(
            'The images of {0} can grow by {1}, but {2} on {3} has {4} free; the guest would stop there when it is full.',
            targets.join(', '),
            formatSize(later),
            mountPoint,
            migration.destinationName,
            formatSize(available),
          ),
        });
      }
    }
  },
});
