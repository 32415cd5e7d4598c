import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { createFix, diskMoves, isDevicePath, storageFacts } from './disk-moves.ts';
import { missingImages, poolAt } from './precreation.ts';

export default defineRule({
  id: 'precreate-needs-pool',
  severity: 'error',
  summary: say('The pool in which libvirt would create a missing image is active.'),
  needs: [...storageFacts, 'destination.pools'],
  since: 'libvirt 1.2.11',
  check(migration, facts, report) {
    for (const move of missingImages(migration, diskMoves(migration, facts))) {
      if (migration.storageMode === 'copy-incremental' || isDevicePath(move.path)) continue;
      const pool = poolAt(move.path, facts['destination.pools']);
      if (pool === undefined || pool.active) continue;
      report({
        at: migration.atDisk(move.target),
        message: say(
          'The image {1} of disk {0} is missing on {2}, and libvirt cannot create it because the pool {3} is not active. Start the pool, or have the image created before the migration.',
          move.target,
          move.path,
          migration.destinationName,
          pool.name,
        ),
        fix: createFix(migration, move.target),
      });
    }
  },
});
