import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'tpm-encryption-secret',
  severity: 'warning',
  summary: say('The destination has the secret that encrypts the TPM’s state.'),
  needs: ['domain', 'destination.secrets'],
  since: 'libvirt 5.6.0',
  check(migration, facts, report) {
    const { domain } = facts;
    for (const { encryptionSecret } of domain.tpms) {
      if (encryptionSecret === undefined) continue;
      const uuid = encryptionSecret.value.toLowerCase();
      if (facts['destination.secrets'].some((secret) => secret.uuid === uuid)) continue;
      report({
        severity: 'error',
        at: migration.at(['destination']),
        message: say(
          'The state of the guest’s TPM is encrypted with the secret {0}, which {1} does not have. Define it there with the same value (virsh secret-define, secret-set-value); with another value the TPM fails: “Setting the stateblob (type 1) failed with a TPM error 0x21 decryption error”.',
          uuid,
          migration.destinationName,
        ),
        related: [{ uri: domain.uri, span: encryptionSecret.span, message: say('the secret') }],
      });
    }
  },
});
