import type { Disk } from '../../domain/domain.ts';
import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { MigrationView, Reporter } from '../rule.ts';
import { diskMoves, storageFacts } from './disk-moves.ts';

/** libvirt takes a QEMU disk without a driver type for raw. */
function formatOf(disk: Disk): string {
  return disk.format?.value ?? 'raw';
}

function checkDeclared(migration: MigrationView, disk: Disk, report: Reporter): void {
  const target = disk.target.value;
  const declared = migration.disk(target)?.destination?.format;
  if (declared === undefined || declared.value === formatOf(disk)) return;
  report({
    at: declared.span,
    message: say(
      'Disk {0} is {1}, so its image on the destination must be {1}, too, not {2}.',
      target,
      formatOf(disk),
      declared.value,
    ),
    fix: {
      title: say('Change to “{0}”', formatOf(disk)),
      set: [['storage', 'disks', target, 'destination', 'format'], formatOf(disk)],
    },
  });
}

export default defineRule({
  id: 'dest-image-format-equal',
  severity: 'error',
  summary: say('The destination image of a copied disk has the same format.'),
  needs: storageFacts,
  check(migration, facts, report, wait) {
    for (const move of diskMoves(migration, facts)) {
      if (move.copied !== true || move.path === undefined) continue;
      checkDeclared(migration, move.disk, report);
      if (move.destination?.kind !== 'file') continue;
      const format = move.destination.format;
      if (format === undefined) {
        wait(
          'destination.images',
          say('the format of {0} on {1} is not known', move.path, migration.destinationName),
        );
      } else if (format !== formatOf(move.disk)) {
        report({
          at: migration.atDisk(move.target),
          message: say(
            'The image {1} on {2} is {3}, but disk {0} is {4}; the guest’s domain says {4} there, too, and would read it wrongly. Make the image anew with format {4}.',
            move.target,
            move.path,
            migration.destinationName,
            format,
            formatOf(move.disk),
          ),
        });
      }
    }
  },
  meanwhile: [
    meanwhile(['domain'], (migration, { domain }, report) => {
      for (const disk of migration.copiedDisks(domain)) checkDeclared(migration, disk, report);
    }),
  ],
});
