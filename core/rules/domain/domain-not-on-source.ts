import { say } from '../../messages.ts';
import { nearestName } from '../../text/nearest.ts';
import { defineRule } from '../rule.ts';
import { differOnlyInCase } from './manual-name-typo.ts';

export default defineRule({
  id: 'domain-not-on-source',
  severity: 'error',
  summary: say('The source has the domain.'),
  needs: ['source.domains'],
  check(migration, facts, report) {
    const written = migration.model.domain;
    const domains = facts['source.domains'];
    if (written === undefined) return;
    const found = domains.some(
      ({ name, uuid }) => name === written.value || uuid === written.value,
    );
    if (found || domains.some(({ name }) => differOnlyInCase(name, written.value))) return;
    const near = nearestName(
      written.value,
      domains.map(({ name }) => name),
    );
    report({
      at: written.span,
      message:
        near === undefined
          ? say(
              '{0} has no domain “{1}”. Check the name and the source.',
              migration.sourceName,
              written.value,
            )
          : say(
              '{0} has no domain “{1}”; is “{2}” meant?',
              migration.sourceName,
              written.value,
              near,
            ),
      ...(near === undefined
        ? {}
        : { fix: { title: say('Change to “{0}”', near), set: [['domain'], near] } }),
    });
  },
});
