import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { diskMoves, isCreated, storageFacts } from './disk-moves.ts';

export default defineRule({
  id: 'dest-image-exists',
  severity: 'error',
  summary: say('An image that the run creates is not there yet.'),
  needs: storageFacts,
  check(migration, facts, report) {
    for (const { target, path, copied, destination } of diskMoves(migration, facts)) {
      if (copied !== true || !isCreated(migration, target)) continue;
      if (destination === undefined || destination.kind === 'missing') continue;
      report({
        at: migration.at(['storage', 'disks', target, 'destination', 'create']),
        message: say(
          '{1} exists already on {2}; “create: true” never overwrites. Remove “create” to copy disk {0} onto it, or remove the file if it holds nothing of value.',
          target,
          path ?? '',
          migration.destinationName,
        ),
        fix: {
          title: say('Remove “{0}”', 'create'),
          remove: ['storage', 'disks', target, 'destination', 'create'],
        },
      });
    }
  },
});
