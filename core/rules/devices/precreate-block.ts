import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { inXml } from './devices.ts';

export default defineRule({
  id: 'precreate-block',
  severity: 'error',
  summary: say('Only images of files are copied.'),
  needs: ['domain'],
  since: 'libvirt 1.2.11',
  check(migration, { domain }, report) {
    for (const disk of migration.copiedDisks(domain)) {
      const { value } = disk.type;
      // Block devices have a rule that speaks of what is written over: dest-block-device.
      if (!['nvme', 'dir', 'vhostuser', 'vhostvdpa'].includes(value)) continue;
      report({
        at: migration.atDisk(disk.target.value),
        message: say(
          "Disk {0} is of type {1} and cannot be copied: libvirt makes no target for it (“cannot precreate storage for disk type '{1}'”). Move its data to an image file first.",
          disk.target.value,
          value,
        ),
        related: [inXml(domain, disk.type.span, say('the disk'))],
      });
    }
  },
});
