import { say } from '../../messages.ts';
import { parseQuantity } from '../../units/quantity.ts';
import { defineRule } from '../rule.ts';

/** Milliseconds; `MAX_MIGRATE_DOWNTIME` of QEMU. */
const longest = 2_000_000;

/** QEMU counts whole milliseconds; a unit may be written. */
function milliseconds(value: string | number | boolean): number | undefined {
  if (typeof value === 'boolean') return undefined;
  const read = typeof value === 'string' ? parseQuantity(value, 'duration') : undefined;
  const amount = typeof value === 'number' ? value : read?.ok === true ? read.quantity.amount : NaN;
  return Number.isInteger(amount) ? amount : undefined;
}

export default defineRule({
  id: 'setmaxdowntime-range',
  severity: 'error',
  summary: say('The longest pause lies between 1 ms and 2000 s.'),
  needs: [],
  check(migration, _facts, report) {
    const policy = migration.model.policy;
    const downtime = policy?.maxDowntime;
    if (downtime !== undefined && downtime.value.amount < 1) {
      report({
        at: downtime.span,
        message: say(
          'A pause of {0} is refused by virsh: “migrate: Invalid downtime”. At least 1ms is needed; QEMU’s own value is 300ms.',
          downtime.value.source,
        ),
        fix: { title: say('Write {0}', '300ms'), set: [['policy', 'maxDowntime'], '300ms'] },
      });
    } else if (downtime !== undefined && downtime.value.amount > longest) {
      report({
        at: downtime.span,
        message: say(
          "A pause of {0} is more than QEMU takes: “Parameter 'downtime_limit' expects an integer in the range of 0 to …” (2000000 ms).",
          downtime.value.source,
        ),
        fix: { title: say('Write {0}', '2000s'), set: [['policy', 'maxDowntime'], '2000s'] },
      });
    }
    for (const { key, value } of policy?.parameters?.entries ?? []) {
      if (key.value !== 'downtime-limit') continue;
      const limit = milliseconds(value.value);
      if (limit !== undefined && limit >= 1 && limit <= longest) continue;
      report({
        at: value.span,
        message: say(
          'QEMU takes downtime-limit in whole milliseconds up to 2000000, and with 0 no migration would end; {0} is none of them. Use policy.maxDowntime.',
          String(value.value),
        ),
        fix: {
          title: say('Remove “{0}”', key.value),
          remove: ['policy', 'parameters', key.value],
        },
      });
    }
  },
});
