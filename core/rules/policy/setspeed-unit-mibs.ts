import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

const mebibyte = 1024 * 1024;

export default defineRule({
  id: 'setspeed-unit-mibs',
  severity: 'info',
  summary: say('libvirt counts bandwidth in whole MiB/s.'),
  needs: [],
  check(migration, _facts, report) {
    const bandwidth = migration.model.policy?.bandwidth;
    // Less than 1 MiB/s is setspeed-range's.
    if (bandwidth === undefined || bandwidth.value.amount < mebibyte) return;
    if (bandwidth.value.amount % mebibyte === 0) return;
    const count = Math.floor(bandwidth.value.amount / mebibyte);
    const whole = `${count}MiB/s`;
    report({
      at: bandwidth.span,
      message: say(
        'libvirt takes the bandwidth in whole MiB/s (not Mbit/s, as openEuler’s manual has it): {0} becomes {1}, which is {2}.',
        bandwidth.value.source,
        whole,
        // In one unit and exact enough to differ from what was written.
        `${((count * mebibyte * 8) / 1e6).toFixed(1)}Mbit/s`,
      ),
      fix: { title: say('Write {0}', whole), set: [['policy', 'bandwidth'], whole] },
    });
  },
});
