import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { MigrationView, Reporter } from '../rule.ts';
import { diskMoves, storageFacts } from './disk-moves.ts';

interface Placed {
  readonly target: string;
  readonly path: string;
  readonly copied: boolean;
  /** What tells the file apart when its path does not, e.g. a link to another disk's image. */
  readonly identity: string | undefined;
}

/** Each copied disk against every disk named before it, copied or not. */
function reportMeetings(
  migration: MigrationView,
  placed: readonly Placed[],
  report: Reporter,
): void {
  for (const [index, disk] of placed.entries()) {
    const other = placed
      .slice(0, index)
      .find(
        (earlier) =>
          (earlier.copied || disk.copied) &&
          (earlier.path === disk.path ||
            (disk.identity !== undefined && earlier.identity === disk.identity)),
      );
    if (other === undefined) continue;
    const own = ['storage', 'disks', disk.target, 'destination', 'path'];
    report({
      at: migration.has(own) ? migration.at(own) : migration.atDisk(disk.target),
      message: say(
        'Disks {0} and {1} have one image on {2}, {3}; they would overwrite each other. Give each copied disk an image of its own.',
        other.target,
        disk.target,
        migration.destinationName,
        disk.path,
      ),
    });
  }
}

export default defineRule({
  id: 'dest-image-count-equal',
  severity: 'error',
  summary: say('Every copied disk has a destination image of its own.'),
  needs: storageFacts,
  check(migration, facts, report) {
    const placed = diskMoves(migration, facts).flatMap((move): Placed[] => {
      if (move.path === undefined) return [];
      const { destination } = move;
      const identity =
        destination?.kind === 'block'
          ? destination.deviceIdentity
          : destination?.inode !== undefined && destination.filesystem !== undefined
            ? `${destination.filesystem.id} ${destination.inode}`
            : undefined;
      const there = destination?.kind === 'file' || destination?.kind === 'block';
      return [
        {
          target: move.target,
          path: move.path,
          copied: move.copied === true,
          identity: there ? identity : undefined,
        },
      ];
    });
    reportMeetings(migration, placed, report);
  },
  meanwhile: [
    meanwhile(['domain'], (migration, { domain }, report) => {
      const placed = domain.disks.flatMap((disk): Placed[] => {
        const path = migration.destinationPath(disk);
        if (path === undefined) return [];
        const copied = migration.copies(disk) === true;
        return [{ target: disk.target.value, path, copied, identity: undefined }];
      });
      reportMeetings(migration, placed, report);
    }),
    meanwhile([], (migration, _facts, report) => {
      const entries = migration.model.storage?.disks?.items ?? [];
      const placed = entries.flatMap(({ target, action, destination }): Placed[] => {
        if (target === undefined || destination?.path === undefined) return [];
        const copied = action?.value === 'copy';
        return [
          { target: target.value, path: destination.path.value, copied, identity: undefined },
        ];
      });
      reportMeetings(migration, placed, report);
    }),
  ],
});
