import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'disk-nvme-local',
  severity: 'error',
  summary: say('A disk that is a host’s NVMe drive cannot stay behind.'),
  needs: ['domain'],
  since: 'libvirt 6.0.0',
  check(migration, { domain }, report) {
    for (const disk of domain.disks) {
      const target = disk.target.value;
      if (disk.type.value !== 'nvme' || migration.copies(disk) === true) continue;
      report({
        at: migration.atDisk(target),
        message: say(
          'Disk {0} is an NVMe drive of {1} itself and is not copied; libvirt refuses with “Migration without shared storage is unsafe”, and under --unsafe the guest would find another drive. Move the data to an image first.',
          target,
          migration.sourceName,
        ),
        related: [{ uri: domain.uri, span: disk.type.span, message: say('the NVMe drive') }],
      });
    }
  },
});
