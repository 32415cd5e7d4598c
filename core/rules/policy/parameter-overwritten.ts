import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

/** Parameters that libvirt writes whatever they were (`qemuMigrationParamsApply`), and what to use. */
const overwritten: Readonly<Record<string, string>> = {
  'max-bandwidth': 'policy.bandwidth',
  'tls-creds': 'policy.tls',
  'tls-hostname': 'policy.tls.destination',
};

export default defineRule({
  id: 'parameter-overwritten',
  severity: 'error',
  summary: say('A parameter that libvirt sets itself is not set by hand.'),
  needs: [],
  check(migration, _facts, report) {
    for (const { key } of migration.model.policy?.parameters?.entries ?? []) {
      const instead = Object.hasOwn(overwritten, key.value) ? overwritten[key.value] : undefined;
      if (instead === undefined) continue;
      report({
        at: key.span,
        message: say(
          'libvirt overwrites the parameter {0} in every migration, so this value has no effect. Use {1}.',
          key.value,
          instead,
        ),
        fix: { title: say('Remove “{0}”', key.value), remove: ['policy', 'parameters', key.value] },
      });
    }
  },
});
