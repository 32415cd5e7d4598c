import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { diskMoves, storageFacts } from './disk-moves.ts';
import { missingImages } from './precreation.ts';

export default defineRule({
  id: 'precreate-incremental',
  severity: 'error',
  summary: say(
    'An incremental copy finds its images on the destination; libvirt never creates them.',
  ),
  needs: storageFacts,
  since: 'libvirt 1.2.19',
  check(migration, facts, report) {
    if (migration.storageMode !== 'copy-incremental') return;
    for (const move of missingImages(migration, diskMoves(migration, facts))) {
      report({
        at: migration.atDisk(move.target),
        message: say(
          'The image {1} of disk {0} is missing on {2}; libvirt never creates images for an incremental copy. Create it there over the same backing file (qemu-img create -b).',
          move.target,
          move.path,
          migration.destinationName,
        ),
      });
    }
  },
});
