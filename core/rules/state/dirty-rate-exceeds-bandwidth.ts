import type { FactTypes } from '../../facts/keys.ts';
import { forecastMigration } from '../../forecast/forecast.ts';
import { say } from '../../messages.ts';
import { formatDuration, formatRate } from '../../units/quantity.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { MigrationView, Reporter, Wait } from '../rule.ts';

/** Something ends the migration other than that it converges. */
function endsAnyway({ model }: MigrationView): boolean {
  const { policy } = model;
  if (policy?.autoConverge !== undefined) return true;
  const mode = policy?.mode?.value;
  if (mode === 'post-copy-after-first-pass') return true;
  const action = policy?.onTimeout?.value;
  return (
    policy?.completionTimeout !== undefined &&
    (mode === 'post-copy-on-timeout' || action === 'suspend' || action === 'post-copy')
  );
}

type Known = Pick<FactTypes, 'domain' | 'source.domain'>;

function forecast(
  migration: MigrationView,
  facts: Known,
  link: number | undefined,
  to: { readonly report: Reporter; readonly wait: Wait<'source.domain'> },
): void {
  if (endsAnyway(migration)) return;
  const { dirtyRate, name, maxDowntimeMs } = facts['source.domain'];
  const memory = facts.domain.currentMemory ?? facts.domain.memory;
  if (dirtyRate === undefined || memory === undefined) {
    to.wait('source.domain', say('the dirty rate of {0} was not measured lately', name));
    return;
  }
  const limit = migration.model.policy?.bandwidth;
  const bandwidth = Math.min(limit?.value.amount ?? Infinity, link ?? Infinity);
  if (bandwidth === Infinity) {
    to.wait('source.domain', say('the bandwidth to {0} is not known', migration.destinationName));
    return;
  }
  const maxDowntime = migration.model.policy?.maxDowntime?.value.amount ?? maxDowntimeMs ?? 300;
  const result = forecastMigration({
    memoryBytes: memory.value,
    dirtyRate: dirtyRate.bytesPerSecond,
    bandwidth,
    maxDowntimeMs: maxDowntime,
  });
  if (result.converges) return;
  const limited = limit !== undefined && limit.value.amount <= bandwidth;
  to.report({
    at: limited
      ? limit.span
      : migration.at(migration.has(['policy']) ? ['policy'] : ['destination']),
    message:
      result.neededBandwidth === undefined
        ? say(
            '{0} changes {1} of its memory and {2} can be sent: the migration does not converge, and nothing in the file ends it. Slow the guest down with autoConverge.',
            name,
            formatRate(dirtyRate.bytesPerSecond),
            formatRate(bandwidth),
          )
        : say(
            '{0} changes {1} of its memory and {2} can be sent: the migration does not converge within a pause of {3}, and nothing in the file ends it. It takes {4}, or autoConverge, or post-copy.',
            name,
            formatRate(dirtyRate.bytesPerSecond),
            formatRate(bandwidth),
            formatDuration(maxDowntime),
            formatRate(result.neededBandwidth),
          ),
    fix: {
      title: say('Slow the guest down until it converges'),
      set: [['policy', 'autoConverge'], true],
    },
  });
}

export default defineRule({
  id: 'dirty-rate-exceeds-bandwidth',
  severity: 'warning',
  summary: say('The guest changes its memory more slowly than it can be sent.'),
  needs: ['domain', 'source.domain', 'source.peer'],
  since: 'QEMU 5.2 measures the rate',
  check(migration, facts, report, wait) {
    // About 94 % of a link carries payload (Ethernet, IP and TCP headers at an MTU of 1500).
    const { through } = facts['source.peer'];
    const link = through?.speed === undefined ? undefined : (through.speed / 8) * 0.94;
    forecast(migration, facts, link, { report, wait });
  },
  meanwhile: [
    meanwhile(['domain', 'source.domain'], (migration, facts, report, wait) => {
      forecast(migration, facts, undefined, { report, wait });
    }),
  ],
});
