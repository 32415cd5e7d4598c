import { say } from '../../messages.ts';
import { child } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { devices, inXml } from './devices.ts';

export default defineRule({
  id: 'disk-lease-lock',
  severity: 'warning',
  summary: say('Both hosts use the same lock manager for the guest’s leases.'),
  needs: ['domain'],
  since: 'libvirt 0.9',
  check(migration, { domain }, report) {
    for (const lease of devices(domain, 'lease')) {
      report({
        at: migration.at(['domain']),
        message: say(
          'The guest holds the lease “{0}”. {1} must have the same lock_manager in qemu.conf and reach the same lockspace “{2}”, or the migration fails when the lock is taken over.',
          child(lease, 'key')?.text.value ?? '',
          migration.destinationName,
          child(lease, 'lockspace')?.text.value ?? '',
        ),
        related: [inXml(domain, lease.startTagSpan, say('the lease'))],
      });
    }
  },
});
