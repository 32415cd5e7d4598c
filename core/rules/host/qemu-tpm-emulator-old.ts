import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { emulatedTpms } from './tpm.ts';

export default defineRule({
  id: 'qemu-tpm-emulator-old',
  severity: 'warning',
  summary: say('Both hosts have an emulator for the guest’s TPM.'),
  needs: ['domain', 'source.tpm', 'destination.tpm'],
  check(migration, facts, report) {
    const { domain } = facts;
    const [here, there] = [facts['source.tpm'], facts['destination.tpm']];
    for (const { span } of emulatedTpms(domain)) {
      const related = [{ uri: domain.uri, span, message: say('the TPM') }];
      if (!there.installed) {
        report({
          severity: 'error',
          at: migration.at(['destination']),
          message: say(
            "The guest has an emulated TPM, and {0} has no swtpm: “Unable to find 'swtpm' binary in $PATH”. Install it there, not older than on {1}.",
            migration.destinationName,
            migration.sourceName,
          ),
          related,
          evidence: ['destination.tpm'],
        });
        continue;
      }
      const lacking = here.features.filter((feature) => !there.features.includes(feature));
      if (lacking.length === 0) continue;
      report({
        at: migration.at(['destination']),
        message: say(
          'swtpm {0} on {1} lacks what {2} on {3} has ({4}); it may not be able to load the state of the guest’s TPM. Update it there.',
          there.version ?? '-',
          migration.destinationName,
          here.version ?? '-',
          migration.sourceName,
          lacking.join(', '),
        ),
        related,
      });
    }
  },
});
