import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { overwrittenCapabilities, survivingCapabilities } from './qmp-capabilities.ts';

export default defineRule({
  id: 'capability-as-parameter',
  severity: 'error',
  summary: say('A QMP capability is not set as a parameter.'),
  needs: [],
  check(migration, _facts, report) {
    for (const { key } of migration.model.policy?.parameters?.entries ?? []) {
      const capability = overwrittenCapabilities.get(key.value);
      if (capability === undefined && !survivingCapabilities.has(key.value)) continue;
      report({
        at: key.span,
        message:
          capability === undefined
            ? say(
                "{0} is a capability of QEMU, not a parameter (“Parameter '{0}' is unexpected”), and this file has no key for it.",
                key.value,
              )
            : capability.key === undefined
              ? say(
                  "{0} is a capability of QEMU, not a parameter (“Parameter '{0}' is unexpected”); libvirt from {1} on switches it on or off itself in every migration, whatever was set before.",
                  key.value,
                  capability.since ?? '4.1.0',
                )
              : say(
                  "{0} is a capability of QEMU, not a parameter (“Parameter '{0}' is unexpected”); libvirt switches it on or off itself in every migration, whatever was set before. Use {1}.",
                  key.value,
                  capability.key,
                ),
        fix: { title: say('Remove “{0}”', key.value), remove: ['policy', 'parameters', key.value] },
      });
    }
  },
});
