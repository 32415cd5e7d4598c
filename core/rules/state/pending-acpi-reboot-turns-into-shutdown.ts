import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

/**
 * `virsh reboot` by ACPI powers the guest off, and libvirt starts it again because it remembers to
 * (priv->fakeReboot). Only the source remembers: the flag is not in the migration cookie.
 */
export default defineRule({
  id: 'pending-acpi-reboot-turns-into-shutdown',
  severity: 'warning',
  summary: say('No reboot of the guest is under way.'),
  needs: ['source.domain'],
  check(migration, facts, report, wait) {
    const { name, rebooting, state } = facts['source.domain'];
    if (rebooting === true) {
      report({
        severity: 'error',
        at: migration.at(['domain']),
        message: say(
          'virsh reboot was asked of {0}, and the guest has not powered off yet. Only {1} knows that it is to be started again: if it powers off on {2}, it stays off, without an error. Wait until it has rebooted; a guest that ignores ACPI is rebooted with virsh reboot --mode agent, or virsh reset.',
          name,
          migration.sourceName,
          migration.destinationName,
        ),
      });
    } else if (rebooting === undefined && state === 'running') {
      wait(
        'source.domain',
        say(
          'only root on {0} can see whether a reboot of {1} is under way',
          migration.sourceName,
          name,
        ),
      );
    }
  },
});
