import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { actionFix } from './disk-moves.ts';

export default defineRule({
  id: 'migrate-disks-readonly-or-empty',
  severity: 'error',
  summary: say('A read-only disk or an empty drive cannot be copied.'),
  needs: ['domain'],
  since: 'libvirt 3.3.0',
  check(migration, { domain }, report) {
    for (const disk of migration.copiedDisks(domain)) {
      const target = disk.target.value;
      const at = migration.atDisk(target);
      if (!disk.hasSource) {
        report({
          at,
          message: say(
            'Drive {0} is empty, so there is nothing to copy; libvirt refuses with “Cannot migrate empty or read-only disk {0}”. Skip it.',
            target,
          ),
          related: [{ uri: domain.uri, span: disk.span, message: say('the empty drive') }],
          fix: actionFix(target, 'skip'),
        });
      } else if (disk.readonly !== undefined || disk.device.value === 'cdrom') {
        report({
          at,
          message: say(
            'Disk {0} is read-only; libvirt refuses to copy it with “Cannot migrate empty or read-only disk {0}”. Put the same image on the destination and mark the disk as shared.',
            target,
          ),
          related: [
            {
              uri: domain.uri,
              span: disk.readonly ?? disk.device.span,
              message: say('declared read-only here'),
            },
          ],
          fix: actionFix(target, 'shared'),
        });
      }
    }
  },
});
