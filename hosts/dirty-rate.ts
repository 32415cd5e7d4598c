import { setTimeout as delay } from 'node:timers/promises';
import { readDomain } from '../core/domain/read.ts';
import { say } from '../core/messages.ts';
import type { Message } from '../core/messages.ts';
import { formatDuration, formatRate, formatSize } from '../core/units/quantity.ts';
import {
  calcDirtyRateCommand,
  isAlreadyMeasuring,
  monitorCommand,
  queryDirtyRateCommand,
  readDirtyRate,
  samplePagesFor,
  whyModeIsRefused,
} from '../core/virsh/dirty-rate.ts';
import type {
  DirtyRateMeasurement,
  DirtyRateMode,
  DirtyRateState,
} from '../core/virsh/dirty-rate.ts';
import { domainStateCommand, virsh } from '../core/virsh/domain-commands.ts';
import { parseDomainState } from '../core/virsh/domain-state.ts';
import { parseXml } from '../core/xml/parse.ts';
import { DomainAccess } from './domain-access.ts';
import { HostError } from './host-error.ts';
import type { HostSession } from './session.ts';

export interface DirtyRateOptions {
  /** Default page-sampling, the only one that is safe without KVM. */
  readonly mode?: DirtyRateMode | undefined;
  /** Milliseconds of one sample: whole seconds, 1000 to 60000. */
  readonly calcTimeMs: number;
  /** How often to measure, 1 to 100. */
  readonly samples: number;
  /** Pages looked at per GiB (128 to 16384); by the guest's size when absent. */
  readonly samplePages?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onSample?: ((sample: DirtyRateSample) => void) | undefined;
  readonly now?: (() => number) | undefined;
}

export interface DirtyRateSample {
  readonly bytesPerSecond: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface DirtyRateResult {
  readonly host: string;
  readonly domain: { readonly name: string; readonly uuid: string };
  readonly mode: DirtyRateMode;
  readonly calcTimeMs: number;
  readonly samples: readonly DirtyRateSample[];
  readonly medianBytesPerSecond: number;
  readonly minBytesPerSecond: number;
  readonly maxBytesPerSecond: number;
  /** (max − min) / median; 0 when the median is 0. */
  readonly spread: number;
  /** What to keep in mind about these numbers. */
  readonly notes: readonly Message[];
}

const pollInterval = 250;
/** Milliseconds that a measurement may take beyond its own time. */
const measuringGrace = 30_000;
/** Somebody else's measurement takes 60 s at most. */
const foreignWait = 65_000;
/** Times that a sample is taken again because somebody else's measurement came between. */
const maxTries = 5;

/**
 * Measures how fast a running domain changes its memory, through QEMU's `calc-dirty-rate`. The domain
 * is named by name or UUID. Throws HostError; `operation` when the domain does not run, QEMU refuses,
 * or the mode would be dangerous.
 */
export async function measureDirtyRate(
  session: HostSession,
  domain: string,
  options: DirtyRateOptions,
): Promise<DirtyRateResult> {
  const mode = options.mode ?? 'page-sampling';
  const domains = new DomainAccess(session, options.signal);
  const run = new Measuring(domains, domain, options);
  checkRanges(session.host, options);
  const { uuid, name } = await domains.find(domain);
  const { xml, memory } = await run.prepare(uuid);
  const refusal =
    mode === 'page-sampling'
      ? undefined
      : whyModeIsRefused(mode, xml, await domains.ask(monitorCommand(uuid, 'query-kvm')));
  if (refusal !== undefined) throw new HostError('operation', session.host, refusal);
  const measurement: DirtyRateMeasurement = {
    mode,
    calcTimeSeconds: options.calcTimeMs / 1000,
    samplePages: options.samplePages ?? samplePagesFor(memory),
  };
  const samples: DirtyRateSample[] = [];
  while (samples.length < options.samples) {
    const sample = await run.sample(uuid, measurement);
    samples.push(sample);
    options.onSample?.(sample);
  }
  return summarise(samples, { session, name, uuid, mode, calcTimeMs: options.calcTimeMs, memory });
}

class Measuring {
  readonly #domains: DomainAccess;
  readonly #named: string;
  readonly #options: DirtyRateOptions;

  constructor(domains: DomainAccess, named: string, options: DirtyRateOptions) {
    this.#domains = domains;
    this.#named = named;
    this.#options = options;
  }

  async prepare(uuid: string): Promise<{ readonly xml: string; readonly memory: number }> {
    const state = parseDomainState(await this.#domains.exec(domainStateCommand(uuid)));
    if (state.kind !== 'present' || state.state !== 'running') {
      const is =
        state.kind === 'present' ? state.state : state.kind === 'unknown' ? state.text : 'gone';
      throw this.#domains.error(
        say(
          'The dirty rate of {0} cannot be measured: it is not running but {1}.',
          this.#named,
          is,
        ),
      );
    }
    const xml = await this.#domains.run(virsh('dumpxml', '--domain', uuid));
    const memory = readDomain('live', parseXml(xml)).domain?.memory?.value;
    if (memory === undefined)
      throw this.#domains.error(say('The live XML of {0} does not tell its memory.', this.#named));
    return { xml, memory };
  }

  /** QEMU keeps one result for all who ask: one that is not ours is measured again. */
  async sample(uuid: string, measurement: DirtyRateMeasurement): Promise<DirtyRateSample> {
    const { mode, calcTimeSeconds } = measurement;
    for (let tries = 0; tries < maxTries; tries++) {
      await this.#start(uuid, measurement);
      const state = await this.#result(uuid, calcTimeSeconds);
      const ours =
        state.mode === mode && (state.calcTimeSeconds ?? calcTimeSeconds) === calcTimeSeconds;
      if (ours)
        return { bytesPerSecond: state.bytesPerSecond, at: (this.#options.now ?? Date.now)() };
    }
    throw this.#alwaysMeasured();
  }

  async #result(
    uuid: string,
    calcTimeSeconds: number,
  ): Promise<Extract<DirtyRateState, { kind: 'measured' }>> {
    await this.#wait(calcTimeSeconds * 1000);
    const until = performance.now() + measuringGrace;
    for (;;) {
      const state = readDirtyRate(await this.#domains.ask(queryDirtyRateCommand(uuid)));
      if (state.kind === 'measured') return state;
      if (state.kind !== 'measuring')
        throw this.#domains.error(
          say('QEMU lost the measurement of {0}: {1}', this.#named, state.kind),
        );
      if (performance.now() > until)
        throw this.#domains.error(
          say(
            'The measurement of {0} did not end within {1}.',
            this.#named,
            formatDuration(calcTimeSeconds * 1000 + measuringGrace),
          ),
        );
      await this.#wait(pollInterval);
    }
  }

  /** Starts a measurement; waits while one runs that somebody else began. */
  async #start(uuid: string, measurement: DirtyRateMeasurement): Promise<void> {
    const until = performance.now() + foreignWait;
    for (;;) {
      const answer = await this.#domains.ask(calcDirtyRateCommand(uuid, measurement));
      if (answer.kind === 'return') return;
      if (!isAlreadyMeasuring(answer)) {
        const said = answer.kind === 'error' ? answer.description : answer.text.trim();
        throw this.#domains.error(say('QEMU does not measure {0}: {1}', this.#named, said));
      }
      if (performance.now() > until) throw this.#alwaysMeasured();
      await this.#wait(pollInterval);
    }
  }

  async #wait(milliseconds: number): Promise<void> {
    const { signal } = this.#options;
    try {
      await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch {
      throw new HostError(
        'cancelled',
        this.#domains.host,
        say('The measurement of {0} was given up.', this.#named),
      );
    }
  }

  #alwaysMeasured(): HostError {
    return this.#domains.error(
      say('The dirty rate of {0} is being measured by somebody else all the time.', this.#named),
    );
  }
}

function checkRanges(host: string, { calcTimeMs, samples, samplePages }: DirtyRateOptions): void {
  const refuse = (message: Message): never => {
    throw new HostError('operation', host, message);
  };
  if (calcTimeMs % 1000 !== 0 || calcTimeMs < 1000 || calcTimeMs > 60_000)
    refuse(say('One sample takes 1 to 60 whole seconds, not {0}.', formatDuration(calcTimeMs)));
  if (!Number.isInteger(samples) || samples < 1 || samples > 100)
    refuse(say('1 to 100 samples can be taken, not {0}.', samples));
  if (samplePages !== undefined && !(samplePages >= 128 && samplePages <= 16_384))
    refuse(say('128 to 16384 pages per GiB can be sampled, not {0}.', samplePages));
}

function summarise(
  samples: readonly DirtyRateSample[],
  of: {
    readonly session: HostSession;
    readonly name: string;
    readonly uuid: string;
    readonly mode: DirtyRateMode;
    readonly calcTimeMs: number;
    readonly memory: number;
  },
): DirtyRateResult {
  const rates = samples.map((sample) => sample.bytesPerSecond).sort((a, b) => a - b);
  const [min, max, median] = [rates[0] ?? 0, rates.at(-1) ?? 0, medianOf(rates)];
  const spread = median === 0 ? 0 : (max - min) / median;
  return {
    host: of.session.host,
    domain: { name: of.name, uuid: of.uuid },
    mode: of.mode,
    calcTimeMs: of.calcTimeMs,
    samples,
    medianBytesPerSecond: median,
    minBytesPerSecond: min,
    maxBytesPerSecond: max,
    spread,
    notes: notesOn({ ...of, median, min, max, spread, count: rates.length }),
  };
}

function notesOn(result: {
  readonly mode: DirtyRateMode;
  readonly calcTimeMs: number;
  readonly memory: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly spread: number;
  readonly count: number;
}): readonly Message[] {
  const { mode, calcTimeMs, memory, median, min, max, spread, count } = result;
  const notes: Message[] = [];
  const seen = (median * calcTimeMs) / 1000;
  if (mode === 'page-sampling') {
    notes.push(
      say(
        'Page sampling counts a page once however often it is written, so with samples of {0} it shows at most the working set per {0} (here {1} of {2} memory changed). If a measurement with a longer time shows a smaller rate, the guest writes the same pages again and its true rate is higher.',
        formatDuration(calcTimeMs),
        formatSize(seen),
        formatSize(memory),
      ),
    );
  }
  if (mode === 'page-sampling' && seen >= memory * 0.9)
    notes.push(
      say(
        'Nearly all memory changed within one sample: the true rate is higher. Measure with a shorter time.',
      ),
    );
  if (count > 1 && spread > 0.5)
    notes.push(
      say(
        'The samples differ widely ({0} to {1}): the guest’s load changes. Take more samples, at the time of the migration.',
        formatRate(min),
        formatRate(max),
      ),
    );
  if (count < 3) notes.push(say('Fewer than three samples say little; take five or more.'));
  return notes;
}

function medianOf(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
