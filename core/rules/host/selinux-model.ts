import { located } from '../../domain/located.ts';
import { say } from '../../messages.ts';
import { attribute, children } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'selinux-model',
  severity: 'warning',
  summary: say('The destination has the security driver of the guest’s fixed label.'),
  needs: ['domain', 'destination.emulation'],
  check(migration, facts, report, wait) {
    const { domain } = facts;
    const { securityModels } = facts['destination.emulation'];
    for (const label of children(domain.root, 'seclabel')) {
      const model = located(label, 'model');
      // A dynamic label is made anew by the destination.
      if (model === undefined || attribute(label, 'type')?.value !== 'static') continue;
      if (model.value === 'none' || securityModels.includes(model.value)) continue;
      if (securityModels.length === 0) {
        wait(
          'destination.emulation',
          say('{0} did not list its security drivers', migration.destinationName),
        );
        continue;
      }
      report({
        severity: 'error',
        at: migration.at(['destination']),
        message: say(
          "The guest has a fixed label of {0}, and libvirt on {1} runs with {2}: “Security driver model '{0}' is not available”. Switch the driver on there, or use a dynamic label.",
          model.value,
          migration.destinationName,
          securityModels.join(', '),
        ),
        related: [{ uri: domain.uri, span: model.span, message: say('the guest’s label') }],
      });
    }
  },
});
