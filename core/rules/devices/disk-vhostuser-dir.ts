import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { inXml } from './devices.ts';

export default defineRule({
  id: 'disk-vhostuser-dir',
  severity: 'warning',
  summary: say('A disk served by another process is served on both hosts.'),
  needs: ['domain'],
  since: 'libvirt 7.1',
  check(migration, { domain }, report) {
    for (const disk of domain.disks) {
      const { value } = disk.type;
      if (value !== 'vhostuser' && value !== 'dir') continue;
      report({
        at: migration.atDisk(disk.target.value),
        message:
          value === 'vhostuser'
            ? say(
                'Disk {0} is served by another process (vhost-user). libvirt does not judge it: on {1} such a process must serve the same data at the same socket.',
                disk.target.value,
                migration.destinationName,
              )
            : say(
                'Disk {0} is a directory of {1} that looks like a FAT disk. libvirt does not judge it: {2} must have the same files there.',
                disk.target.value,
                migration.sourceName,
                migration.destinationName,
              ),
        related: [inXml(domain, disk.span, say('the disk'))],
      });
    }
  },
});
