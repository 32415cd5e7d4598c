import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { diskMoves, isWritable, storageFacts } from './disk-moves.ts';

export default defineRule({
  id: 'disk-block-not-verified',
  severity: 'warning',
  summary: say('A block device that stays where it is tells on both hosts who it is.'),
  needs: storageFacts,
  check(migration, facts, report) {
    for (const { disk, target, path, copied, verdict } of diskMoves(migration, facts)) {
      if (copied !== false || disk.type.value !== 'block' || !isWritable(disk)) continue;
      if (verdict?.sameness !== 'unclear' && verdict?.sameness !== 'likely-same') continue;
      report({
        at: migration.atDisk(target),
        message: say(
          'libvirt never checks whether a block device is shared, and nothing proves that {0} on {1} and {2} on {3} are one device. If another device has that name there, the guest writes over it. Compare /sys/block/*/dm/uuid or wwid on both hosts.',
          disk.source?.value ?? target,
          migration.sourceName,
          path ?? '',
          migration.destinationName,
        ),
        related: [{ uri: facts.domain.uri, span: disk.span, message: verdict.because }],
      });
    }
  },
});
