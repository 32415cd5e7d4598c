import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'tls-verify-peer',
  severity: 'warning',
  summary: say('The destination verifies who sends it a guest.'),
  needs: ['destination.configuration'],
  since: 'libvirt 3.2.0',
  check(migration, facts, report) {
    const tls = migration.model.policy?.tls;
    if (tls === undefined || tls.verifyPeer?.value === false) return;
    if (facts['destination.configuration'].tlsVerify) return;
    report({
      at: tls.verifyPeer?.span ?? migration.at(['policy', 'tls']),
      message: say(
        'migrate_tls_x509_verify is 0 in qemu.conf on {0}: any client may send it a guest. Remove the line (1 is the default) and restart the daemon, or say here that you know: verifyPeer: false.',
        migration.destinationName,
      ),
      fix: {
        title: say('Accept that the sender is not verified'),
        set: [['policy', 'tls', 'verifyPeer'], false],
      },
    });
  },
});
