/**
 * The pre-copy model of QEMU's `migration_iteration_run` (migration/migration.c): memory is sent in
 * passes; each pass sends what the guest dirtied during the pass before; when what is left can be
 * sent within the downtime limit, the guest is stopped and the rest is sent. QEMU has no limit for
 * the number of passes.
 */
export interface ForecastInput {
  /** Bytes of guest memory that must be sent; zero pages cost next to nothing. */
  readonly memoryBytes: number;
  /** Bytes per second that the guest dirties at first. */
  readonly dirtyRate: number;
  /** Bytes that the guest writes to over and over; without it dirtying grows with time. */
  readonly workingSet?: number | undefined;
  /** Bytes per second that the link, the limit of the file and the CPU sustain together. */
  readonly bandwidth: number;
  /** QEMU's downtime limit; 300 by default. */
  readonly maxDowntimeMs: number;
  /** Device state and libvirt's hand-over, which come on top of every pause. Default 30. */
  readonly handOverMs?: number | undefined;
}

export interface Forecast {
  readonly converges: boolean;
  /** The last one, in which the guest stands still, included; without an end: those looked at. */
  readonly passes: number;
  /** Milliseconds until the guest runs on the destination; undefined when that is never. */
  readonly totalMs: number | undefined;
  /** Milliseconds that the guest stands still; undefined when it does not converge. */
  readonly downtimeMs: number | undefined;
  /** Bytes sent in all; undefined when there is no end. */
  readonly dataBytes: number | undefined;
  /** What decides the result: the thing whose change would change it most. */
  readonly limitingFactor: LimitingFactor;
  /** Downtime limit, in milliseconds, with which this migration would converge. */
  readonly neededDowntimeMs: number | undefined;
  /** Bandwidth, in bytes per second, with which it would converge at the same downtime limit. */
  readonly neededBandwidth: number | undefined;
  /** What helps, gentlest first; empty when it converges. */
  readonly advice: readonly ForecastAdvice[];
}

export type LimitingFactor =
  'memory-size' | 'dirty-rate' | 'working-set' | 'bandwidth' | 'max-downtime';

export type ForecastAdvice = 'raise-bandwidth' | 'raise-downtime' | 'auto-converge' | 'post-copy';

/** Tens of milliseconds (catalogue, section 5); more with many devices. */
const usualHandOverMs = 30;

/** Passes after which a series that hardly shrinks is called endless. */
const mostPasses = 2000;

/** Forecasts a pre-copy migration. Throws RangeError for negative or non-finite input. */
export function forecastMigration(input: ForecastInput): Forecast {
  checkInput(input);
  const series = runPasses(input);
  if (series.remaining > threshold(input) || input.bandwidth === 0) return endless(input, series);
  const dataBytes = series.sent + series.remaining;
  const handOver = input.handOverMs ?? usualHandOverMs;
  return {
    converges: true,
    passes: series.passes + 1,
    totalMs: (1000 * dataBytes) / input.bandwidth + handOver,
    downtimeMs: (1000 * series.remaining) / input.bandwidth + handOver,
    dataBytes,
    limitingFactor: dataBytes < 2 * input.memoryBytes ? 'memory-size' : 'dirty-rate',
    neededDowntimeMs: undefined,
    neededBandwidth: undefined,
    advice: [],
  };
}

/**
 * Distinct bytes dirtied in a time. With a working set W they approach it, W(1 - e^(-D·t/W));
 * without one they grow with time. Never more than all memory.
 */
export function dirtiedIn(
  seconds: number,
  input: Pick<ForecastInput, 'dirtyRate' | 'workingSet' | 'memoryBytes'>,
): number {
  const written = input.dirtyRate * seconds;
  if (input.workingSet === undefined) return Math.min(written, input.memoryBytes);
  const set = Math.min(input.workingSet, input.memoryBytes);
  return set === 0 ? 0 : -set * Math.expm1(-written / set);
}

interface Series {
  /** Passes while the guest runs. */
  readonly passes: number;
  /** Bytes sent in them. */
  readonly sent: number;
  /** Bytes still to be sent after them. */
  readonly remaining: number;
}

/** Bytes that can be sent within the downtime limit. */
function threshold({ bandwidth, maxDowntimeMs }: ForecastInput): number {
  return (bandwidth * maxDowntimeMs) / 1000;
}

/** Passes until the rest fits into the downtime, or until it no longer shrinks. */
function runPasses(input: ForecastInput): Series {
  const limit = threshold(input);
  let [passes, sent, remaining] = [0, 0, input.memoryBytes];
  while (remaining > limit && passes < mostPasses && input.bandwidth > 0) {
    const next = dirtiedIn(remaining / input.bandwidth, input);
    sent += remaining;
    passes++;
    // The series never grows again: dirtying is concave in time and begins with all of memory.
    if (next >= remaining * (1 - 1e-9)) return { passes, sent, remaining: next };
    remaining = next;
  }
  return { passes, sent, remaining };
}

function endless(input: ForecastInput, series: Series): Forecast {
  const { bandwidth, maxDowntimeMs, dirtyRate, workingSet } = input;
  const neededBandwidth = findBandwidth(input);
  const limitingFactor: LimitingFactor =
    bandwidth === 0
      ? 'bandwidth'
      : maxDowntimeMs === 0
        ? 'max-downtime'
        : workingSet !== undefined && dirtyRate > bandwidth
          ? 'working-set'
          : 'dirty-rate';
  const advice: readonly ForecastAdvice[] =
    bandwidth === 0
      ? ['raise-bandwidth']
      : [
          ...(neededBandwidth === undefined ? [] : (['raise-bandwidth'] as const)),
          'raise-downtime',
          'auto-converge',
          'post-copy',
        ];
  return {
    converges: false,
    passes: series.passes,
    totalMs: undefined,
    downtimeMs: undefined,
    dataBytes: undefined,
    limitingFactor,
    neededDowntimeMs:
      bandwidth === 0 ? undefined : Math.max(1, Math.ceil((1000 * series.remaining) / bandwidth)),
    neededBandwidth,
    advice,
  };
}

/** The least bandwidth, within a thousandth, with which the passes come to an end. */
function findBandwidth(input: ForecastInput): number | undefined {
  const converges = (bandwidth: number): boolean => {
    const tried = { ...input, bandwidth };
    return runPasses(tried).remaining <= threshold(tried);
  };
  let enough = Math.max(input.bandwidth, input.dirtyRate, 1);
  for (let doublings = 0; !converges(enough); doublings++) {
    if (doublings === 64) return undefined;
    enough *= 2;
  }
  let tooLittle = input.bandwidth;
  while (enough - tooLittle > enough / 1000) {
    const middle = (enough + tooLittle) / 2;
    if (converges(middle)) enough = middle;
    else tooLittle = middle;
  }
  return Math.ceil(enough);
}

function checkInput(input: ForecastInput): void {
  for (const [name, value] of Object.entries(input) as [string, number | undefined][]) {
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
      throw new RangeError(`${name} must be a number of 0 or more, not ${String(value)}`);
    }
  }
}

/** The mean rate of distinct bytes dirtied over a time, as `calc-dirty-rate` measures it. */
export interface RateSample {
  readonly seconds: number;
  /** Bytes per second. */
  readonly rate: number;
}

/**
 * First rate and working set from two measurements, e.g. over 1 s and 10 s (catalogue, section 5):
 * when the longer one found hardly more distinct bytes than the shorter, what it found is the
 * working set. Undefined when the longer time is less than five times the shorter: too close to tell.
 */
export function fitWorkingSet(
  short: RateSample,
  long: RateSample,
): Pick<ForecastInput, 'dirtyRate' | 'workingSet'> | undefined {
  if (!(short.seconds > 0 && long.seconds >= 5 * short.seconds)) return undefined;
  const few = short.rate * short.seconds;
  const many = Math.max(few, long.rate * long.seconds);
  if (many >= 0.8 * short.rate * long.seconds) return { dirtyRate: short.rate };
  // few = W(1 - e^(-D·t/W)) solved for D; a sample that is all of the set tells only “at least”.
  const share = Math.min(0.99, few / many);
  return { dirtyRate: (-many * Math.log1p(-share)) / short.seconds, workingSet: many };
}
