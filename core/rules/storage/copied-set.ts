import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { actionFix, isRemovable } from './disk-moves.ts';

/**
 * libvirt's default set (`qemuMigrationAnyCopyDisk`) leaves read-only and shareable disks out and
 * says nothing: the guest then runs on whatever the destination has at that path.
 */
export default defineRule({
  id: 'copied-set',
  severity: 'warning',
  summary: say('A disk that libvirt leaves out of the copy by itself is named in the file.'),
  needs: ['domain'],
  since: 'libvirt 1.2.17',
  check(migration, { domain }, report) {
    const { storageMode } = migration;
    if (storageMode !== 'copy-all' && storageMode !== 'copy-incremental') return;
    for (const disk of domain.disks) {
      const target = disk.target.value;
      if (!disk.hasSource || isRemovable(disk) || migration.disk(target) !== undefined) continue;
      if (disk.type.value === 'network' || migration.copies(disk) === true) continue;
      report({
        at: migration.atDisk(target),
        message:
          disk.shareable !== undefined
            ? say(
                'Disk {0} is shareable, so storage.mode {1} leaves it out without a word, and the guest goes on with whatever {2} has at its path. List it as shared if both hosts reach the same disk.',
                target,
                storageMode,
                migration.destinationName,
              )
            : say(
                'Disk {0} is read-only, so storage.mode {1} leaves it out without a word, and the guest goes on with whatever {2} has at its path. List it as shared if the same content is there.',
                target,
                storageMode,
                migration.destinationName,
              ),
        related: [
          {
            uri: domain.uri,
            span: disk.shareable ?? disk.readonly ?? disk.span,
            message: say('this is why it is left out'),
          },
        ],
        fix: actionFix(target, 'shared'),
      });
    }
  },
});
