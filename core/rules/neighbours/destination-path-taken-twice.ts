import { say } from '../../messages.ts';
import { claimsOf } from '../claims.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { Domain } from '../../domain/domain.ts';
import type { MigrationView, Reporter } from '../rule.ts';

export default defineRule({
  id: 'destination-path-taken-twice',
  severity: 'warning',
  summary: say('Copies of disks of different domains have paths of their own on the destination.'),
  needs: ['domain'],
  check(migration, facts, report) {
    compare(migration, facts.domain, report);
  },
  // Paths that the file itself writes can be compared without the domain.
  meanwhile: [
    meanwhile([], (migration, _facts, report) => {
      compare(migration, undefined, report);
    }),
  ],
});

function compare(migration: MigrationView, domain: Domain | undefined, report: Reporter): void {
  const { neighbours } = migration;
  if (neighbours === undefined || neighbours.length === 0) return;
  const own = claimsOf(migration.descriptor, domain);
  for (const { uri, domain: other, images } of neighbours) {
    // Two files for one domain are told by domain-migrated-twice.
    if (other?.name.value === migration.domainName) continue;
    for (const image of own.images) {
      const taken = images.find(({ host, path }) => host === image.host && path === image.path);
      if (taken === undefined) continue;
      report({
        at: image.span,
        message: say(
          '{0} on {1} is the destination of disk {2} of {3}, too: one copy would stop the other, or overwrite it.',
          image.path,
          image.host,
          taken.target,
          other?.name.value ?? '–',
        ),
        related: [{ uri, span: taken.span, message: say('The other migration is here.') }],
      });
    }
  }
}
