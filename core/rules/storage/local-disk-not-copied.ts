import type { DescriptorEdit } from '../../descriptor/edit.ts';
import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { FixSpec, MigrationView, Reporter } from '../rule.ts';
import { actionFix, diskMoves, isDevicePath, isWritable, storageFacts } from './disk-moves.ts';
import type { Domain } from '../../domain/domain.ts';

function reportSkipped(migration: MigrationView, domain: Domain, report: Reporter): void {
  for (const disk of domain.disks) {
    const target = disk.target.value;
    const action = migration.disk(target)?.action;
    if (action?.value !== 'skip' || !isWritable(disk)) continue;
    report({
      at: action.span,
      message: say(
        'Disk {0} is in use by the guest and cannot be skipped: {1} would open whatever lies at its path. Copy it, or mark it as shared if both hosts reach the same image.',
        target,
        migration.destinationName,
      ),
      related: [{ uri: domain.uri, span: disk.span, message: say('the disk in the domain') }],
      fix:
        disk.shareable === undefined && disk.type.value !== 'network'
          ? [actionFix(target, 'copy'), actionFix(target, 'shared')]
          : actionFix(target, 'shared'),
    });
  }
}

/** The copy, with what must change beside it: the mode, and the image that is not there yet. */
function copyFix(migration: MigrationView, target: string, missing: boolean): FixSpec {
  const own = ['storage', 'disks', target];
  const listed = migration.disk(target) !== undefined;
  const mode: readonly DescriptorEdit[] =
    migration.storageMode === 'shared' ? [{ set: [['storage', 'mode'], 'mixed'] }] : [];
  const entry: readonly DescriptorEdit[] = listed
    ? [
        { set: [[...own, 'action'], 'copy'] },
        ...(missing ? [{ set: [[...own, 'destination', 'create'], true] } as const] : []),
      ]
    : [
        {
          set: [
            own,
            missing ? { action: 'copy', destination: { create: true } } : { action: 'copy' },
          ],
        },
      ];
  return { title: say('Copy disk {0}', target), changes: [...mode, ...entry] };
}

export default defineRule({
  id: 'local-disk-not-copied',
  severity: 'error',
  summary: say('A disk that the guest writes and that only the source has is copied.'),
  needs: storageFacts,
  since: 'libvirt 4.1.0',
  check(migration, facts, report, wait) {
    reportSkipped(migration, facts.domain, report);
    for (const { disk, target, path, copied, verdict, destination } of diskMoves(
      migration,
      facts,
    )) {
      const action = migration.disk(target)?.action?.value;
      if (copied !== false || !isWritable(disk) || action === 'skip') continue;
      if (disk.type.value === 'network' || disk.type.value === 'nvme') continue;
      // These two have a rule that speaks of the mode: hybrid-must-list-disks.
      const { storageMode } = migration;
      if (action === undefined && disk.shareable === undefined) {
        if (storageMode === 'shared' || storageMode === 'mixed') {
          if (verdict?.sameness === 'different') continue;
        }
      }
      if (verdict === undefined) {
        wait(
          'destination.images',
          say('the image of disk {0} was not looked at on both hosts', target),
        );
      } else if (verdict.sameness === 'unclear' || verdict.sameness === 'likely-same') {
        wait(
          'destination.images',
          say('nothing proves that disk {0} is the same image on both hosts', target),
        );
      } else if (verdict.sameness === 'different') {
        report({
          at: migration.atDisk(target),
          message:
            destination?.kind === 'missing'
              ? say(
                  'Disk {0} is not copied, but {2} has no image at {3}; libvirt there would refuse with “Cannot access storage file”. Copy it, or make the image of {1} reachable.',
                  target,
                  migration.sourceName,
                  migration.destinationName,
                  path ?? '',
                )
              : say(
                  'Disk {0} is not copied, but {3} on {2} is another image than on {1}: the guest would go on with the wrong data. libvirt does not see this with --unsafe or on block devices. Copy the disk.',
                  target,
                  migration.sourceName,
                  migration.destinationName,
                  path ?? '',
                ),
          related: [{ uri: facts.domain.uri, span: disk.span, message: verdict.because }],
          ...(disk.shareable === undefined && !isDevicePath(path ?? '')
            ? { fix: copyFix(migration, target, destination?.kind === 'missing') }
            : {}),
        });
      }
    }
  },
  meanwhile: [
    meanwhile(['domain'], (migration, { domain }, report) => {
      reportSkipped(migration, domain, report);
    }),
  ],
});
