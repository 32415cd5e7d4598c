import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { alwaysOverwritten, asksFor, qmpParameters } from './qmp-parameters.ts';

export default defineRule({
  id: 'parameter-overwritten',
  severity: 'error',
  summary: say('A parameter that libvirt sets itself is not set by hand.'),
  needs: [],
  check(migration, _facts, report) {
    for (const { key } of migration.model.policy?.parameters?.entries ?? []) {
      const fix = {
        title: say('Remove “{0}”', key.value),
        remove: ['policy', 'parameters', key.value],
      };
      const known = qmpParameters.get(key.value);
      // Of a feature that is off, parameter-without-effect speaks.
      const idle = known?.feature !== undefined && !asksFor(known.feature, migration);
      const own = idle ? undefined : known?.key;
      const instead = Object.hasOwn(alwaysOverwritten, key.value)
        ? alwaysOverwritten[key.value]
        : undefined;
      if (instead !== undefined) {
        report({
          at: key.span,
          message: say(
            'libvirt overwrites the parameter {0} in every migration, so this value has no effect. Use {1}.',
            key.value,
            instead,
          ),
          fix,
        });
      } else if (own !== undefined && migration.has(own)) {
        report({
          at: key.span,
          message: say(
            'The parameter {0} is set by {1} already, and one of the two values is lost. Keep {1}.',
            key.value,
            own.join('.'),
          ),
          fix,
        });
      }
    }
  },
});
