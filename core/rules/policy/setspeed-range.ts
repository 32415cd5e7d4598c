import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

const mebibyte = 1024 * 1024;
/** MiB/s; `QEMU_DOMAIN_MIG_BANDWIDTH_MAX` of libvirt, INT64_MAX / 1048576. */
const highest = 8796093022207;

export default defineRule({
  id: 'setspeed-range',
  severity: 'error',
  summary: say('The bandwidth lies between 1 MiB/s and what libvirt can count.'),
  needs: [],
  check(migration, _facts, report) {
    const bandwidth = migration.model.policy?.bandwidth;
    if (bandwidth === undefined) return;
    if (bandwidth.value.amount < mebibyte) {
      report({
        at: bandwidth.span,
        message: say(
          '{0} is less than 1MiB/s, the smallest limit of libvirt, which takes 0 for “no limit given”. Write at least 1MiB/s, or leave the key out.',
          bandwidth.value.source,
        ),
        fix: { title: say('Remove “{0}”', 'bandwidth'), remove: ['policy', 'bandwidth'] },
      });
    } else if (bandwidth.value.amount > highest * mebibyte) {
      report({
        at: bandwidth.span,
        message: say(
          '{0} is more than libvirt can count: “bandwidth must be less than 8796093022208” (MiB/s). Without the key there is no limit.',
          bandwidth.value.source,
        ),
        fix: { title: say('Remove “{0}”', 'bandwidth'), remove: ['policy', 'bandwidth'] },
      });
    }
  },
});
