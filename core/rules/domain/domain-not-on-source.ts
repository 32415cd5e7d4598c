import { say } from '../../messages.ts';
import { nearestName } from '../../text/nearest.ts';
import type { DomainFacts } from '../../facts/snapshot.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { FixSpec, MigrationView, Reporter } from '../rule.ts';
import { differOnlyInCase } from './manual-name-typo.ts';

export default defineRule({
  id: 'domain-not-on-source',
  severity: 'error',
  summary: say('The source has the domain.'),
  needs: ['source.domains', 'destination.domains'],
  check(migration, facts, report) {
    judge(migration, facts['source.domains'], facts['destination.domains'], report);
  },
  meanwhile: [
    meanwhile(['source.domains'], (migration, facts, report) => {
      judge(migration, facts['source.domains'], [], report);
    }),
  ],
});

function judge(
  migration: MigrationView,
  domains: readonly DomainFacts[],
  there: readonly DomainFacts[],
  report: Reporter,
): void {
  const written = migration.model.domain;
  if (written === undefined) return;
  const isMeant = ({ name, uuid }: DomainFacts): boolean =>
    name === written.value || uuid === written.value;
  if (domains.some(isMeant)) return;
  if (domains.some(({ name }) => differOnlyInCase(name, written.value))) return;
  const [here, destination] = [migration.sourceName, migration.destinationName];
  // After a migration its file is as true as before, but for the direction.
  if (there.some((domain) => isMeant(domain) && domain.state === 'running')) {
    report({
      at: written.span,
      severity: 'info',
      message: say(
        '{0} runs on {1} already, and {2} does not have it: there is nothing to migrate.',
        written.value,
        destination,
        here,
      ),
      fix: back(here, destination),
    });
    return;
  }
  const near = nearestName(
    written.value,
    domains.map(({ name }) => name),
  );
  report({
    at: written.span,
    message:
      near === undefined
        ? say('{0} has no domain “{1}”. Check the name and the source.', here, written.value)
        : say('{0} has no domain “{1}”; is “{2}” meant?', here, written.value, near),
    ...(near === undefined
      ? {}
      : { fix: { title: say('Change to “{0}”', near), set: [['domain'], near] } }),
  });
}

function back(source: string, destination: string): FixSpec {
  return {
    title: say('Migrate it back, from {0} to {1}', destination, source),
    changes: [{ set: [['source'], destination] }, { set: [['destination'], source] }],
  };
}
