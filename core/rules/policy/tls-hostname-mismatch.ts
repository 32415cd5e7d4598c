import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'tls-hostname-mismatch',
  severity: 'warning',
  summary: say('The migration address is a name that the certificate carries.'),
  needs: [],
  since: 'libvirt 3.2.0',
  check(migration, _facts, report) {
    const policy = migration.model.policy;
    const uri = policy?.migrateUri;
    if (policy?.tls === undefined || uri === undefined || policy.tls.destination !== undefined)
      return;
    const host = /^[a-z]+:(?:\/\/)?(\[[^\]]+\]|[^:/]+)/.exec(uri.value)?.[1] ?? '';
    if (!/^(\d+\.\d+\.\d+\.\d+|\[.*\])$/.test(host)) return;
    report({
      at: uri.span,
      message: say(
        'With tls the certificate of {0} must carry the address {1} itself; most carry a name, and QEMU ends with “Certificate does not match the hostname {1}”. Say the name in tls.destination.',
        migration.destinationName,
        host,
      ),
    });
  },
});
