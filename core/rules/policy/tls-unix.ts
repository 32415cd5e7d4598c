import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'tls-unix',
  severity: 'error',
  summary: say('TLS over a UNIX socket says which host name the certificate has.'),
  needs: [],
  since: 'libvirt 6.8.0',
  check(migration, _facts, report) {
    const policy = migration.model.policy;
    const uri = policy?.migrateUri;
    if (policy?.tls === undefined || policy.tls.destination !== undefined) return;
    if (uri?.value.startsWith('unix:') !== true) return;
    report({
      at: uri.span,
      message: say(
        'A UNIX socket has no host name that the certificate could be compared with: “Explicit destination hostname is required for TLS migration over UNIX socket”. Write tls.destination.',
      ),
    });
  },
});
