import { say } from '../../messages.ts';
import { exactSize } from '../../units/quantity.ts';
import { defineRule } from '../rule.ts';
import { diskMoves, storageFacts } from './disk-moves.ts';

export default defineRule({
  id: 'dest-image-size-equal',
  severity: 'error',
  summary: say('The destination image of a copied disk has the same virtual size.'),
  needs: storageFacts,
  since: 'QEMU 5.1',
  check(migration, facts, report, wait) {
    for (const move of diskMoves(migration, facts)) {
      if (move.copied !== true || move.path === undefined) continue;
      const size = move.source?.virtualSize;
      if (size === undefined) {
        wait(
          'source.images',
          say('the size of disk {0} on {1} is not known', move.target, migration.sourceName),
        );
        continue;
      }
      const declared = migration.disk(move.target)?.destination?.size;
      if (declared !== undefined && declared.value.amount !== size) {
        report({
          at: declared.span,
          message: say(
            'Disk {0} has {1}, not {2}; the copy needs an image of exactly the same size.',
            move.target,
            exactSize(size),
            declared.value.source,
          ),
          fix: {
            title: say('Write {0}', exactSize(size)),
            set: [['storage', 'disks', move.target, 'destination', 'size'], exactSize(size)],
          },
        });
      }
      const there = move.destination;
      if (there === undefined || there.kind !== 'file') continue;
      if (there.virtualSize === undefined) {
        wait(
          'destination.images',
          say('the size of {0} on {1} is not known', move.path, migration.destinationName),
        );
      } else if (there.virtualSize !== size) {
        report({
          at: migration.atDisk(move.target),
          message: say(
            'The image {1} on {2} has {3}, but disk {0} has {4}; QEMU ends the copy with “Source and target image have different sizes”. Make the image anew: qemu-img create -f {5} {1} {6}',
            move.target,
            move.path,
            migration.destinationName,
            exactSize(there.virtualSize),
            exactSize(size),
            move.disk.format?.value ?? 'raw',
            size,
          ),
        });
      }
    }
  },
});
