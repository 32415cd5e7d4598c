import { say } from '../../messages.ts';
import { nearestName } from '../../text/nearest.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { FixSpec } from '../rule.ts';
import { isCapability } from './qmp-capabilities.ts';
import { qmpParameters } from './qmp-parameters.ts';

/** Not listed by query-migrate-parameters while it has no value. */
const unlisted: ReadonlySet<string> = new Set([
  'block-bitmap-mapping',
  'cpr-exec-command',
  'tls-creds',
  'tls-hostname',
  'tls-authz',
]);

function removal(key: string): FixSpec {
  return { title: say('Remove “{0}”', key), remove: ['policy', 'parameters', key] };
}

export default defineRule({
  id: 'parameter-unknown',
  severity: 'error',
  summary: say('The guest’s QEMU has every parameter that the file sets.'),
  needs: ['source.domain', 'source.versions'],
  check(migration, facts, report, wait) {
    const entries = migration.model.policy?.parameters?.entries ?? [];
    const listed = facts['source.domain'].parameters;
    if (entries.length > 0 && listed === undefined) {
      wait(
        'source.domain',
        say('the migration parameters of {0} were not read', migration.domainName),
      );
    }
    if (listed === undefined) return;
    for (const { key } of entries) {
      if (Object.hasOwn(listed, key.value) || unlisted.has(key.value) || isCapability(key.value))
        continue;
      const near = nearestName(key.value, Object.keys(listed));
      report({
        at: key.span,
        message:
          near === undefined
            ? say(
                "QEMU {0} on {1} has no migration parameter {2}: “Parameter '{2}' is unexpected”.",
                facts['source.versions'].qemu,
                migration.sourceName,
                key.value,
              )
            : say(
                "QEMU {0} on {1} has no migration parameter {2} (“Parameter '{2}' is unexpected”); is {3} meant?",
                facts['source.versions'].qemu,
                migration.sourceName,
                key.value,
                near,
              ),
        fix: removal(key.value),
      });
    }
  },
  meanwhile: [
    meanwhile([], (migration, _facts, report) => {
      for (const { key } of migration.model.policy?.parameters?.entries ?? []) {
        if (qmpParameters.has(key.value) || isCapability(key.value)) continue;
        const near = nearestName(key.value, [...qmpParameters.keys()]);
        report({
          severity: 'warning',
          at: key.span,
          message:
            near === undefined
              ? say(
                  'No QEMU from 4.1 to 10.0 has a migration parameter {0}; a QEMU without it ends the launch.',
                  key.value,
                )
              : say(
                  'No QEMU from 4.1 to 10.0 has a migration parameter {0}; is {1} meant?',
                  key.value,
                  near,
                ),
          fix: removal(key.value),
        });
      }
    }),
  ],
});
