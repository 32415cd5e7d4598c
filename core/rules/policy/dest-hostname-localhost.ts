import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'dest-hostname-localhost',
  severity: 'warning',
  summary: say('The destination knows itself by a name that the source can reach.'),
  needs: ['destination.identity'],
  since: 'libvirt 0.8.8',
  check(migration, facts, report) {
    const { hostname } = facts['destination.identity'];
    if (!/^localhost(?:\.|$)/i.test(hostname)) return;
    const { destinationName } = migration;
    const known = migration.hosts?.find(({ name }) => name?.value === destinationName);
    if (known?.migrationAddress !== undefined) return;
    if (migration.model.policy?.migrateUri !== undefined) return;
    if (migration.model.policy?.connection?.value === 'tunnelled') return;
    report({
      at: migration.at(['destination']),
      message: say(
        '{0} calls itself {1}, so the source would connect to itself; libvirt refuses unless migration_host is set in its qemu.conf: “hostname on destination resolved to localhost, but migration requires an FQDN”. Write policy.migrateUri, or migrationAddress in the inventory.',
        destinationName,
        hostname,
      ),
    });
  },
});
