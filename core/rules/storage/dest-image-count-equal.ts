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
  const any = new Map<string, number>();
  const copied = new Map<string, number>();
  for (const [index, disk] of placed.entries()) {
    const keys = [`path ${disk.path}`];
    if (disk.identity !== undefined) keys.push(`image ${disk.identity}`);
    const earlier = keys.flatMap((key) => (disk.copied ? any : copied).get(key) ?? []);
    for (const key of keys) {
      if (!any.has(key)) any.set(key, index);
      if (disk.copied && !copied.has(key)) copied.set(key, index);
    }
    const other = placed[Math.min(...earlier)];
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
