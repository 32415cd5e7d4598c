import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { diskMoves, isWritable, storageFacts } from './disk-moves.ts';

export default defineRule({
  id: 'shared-storage-classification',
  severity: 'info',
  summary: say('Where both hosts reach every disk, storage.mode says shared.'),
  needs: storageFacts,
  check(migration, facts, report) {
    if (migration.storageMode !== 'mixed') return;
    const written = diskMoves(migration, facts).filter(({ disk }) => isWritable(disk));
    const stay = written.every(
      ({ disk, verdict, copied, target }) =>
        copied === false &&
        (disk.type.value === 'network' ||
          (verdict?.sameness === 'same' && migration.disk(target) !== undefined)),
    );
    if (written.length === 0 || !stay) return;
    report({
      at: migration.at(['storage', 'mode']),
      message: say(
        'Both hosts reach every disk that the guest writes, and none is copied: that is the mode shared.',
      ),
      fix: {
        title: say('Set storage.mode to {0}', 'shared'),
        set: [['storage', 'mode'], 'shared'],
      },
    });
  },
});
