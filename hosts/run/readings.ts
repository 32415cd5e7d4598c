import { setTimeout as delay } from 'node:timers/promises';
import type { Plan } from '../../core/planner/plan.ts';
import { readRunCommand } from '../../core/virsh/detached.ts';
import { parseRunReading } from '../../core/virsh/run-reading.ts';
import type { RunReading } from '../../core/virsh/run-reading.ts';
import { watchRunCommand } from '../../core/virsh/watch-script.ts';
import type { Links } from './links.ts';

/** The readings of a run on its source host, one after the other. */
export interface Readings {
  /**
   * The next reading: `interval` milliseconds after the one before, or `wait` after one that failed or
   * that was the host's last word. Throws what the connection throws.
   */
  next(interval: number, wait: number): Promise<RunReading>;
  /** Ends what still runs. */
  close(): void;
}

export interface ReadingsInput {
  readonly runId: string;
  readonly plan: Plan;
  readonly links: Links;
  readonly signal: AbortSignal;
}

/** Milliseconds for one reading that is asked for; with `grace` a minute until a host is out of sight. */
const readTimeout = 50_000;
/** Milliseconds by which a host that tells by itself may be late; then it is asked. */
const grace = 10_000;
/** Milliseconds that one command tells for; a host that has lost us is rid of it after that. */
const span = 60_000;

/**
 * The host tells its readings by itself, in one command after another (`watchRunCommand`): that costs
 * it a tenth of being asked for each. When it does not tell, for whatever reason, it is asked.
 */
export function readingsOf(input: ReadingsInput): Readings {
  const { signal } = input;
  let telling: Telling | undefined;
  let begun = false;
  /** The next that is told; undefined when nothing comes any more. */
  const told = async (
    current: Telling,
    interval: number,
  ): Promise<RunReading | 'complete' | undefined> => {
    await arrival(current, interval + grace);
    // Of several that came while nobody looked the last one counts.
    const reading = current.queue.splice(0).at(-1);
    if (reading !== undefined) return reading;
    telling = undefined;
    if (!current.over) current.stop.abort();
    else if (current.error !== undefined) throw current.error;
    return current.complete ? 'complete' : undefined;
  };
  return {
    async next(interval, wait) {
      const silent = telling !== undefined && !telling.over;
      const reading = telling === undefined ? undefined : await told(telling, interval);
      if (reading !== undefined && reading !== 'complete') return reading;
      if (silent && reading === undefined) return ask(input);
      if (begun && reading !== 'complete') await delay(wait, undefined, { signal });
      begun = true;
      telling = tell(input, interval);
      const opening = await told(telling, interval);
      return opening === undefined || opening === 'complete' ? ask(input) : opening;
    },
    close() {
      telling?.stop.abort();
    },
  };
}
