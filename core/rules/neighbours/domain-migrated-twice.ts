import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'domain-migrated-twice',
  severity: 'info',
  summary: say('One domain is moved away from a host by one migration file of a folder.'),
  needs: [],
  check(migration, _facts, report) {
    const { domain, source } = migration.model;
    if (domain === undefined || source === undefined) return;
    for (const { uri, domain: other } of migration.neighbours ?? []) {
      if (other?.name.value !== domain.value || other.source !== source.value) continue;
      report({
        at: domain.span,
        message: say(
          'Another file of this folder moves {0} away from {1}, too; only one of them can be carried out.',
          domain.value,
          source.value,
        ),
        related: [{ uri, span: other.name.span, message: say('The other migration is here.') }],
      });
    }
  },
});
