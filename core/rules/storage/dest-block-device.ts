import type { Disk } from '../../domain/domain.ts';
import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { MigrationView, Reporter } from '../rule.ts';
import { diskMoves, isDevicePath, storageFacts } from './disk-moves.ts';

function reportDevice(migration: MigrationView, disk: Disk, path: string, report: Reporter): void {
  const target = disk.target.value;
  const own = ['storage', 'disks', target, 'destination', 'path'];
  report({
    at: migration.has(own) ? migration.at(own) : migration.atDisk(target),
    message: say(
      'Disk {0} would be copied onto the block device {1} on {2}. openEuler supports files only as the target of a copy; libvirt would write over the device without asking. Give the path of an image file, or write “device: true” beside the path if all that it holds may be lost.',
      target,
      path,
      migration.destinationName,
    ),
  });
}

/** The file names the device and says that all it holds may be overwritten. */
function isOffered(migration: MigrationView, target: string): boolean {
  const destination = migration.disk(target)?.destination;
  return destination?.device?.value === true && destination.path !== undefined;
}

export default defineRule({
  id: 'dest-block-device',
  severity: 'error',
  summary: say('The target of a copied disk is an image file, not a block device.'),
  needs: storageFacts,
  check(migration, facts, report) {
    for (const move of diskMoves(migration, facts)) {
      if (move.copied !== true || move.path === undefined) continue;
      if (isOffered(migration, move.target)) continue;
      const asked = move.destination?.kind;
      const device = asked === 'block' || (asked !== 'file' && isDevicePath(move.path));
      if (device) reportDevice(migration, move.disk, move.path, report);
    }
  },
  meanwhile: [
    meanwhile(['domain'], (migration, { domain }, report) => {
      for (const disk of migration.copiedDisks(domain)) {
        if (isOffered(migration, disk.target.value)) continue;
        const path = migration.destinationPath(disk);
        const sameDevice =
          disk.type.value === 'block' &&
          !migration.has(['storage', 'disks', disk.target.value, 'destination', 'path']);
        if (path !== undefined && (sameDevice || isDevicePath(path)))
          reportDevice(migration, disk, path, report);
      }
    }),
    meanwhile([], (migration, _facts, report) => {
      for (const entry of migration.model.storage?.disks?.items ?? []) {
        const path = entry.destination?.path;
        if (entry.target === undefined || entry.action?.value !== 'copy' || path === undefined)
          continue;
        if (!isDevicePath(path.value) || isOffered(migration, entry.target.value)) continue;
        report({
          at: path.span,
          message: say(
            'Disk {0} would be copied onto the block device {1} on {2}. openEuler supports files only as the target of a copy; libvirt would write over the device without asking. Give the path of an image file, or write “device: true” beside the path if all that it holds may be lost.',
            entry.target.value,
            path.value,
            migration.destinationName,
          ),
        });
      }
    }),
  ],
});
