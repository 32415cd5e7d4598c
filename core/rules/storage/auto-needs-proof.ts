import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { actionFix, diskMoves, isWritable, storageFacts } from './disk-moves.ts';

export default defineRule({
  id: 'auto-needs-proof',
  severity: 'error',
  summary: say('storage.mode auto decides only what the facts prove.'),
  needs: storageFacts,
  check(migration, facts, report) {
    if (migration.storageMode !== 'auto') return;
    for (const { disk, target, copied, verdict } of diskMoves(migration, facts)) {
      if (copied !== undefined || !isWritable(disk)) continue;
      report({
        at: migration.atDisk(target),
        message: say(
          'Nothing proves whether disk {0} is the same image on {1} and {2}, so storage.mode auto cannot decide about it. Say whether it is copied or shared.',
          target,
          migration.sourceName,
          migration.destinationName,
        ),
        related:
          verdict === undefined
            ? []
            : [{ uri: facts.domain.uri, span: disk.span, message: verdict.because }],
        fix:
          verdict?.sameness === 'unclear'
            ? [actionFix(target, 'copy'), actionFix(target, 'shared')]
            : actionFix(target, 'shared'),
      });
    }
  },
});
