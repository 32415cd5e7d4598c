import { say } from '../../messages.ts';
import { atPostCopy, usesPostCopy } from '../policy/policy.ts';
import { defineRule } from '../rule.ts';
import { isOlder } from './version.ts';

/**
 * Post-copy needs userfaultfd for kernel faults. With vm.unprivileged_userfaultfd=0 only a privileged
 * process has it, or one that may open /dev/userfaultfd: libvirt allows that from 10.1, QEMU uses it
 * from 8.1.
 */
export default defineRule({
  id: 'postcopy-host-support',
  severity: 'warning',
  summary: say('The kernel of the destination lets QEMU use post-copy.'),
  needs: ['destination.kernel', 'destination.versions', 'destination.configuration'],
  since: 'libvirt 1.3.3',
  check(migration, facts, report, wait) {
    if (!usesPostCopy(migration)) return;
    const { unprivilegedUserfaultfd, release } = facts['destination.kernel'];
    const { libvirt, qemu } = facts['destination.versions'];
    if (unprivilegedUserfaultfd !== 0) return;
    if (facts['destination.configuration'].user === 'root') return;
    const old = [isOlder(libvirt, '10.1.0'), isOlder(qemu, '8.1.0')];
    if (old.includes(true)) {
      report({
        severity: 'error',
        at: atPostCopy(migration),
        message: say(
          'vm.unprivileged_userfaultfd is 0 on {0} (kernel {1}), and libvirt {2} with QEMU {3} needs it for post-copy: “Userfaultfd not available: Operation not permitted”. Set it to 1 there: sysctl vm.unprivileged_userfaultfd=1',
          migration.destinationName,
          release,
          libvirt,
          qemu,
        ),
      });
    } else if (old.includes(undefined)) {
      wait(
        'destination.versions',
        say('the versions of {0} cannot be read', migration.destinationName),
      );
    }
  },
});
