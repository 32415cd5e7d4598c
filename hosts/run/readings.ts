import { setTimeout as delay } from 'node:timers/promises';
import type { Plan } from '../../core/planner/plan.ts';
import { readRunCommand } from '../../core/virsh/detached.ts';
import { parseRunReading } from '../../core/virsh/run-reading.ts';
import type { RunReading } from '../../core/virsh/run-reading.ts';
import { watchRunCommand } from '../../core/virsh/watch-script.ts';
import { reasonOf } from '../host-error.ts';
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
 * Runs of one source host that are told at a time. Telling keeps one of the few channels that a
 * connection has (sshd's MaxSessions); the others are for commands that must not wait, such as cancel.
 */
const maxTold = 4;
/** By host: how many are told now. */
const toldNow = new Map<string, number>();

/**
 * The host tells its readings by itself, in one command after another (`watchRunCommand`): that costs
 * it a tenth of being asked for each. When it does not tell, for whatever reason, it is asked.
 */
export function readingsOf(input: ReadingsInput): Readings {
  const { signal } = input;
  let telling: Telling | undefined;
  let begun = false;
  const told = async (current: Telling, interval: number): Promise<RunReading | Silence> => {
    await arrival(current, interval + grace);
    // Of several that came while nobody looked the last one counts.
    const reading = current.queue.splice(0).at(-1);
    if (reading !== undefined) return reading;
    telling = undefined;
    if (!current.over) {
      current.stop.abort();
      return 'stuck';
    }
    if (current.failure !== undefined) throw current.failure;
    return current.complete ? 'complete' : 'ended';
  };
  return {
    async next(interval, wait) {
      const nothing: Silence = begun ? 'ended' : 'complete';
      const reading = telling === undefined ? nothing : await told(telling, interval);
      if (typeof reading === 'object') return reading;
      if (reading === 'stuck') return ask(input);
      if (reading === 'ended') await delay(wait, undefined, { signal });
      begun = true;
      if ((toldNow.get(input.plan.source.host) ?? 0) >= maxTold) return ask(input);
      telling = tell(input, interval);
      const opening = await told(telling, interval);
      return typeof opening === 'object' ? opening : ask(input);
    },
    close() {
      telling?.stop.abort();
    },
  };
}

/**
 * Why nothing more is told: all was told that was asked for, and the run goes on; there is something
 * else to see, which was told last; or nothing comes although it should.
 */
type Silence = 'complete' | 'ended' | 'stuck';

async function ask({ runId, plan, links, signal }: ReadingsInput): Promise<RunReading> {
  const command = readRunCommand(runId, plan.domainUuid);
  const options = { timeout: readTimeout, signal };
  const { stdout, stderr } = await links.exec(plan.source.host, command, options);
  const reading = parseRunReading(stdout);
  if (reading === undefined)
    throw new Error(`unexpected answer: ${(stdout + stderr).slice(0, 200)}`);
  return reading;
}

/** A command on the host that tells reading after reading. */
interface Telling {
  readonly queue: RunReading[];
  readonly stop: AbortController;
  over: boolean;
  failure: Error | undefined;
  complete: boolean;
  /** Called when there is something new. */
  changed: () => void;
}

function tell({ runId, plan, links, signal }: ReadingsInput, interval: number): Telling {
  const looks = Math.max(1, Math.round(span / interval));
  const telling: Telling = {
    queue: [],
    stop: new AbortController(),
    over: false,
    failure: undefined,
    complete: false,
    changed: () => undefined,
  };
  const decoder = new TextDecoder();
  let text = '';
  let count = 0;
  const take = (chunk: Uint8Array): void => {
    text += decoder.decode(chunk, { stream: true });
    for (;;) {
      const end = text.indexOf(lastLine);
      if (end < 0) return;
      const reading = parseRunReading(text.slice(0, end + lastLine.length));
      text = text.slice(end + lastLine.length);
      if (reading === undefined) continue;
      count++;
      telling.queue.push(reading);
      telling.changed();
    }
  };
  const { host } = plan.source;
  toldNow.set(host, (toldNow.get(host) ?? 0) + 1);
  const command = watchRunCommand(runId, plan.domainUuid, { looks, seconds: interval / 1000 });
  void links
    .exec(host, command, {
      timeout: 2 * span,
      signal: AbortSignal.any([signal, telling.stop.signal]),
      onStdout: take,
    })
    .then(
      () => {
        telling.complete = count === looks;
      },
      (error: unknown) => {
        telling.failure = error instanceof Error ? error : new Error(reasonOf(error));
      },
    )
    .then(() => {
      toldNow.set(host, (toldNow.get(host) ?? 1) - 1);
      telling.over = true;
      telling.changed();
    });
  return telling;
}

/** Lines of content begin with `|`, so none can be taken for this one. */
const lastLine = '\n@end\n';

/** Waits for a reading or the end, as long as is given. */
async function arrival(telling: Telling, patience: number): Promise<void> {
  if (telling.queue.length > 0 || telling.over) return;
  const timer = new AbortController();
  const late = delay(patience, undefined, { signal: timer.signal }).catch(() => undefined);
  const news = new Promise<void>((resolve) => {
    telling.changed = resolve;
  });
  await Promise.race([news, late]);
  timer.abort();
}
