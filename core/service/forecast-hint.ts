import { copiedByDefault } from '../domain/domain.ts';
import { forecastMigration } from '../forecast/forecast.ts';
import type { Forecast } from '../forecast/forecast.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { Span } from '../text/span.ts';
import { formatDuration, formatRate, formatSize } from '../units/quantity.ts';
import { domainOf } from './disk-facts.ts';
import type { Surroundings } from './surroundings.ts';

export interface ForecastHint {
  /** What the forecast depends on most, as the file says it. */
  readonly span: Span;
  readonly label: Message;
  /** What it is computed from, a sentence each. */
  readonly lines: readonly Message[];
}

/** QEMU's downtime limit in milliseconds, when nobody has set another one. */
const usualDowntime = 300;

/**
 * How long the memory of a guest takes to move, and its pause. Without a measured dirty rate only
 * what one pass over all memory takes; without any rate of the stream nothing.
 */
export function forecastHint(
  around: Surroundings,
  now: number | undefined,
): ForecastHint | undefined {
  const { descriptor, facts } = around;
  const { policy, destination } = descriptor.migration;
  const memory = domainOf(around)?.memory?.value;
  const limit = policy?.bandwidth?.value.amount;
  const peer = facts['source.peer'];
  const speed = peer.known ? peer.value.through?.speed : undefined;
  const link = speed === undefined ? undefined : speed / 8;
  const span = policy?.bandwidth?.span ?? policy?.maxDowntime?.span ?? destination?.span;
  const bandwidth = Math.min(limit ?? Infinity, link ?? Infinity);
  if (memory === undefined || span === undefined || !Number.isFinite(bandwidth) || bandwidth <= 0) {
    return undefined;
  }
  // The switch comes after one pass, whatever the guest writes: there is no series to follow.
  if (policy?.mode?.value === 'post-copy-after-first-pass') return undefined;
  const base = [
    say('Memory: {0}, sent at {1}.', formatSize(memory), formatRate(bandwidth)),
    ...(link === undefined
      ? [say('The speed of the link is not known; it is taken to reach the limit.')]
      : [say('The link makes {0}.', formatRate(link))]),
    ...(copiesDisks(around)
      ? [say('Disks are copied before the memory and are not counted.')]
      : []),
  ];
  const said = facts['source.domain'];
  const measured = said.known ? said.value.dirtyRate : undefined;
  if (measured === undefined) {
    const once = formatDuration((1000 * memory) / bandwidth);
    return {
      span,
      label: say('all memory once: {0}; dirty rate not measured', once),
      lines: [
        ...base,
        say('How often memory is sent again depends on the dirty rate; measure it for a forecast.'),
      ],
    };
  }
  const maxDowntimeMs =
    policy?.maxDowntime?.value.amount ??
    (said.known ? said.value.maxDowntimeMs : undefined) ??
    usualDowntime;
  const dirtyRate = measured.bytesPerSecond;
  const forecast = forecastMigration({ memoryBytes: memory, dirtyRate, bandwidth, maxDowntimeMs });
  const at = measured.at ?? (said.known ? said.at : undefined);
  const age = now === undefined || at === undefined ? undefined : Math.max(0, now - at);
  const rate = formatRate(dirtyRate);
  return {
    span,
    label: labelOf(forecast),
    lines: [
      ...base,
      age === undefined
        ? say('Dirty rate: {0}.', rate)
        : say(
            'Dirty rate: {0}, measured {1} ago.',
            rate,
            formatDuration(1000 * Math.round(age / 1000)),
          ),
      say('Highest pause that is allowed: {0}.', formatDuration(maxDowntimeMs)),
      ...adviceOf(forecast, policy?.autoConverge !== undefined),
    ],
  };
}

function labelOf({ totalMs, downtimeMs }: Forecast): Message {
  return totalMs === undefined || downtimeMs === undefined
    ? say('forecast: does not converge')
    : say('forecast {0}, pause {1}', formatDuration(totalMs), formatDuration(downtimeMs));
}

function adviceOf(forecast: Forecast, autoConverge: boolean): readonly Message[] {
  if (forecast.converges) return [];
  const { neededBandwidth, neededDowntimeMs } = forecast;
  return [
    ...(neededBandwidth === undefined
      ? []
      : [say('It would converge with a bandwidth of {0}.', formatRate(neededBandwidth))]),
    ...(neededDowntimeMs === undefined
      ? []
      : [say('It would converge with a pause of {0}.', formatDuration(neededDowntimeMs))]),
    ...(autoConverge ? [say('Auto-converge slows the guest down until it converges.')] : []),
  ];
}

function copiesDisks(around: Surroundings): boolean {
  const { storage } = around.descriptor.migration;
  const listed = storage?.disks?.items ?? [];
  if (listed.some(({ action }) => action?.value === 'copy')) return true;
  const mode = storage?.mode?.value ?? 'auto';
  return (
    mode !== 'shared' && mode !== 'mixed' && domainOf(around)?.disks.some(copiedByDefault) === true
  );
}
