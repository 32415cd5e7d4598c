import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { inXml } from './devices.ts';

export default defineRule({
  id: 'shareable-needs-nocache',
  severity: 'warning',
  summary: say('A disk that several guests share is not cached by the host.'),
  needs: ['domain'],
  check(migration, { domain }, report) {
    for (const disk of domain.disks) {
      const { cache } = disk;
      if (disk.shareable === undefined || disk.readonly !== undefined || cache === undefined)
        continue;
      if (['none', 'directsync', 'default'].includes(cache.value)) continue;
      report({
        at: migration.atDisk(disk.target.value),
        message: say(
          "Disk {0} is shared by several guests and has the cache mode {1}: each host may read what another one has changed since. libvirt takes it for granted that such disks have cache='none' and does not look. Set cache='none'.",
          disk.target.value,
          cache.value,
        ),
        related: [inXml(domain, cache.span, say('the disk’s cache mode'))],
      });
    }
  },
});
