import { say } from '../../messages.ts';
import type { Located } from '../../text/span.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { FixSpec, MigrationView } from '../rule.ts';
import { asksFor, keyOf, qmpParameters } from './qmp-parameters.ts';

interface Idle {
  readonly key: Located<string>;
  readonly feature: string;
  readonly instead: string | undefined;
}

/** Parameters of a feature that this file does not ask for. */
function idle(migration: MigrationView): readonly Idle[] {
  return (migration.model.policy?.parameters?.entries ?? []).flatMap(({ key }) => {
    const feature = qmpParameters.get(key.value)?.feature;
    // Of the old compression, compress-param-without-capability speaks.
    return feature === undefined || feature === 'compress' || asksFor(feature, migration)
      ? []
      : [{ key, feature, instead: keyOf(feature) }];
  });
}

function removal(key: string): FixSpec {
  return { title: say('Remove “{0}”', key), remove: ['policy', 'parameters', key] };
}

export default defineRule({
  id: 'parameter-without-effect',
  severity: 'warning',
  summary: say('A raw QMP parameter belongs to something that the migration uses.'),
  needs: ['source.versions'],
  check(migration, facts, report) {
    const { libvirt } = facts['source.versions'];
    for (const { key, feature, instead } of idle(migration)) {
      report({
        at: key.span,
        message:
          instead === undefined
            ? say(
                'The parameter {0} counts only with {1}, which libvirt ({2} on {3}) never uses: it has no effect.',
                key.value,
                feature,
                libvirt,
                migration.sourceName,
              )
            : say(
                'The parameter {0} counts only with {1}, and libvirt ({2} on {3}) switches that off in every migration that does not ask for it; what was switched on beforehand does not stay. Ask for it with {4}.',
                key.value,
                feature,
                libvirt,
                migration.sourceName,
                instead,
              ),
        fix: removal(key.value),
      });
    }
  },
  meanwhile: [
    meanwhile([], (migration, _facts, report) => {
      for (const { key, feature, instead } of idle(migration)) {
        report({
          at: key.span,
          message:
            instead === undefined
              ? say(
                  'The parameter {0} counts only with {1}, which libvirt never uses: it has no effect.',
                  key.value,
                  feature,
                )
              : say(
                  'The parameter {0} counts only with {1}, and libvirt switches that off in every migration that does not ask for it. Ask for it with {2}.',
                  key.value,
                  feature,
                  instead,
                ),
          fix: removal(key.value),
        });
      }
    }),
  ],
});
