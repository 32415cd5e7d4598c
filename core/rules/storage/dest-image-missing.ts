import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { createFix, diskMoves, isDevicePath, storageFacts } from './disk-moves.ts';
import { missingImages, poolAt } from './precreation.ts';

export default defineRule({
  id: 'dest-image-missing',
  severity: 'error',
  summary: say('A copied disk finds its image on the destination, or has it created.'),
  needs: [...storageFacts, 'destination.pools'],
  since: 'libvirt 1.2.11',
  check(migration, facts, report) {
    const host = migration.destinationName;
    const moves = diskMoves(migration, facts);
    for (const move of missingImages(migration, moves)) {
      // An incremental copy and a block device have rules of their own.
      if (migration.storageMode === 'copy-incremental' || isDevicePath(move.path)) continue;
      const pool = poolAt(move.path, facts['destination.pools']);
      if (pool === undefined) {
        report({
          at: migration.atDisk(move.target),
          message: say(
            'The image {1} of disk {0} is missing on {2}, and its folder is no storage pool in which libvirt could create it. Create the image there with the same format and size.',
            move.target,
            move.path,
            host,
          ),
          fix: createFix(migration, move.target),
        });
      } else if (pool.active) {
        report({
          severity: 'info',
          at: migration.atDisk(move.target),
          message: say(
            'The image {1} of disk {0} is missing on {2}. libvirt will create it in the active pool {3}; openEuler’s manual asks for it beforehand.',
            move.target,
            move.path,
            host,
            pool.name,
          ),
          fix: createFix(migration, move.target),
        });
      }
    }
    for (const move of moves) {
      const kind = move.destination?.kind;
      if (move.copied !== true || (kind !== 'directory' && kind !== 'other')) continue;
      report({
        at: migration.atDisk(move.target),
        message: say(
          '{1} on {2} is not an image file, so disk {0} cannot be copied onto it. Give the path of an image file.',
          move.target,
          move.path ?? '',
          host,
        ),
      });
    }
  },
});
