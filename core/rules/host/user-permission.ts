import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { HostAccess } from '../../facts/host-facts.ts';
import type { MigrationView, Reporter } from '../rule.ts';

function check(
  migration: MigrationView,
  key: 'source' | 'destination',
  access: HostAccess,
  report: Reporter,
): void {
  if (access.libvirt) return;
  report({
    at: migration.at([key]),
    message: say(
      'The user {0} may not manage libvirt on {1}: {2}',
      access.user,
      key === 'source' ? migration.sourceName : migration.destinationName,
      access.said ?? '',
    ),
  });
}

export default defineRule({
  id: 'user-permission',
  severity: 'error',
  summary: say('The user may manage libvirt on both hosts.'),
  needs: ['source.access', 'destination.access'],
  check(migration, facts, report) {
    check(migration, 'source', facts['source.access'], report);
    check(migration, 'destination', facts['destination.access'], report);
  },
  meanwhile: [
    meanwhile(['source.access'], (migration, facts, report) => {
      check(migration, 'source', facts['source.access'], report);
    }),
    meanwhile(['destination.access'], (migration, facts, report) => {
      check(migration, 'destination', facts['destination.access'], report);
    }),
  ],
});
