import { say } from '../../messages.ts';
import { isTunnelled } from '../policy/policy.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'tls-force',
  severity: 'warning',
  summary: say('Hosts that allow migrations with TLS only get one with TLS.'),
  needs: ['source.configuration', 'destination.configuration'],
  since: 'libvirt 6.10.0',
  check(migration, facts, report) {
    if (migration.model.policy?.tls !== undefined || isTunnelled(migration)) return;
    const sides = [
      ['source.configuration', migration.sourceName],
      ['destination.configuration', migration.destinationName],
    ] as const;
    for (const [fact, host] of sides) {
      if (!facts[fact].tlsForce) continue;
      report({
        severity: 'error',
        at: migration.at(migration.has(['policy']) ? ['policy'] : ['destination']),
        message: say(
          'migrate_tls_force is set in qemu.conf on {0}, and the file does not ask for TLS: “this libvirtd instance allows migration only with VIR_MIGRATE_TLS flag”.',
          host,
        ),
        evidence: [fact],
        fix: { title: say('Encrypt with TLS'), set: [['policy', 'tls'], true] },
      });
    }
  },
});
