import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

/** QEMU's own values of cpu-throttle-initial and cpu-throttle-increment, per cent. */
const qemu = { initial: 20, increment: 10 };

export default defineRule({
  id: 'auto-converge-slows-guest',
  severity: 'info',
  summary: say('Auto-converge takes CPU time away from the guest.'),
  needs: [],
  since: 'libvirt 1.2.3; QEMU 1.6',
  check(migration, _facts, report) {
    const converge = migration.model.policy?.autoConverge;
    if (converge === undefined) return;
    report({
      at: migration.at(['policy', 'autoConverge']),
      message: say(
        'As soon as the guest dirties more than half of what is sent, its CPUs lose {0} % of their time, then {1} % more each time, up to 99 %. Its work becomes slower before the migration ends; disks and network cards of the host that write into its memory are not slowed.',
        converge.initial?.value ?? qemu.initial,
        converge.increment?.value ?? qemu.increment,
      ),
    });
  },
});
