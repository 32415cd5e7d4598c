import { say } from '../../messages.ts';
import { formatDuration } from '../../units/quantity.ts';
import { defineRule } from '../rule.ts';

/** Milliseconds that QEMU plans for when nobody says otherwise. */
const ordinary = 300;

/** `downtime-limit` stays in the QEMU process: libvirt does not write it when it migrates. */
export default defineRule({
  id: 'downtime-limit-left-over',
  severity: 'warning',
  summary: say('No pause that was set by hand before decides this migration.'),
  needs: ['source.domain'],
  check(migration, facts, report) {
    const { maxDowntimeMs, name, state } = facts['source.domain'];
    const { policy } = migration.model;
    const said =
      policy?.maxDowntime !== undefined ||
      policy?.parameters?.entries.some(({ key }) => key.value === 'downtime-limit') === true;
    if (said || maxDowntimeMs === undefined || maxDowntimeMs === ordinary) return;
    if (state !== 'running') return;
    report({
      at: migration.at(migration.has(['policy']) ? ['policy'] : ['domain']),
      message: say(
        'Somebody set the longest pause of {0} to {1} (migrate-setmaxdowntime), and QEMU keeps it: it decides this migration, too, for the file does not say another. QEMU’s own value is 300ms.',
        name,
        formatDuration(maxDowntimeMs),
      ),
      fix: { title: say('Write {0}', '300ms'), set: [['policy', 'maxDowntime'], '300ms'] },
    });
  },
});
