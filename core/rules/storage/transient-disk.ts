import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'transient-disk',
  severity: 'error',
  summary: say('A domain with a transient disk cannot be migrated.'),
  byDefinition: ['transient'],
  needs: ['domain'],
  since: 'libvirt 6.9.0',
  check(migration, { domain }, report) {
    for (const disk of domain.disks) {
      if (disk.transient === undefined) continue;
      report({
        at: migration.atDisk(disk.target.value),
        message: say(
          'Disk {0} is transient: its changes live in a temporary file of {1}. libvirt refuses with “migration with transient disk is not supported”. Shut the guest down to move it, or remove <transient/>.',
          disk.target.value,
          migration.sourceName,
        ),
        related: [
          { uri: domain.uri, span: disk.transient, message: say('declared transient here') },
        ],
      });
    }
  },
});
