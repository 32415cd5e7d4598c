import type { Disk } from '../../domain/domain.ts';
import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { MigrationView, Reporter } from '../rule.ts';
import { actionFix, diskMoves, storageFacts } from './disk-moves.ts';

/** What can be known without looking at an image. True when it reported something. */
function reportByName(migration: MigrationView, disk: Disk, report: Reporter): boolean {
  const target = disk.target.value;
  if (disk.type.value === 'network') {
    report({
      at: migration.atDisk(target),
      message: say(
        'Disk {0} is a network disk: {1} reaches the same image under the same name, so copying it would write the image onto itself and can destroy it. libvirt does not check this. Mark the disk as shared.',
        target,
        migration.destinationName,
      ),
      fix: actionFix(target, 'shared'),
    });
    return true;
  }
  const path = migration.destinationPath(disk);
  const oneHost = migration.sourceName !== '' && migration.sourceName === migration.destinationName;
  if (!oneHost || path === undefined || path !== disk.source?.value) return false;
  report({
    at: migration.atDisk(target),
    message: say(
      'Source and destination are the same host and disk {0} keeps its path {1}, so the copy would write the image onto itself and can destroy it.',
      target,
      path,
    ),
  });
  return true;
}

export default defineRule({
  id: 'self-copy-same-image',
  severity: 'error',
  summary: say('A disk is not copied onto its own image.'),
  needs: storageFacts,
  check(migration, facts, report, wait) {
    for (const { disk, target, path, copied, verdict } of diskMoves(migration, facts)) {
      if (copied !== true || reportByName(migration, disk, report)) continue;
      const at = migration.atDisk(target);
      const fix = actionFix(target, 'shared');
      if (verdict === undefined) {
        wait(
          'destination.images',
          say('the image of disk {0} was not looked at on both hosts', target),
        );
      } else if (verdict.sameness === 'same') {
        report({
          at,
          message: say(
            'Disk {0} is one and the same image on {1} and {2} ({3}); copying it would write the image onto itself and can destroy it. libvirt does not check this. Mark the disk as shared.',
            target,
            migration.sourceName,
            migration.destinationName,
            path ?? '',
          ),
          related: [{ uri: facts.domain.uri, span: disk.span, message: verdict.because }],
          fix,
        });
      } else if (verdict.sameness === 'likely-same') {
        report({
          at,
          message: say(
            'Disk {0} seems to be the same image on {1} and {2} ({3}), and copying an image onto itself can destroy it. Mark the disk as shared, or give the copy a path of its own.',
            target,
            migration.sourceName,
            migration.destinationName,
            path ?? '',
          ),
          related: [{ uri: facts.domain.uri, span: disk.span, message: verdict.because }],
          fix,
        });
      } else if (verdict.sameness === 'unclear') {
        report({
          severity: 'warning',
          at,
          message: say(
            'Nothing proves that {3} on {2} is another image than disk {0} on {1}. Make sure of it before you copy: an image copied onto itself can be destroyed.',
            target,
            migration.sourceName,
            migration.destinationName,
            path ?? '',
          ),
          related: [{ uri: facts.domain.uri, span: disk.span, message: verdict.because }],
        });
      }
    }
  },
  meanwhile: [
    meanwhile(['domain'], (migration, { domain }, report) => {
      for (const disk of migration.copiedDisks(domain)) reportByName(migration, disk, report);
    }),
  ],
});
