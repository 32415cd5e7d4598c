import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { diskMoves, isRemovable, storageFacts } from './disk-moves.ts';

/** Read-only disks never travel; writable ones are the business of local-disk-not-copied. */
export default defineRule({
  id: 'equal-storage-access',
  severity: 'error',
  summary: say('A read-only disk has the same content on the destination.'),
  needs: storageFacts,
  check(migration, facts, report) {
    for (const { disk, target, path, destination, source, verdict } of diskMoves(
      migration,
      facts,
    )) {
      if (disk.readonly === undefined || isRemovable(disk) || path === undefined) continue;
      const at = migration.atDisk(target);
      if (destination?.kind === 'missing') {
        report({
          at,
          message: say(
            'The read-only disk {0} is never copied, and {1} has nothing at {2}; libvirt there would refuse with “Cannot access storage file”. Put the image there.',
            target,
            migration.destinationName,
            path,
          ),
        });
      } else if (
        verdict?.sameness === 'different' &&
        source?.virtualSize !== undefined &&
        destination?.virtualSize !== undefined
      ) {
        report(
          source.virtualSize === destination.virtualSize
            ? {
                severity: 'warning',
                at,
                message: say(
                  'The read-only disk {0} is never copied: on {1} the guest reads the image {2} that lies there. Make sure that its content is equal.',
                  target,
                  migration.destinationName,
                  path,
                ),
              }
            : {
                at,
                message: say(
                  'The read-only disk {0} is never copied, and the image {2} on {1} has another size than on the source: the guest would read other data. Put the same image there.',
                  target,
                  migration.destinationName,
                  path,
                ),
              },
        );
      }
    }
  },
});
