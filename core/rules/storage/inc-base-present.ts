import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { diskMoves, isCreated, storageFacts } from './disk-moves.ts';

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Only the top layer travels: without its base the guest reads zeros where the base had data. */
export default defineRule({
  id: 'inc-base-present',
  severity: 'error',
  summary: say('An incremental copy goes onto an image with the same backing chain.'),
  needs: storageFacts,
  since: 'libvirt 0.8.2',
  check(migration, facts, report) {
    if (migration.storageMode !== 'copy-incremental') return;
    for (const move of diskMoves(migration, facts)) {
      const chain = move.source?.backing ?? [];
      if (move.copied !== true || chain.length === 0) continue;
      const at = migration.atDisk(move.target);
      // The run creates such an image over the same backing files, once they are proven equal.
      if (isCreated(migration, move.target)) continue;
      if (move.destination?.kind !== 'file') continue;
      const there = move.destination.backing;
      if (there.length !== chain.length) {
        report({
          at,
          message: say(
            'Disk {0} has {1} backing files on {2} and {3} on {4}; an incremental copy moves only the top layer, so the guest would find other data. Put the same backing files there, or use copy-all.',
            move.target,
            chain.length,
            migration.sourceName,
            there.length,
            migration.destinationName,
          ),
        });
      } else if (chain.some((name, index) => baseName(name) !== baseName(there[index] ?? ''))) {
        report({
          severity: 'warning',
          at,
          message: say(
            'The backing files of disk {0} have other names on {1} than on {2}. Make sure that their content is equal: only the top layer is copied.',
            move.target,
            migration.destinationName,
            migration.sourceName,
          ),
        });
      }
    }
  },
});
