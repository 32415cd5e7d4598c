import { say } from '../../messages.ts';
import { isOlder } from '../host/version.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'qemu-migration-blockers',
  severity: 'warning',
  summary: say('QEMU names nothing that keeps this guest from migrating.'),
  needs: ['source.domain', 'source.versions'],
  since: 'QEMU 6.0; libvirt asks by itself since 8.6.0',
  check(migration, facts, report, wait) {
    const { blockers, name } = facts['source.domain'];
    const { qemu } = facts['source.versions'];
    if (blockers === undefined) {
      wait('source.domain', say('QEMU was not asked what keeps {0} from migrating', name));
    } else if (blockers.length > 0) {
      report({
        severity: 'error',
        at: migration.at(['domain']),
        message: say(
          'QEMU {1} says why {0} cannot migrate: {2}. libvirt from 8.6 refuses with “cannot migrate domain”, an older one fails on the way. Remove the device, or what the guest does with it.',
          name,
          qemu,
          blockers.join('; '),
        ),
        evidence: ['source.domain'],
      });
    } else if (isOlder(qemu, '6.0.0') !== false) {
      wait('source.versions', say('QEMU {0} cannot tell what keeps a guest from migrating', qemu));
    }
  },
});
