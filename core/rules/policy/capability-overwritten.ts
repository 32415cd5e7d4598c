import { say } from '../../messages.ts';
import { isOlder } from '../host/version.ts';
import { defineRule } from '../rule.ts';
import { overwrittenCapabilities } from './qmp-capabilities.ts';

export default defineRule({
  id: 'capability-overwritten',
  severity: 'info',
  summary: say('No capability was switched on in QEMU by hand.'),
  needs: ['source.domain', 'source.versions'],
  check(migration, facts, report) {
    const { capabilities = {}, name } = facts['source.domain'];
    const { libvirt } = facts['source.versions'];
    for (const [capability, on] of Object.entries(capabilities)) {
      if (!on) continue;
      if (capability === 'dirty-limit' && migration.model.policy?.autoConverge !== undefined) {
        report({
          severity: 'error',
          at: migration.at(['policy', 'autoConverge']),
          message: say(
            'QEMU of {0} has the capability dirty-limit switched on by hand; libvirt {1} does not know it and leaves it on, and QEMU refuses it together with auto-converge: “dirty-limit conflicts with auto-converge”. Switch it off, or leave autoConverge out.',
            name,
            libvirt,
          ),
          fix: { title: say('Remove “{0}”', 'autoConverge'), remove: ['policy', 'autoConverge'] },
        });
        continue;
      }
      const known = overwrittenCapabilities.get(capability);
      if (known?.asked === undefined || known.asked(migration)) continue;
      if (known.since !== undefined && isOlder(libvirt, known.since) !== false) continue;
      report({
        at: migration.at(['domain']),
        message:
          known.key === undefined
            ? say(
                'QEMU of {0} has the capability {1} switched on by hand; libvirt {2} switches it off when the migration begins, so that has no effect.',
                name,
                capability,
                libvirt,
              )
            : say(
                'QEMU of {0} has the capability {1} switched on by hand; libvirt {2} switches it off when the migration begins, so that has no effect. Use {3}.',
                name,
                capability,
                libvirt,
                known.key,
              ),
      });
    }
  },
});
