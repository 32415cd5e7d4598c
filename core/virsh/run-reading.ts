import type { DomainState } from './domain-state.ts';
import { parseDomainState } from './domain-state.ts';
import type { JobProgress } from './job-info.ts';
import { parseJobInfo } from './job-info.ts';

/** What the source host knows of a run at one moment. */
export interface RunReading {
  /**
   * `finished`: virsh ended and its exit code is known. `orphaned`: virsh goes on, its supervisor
   * was killed. `vanished`: both are gone without a word (killed, or the host was restarted); the
   * migration itself may go on in the daemon. `absent`: this host never started such a run.
   */
  readonly state: 'starting' | 'running' | 'finished' | 'orphaned' | 'vanished' | 'absent';
  readonly exitCode: number | undefined;
  /** Epoch milliseconds by the source host's clock. */
  readonly now: number;
  readonly startedAt: number | undefined;
  /** Milliseconds since virsh was started, by a clock that nobody sets; undefined after a reboot. */
  readonly elapsedMs: number | undefined;
  /** The watchdog aborted the migration because its time was over. */
  readonly timedOut: boolean;
  /** The run that holds the domain's lock at this moment. */
  readonly lockHolder: string | undefined;
  /** The last 8 KiB of what virsh printed. */
  readonly out: string;
  readonly err: string;
  /** Undefined when libvirt did not answer with statistics, e.g. because the domain is gone. */
  readonly job: JobProgress | undefined;
  readonly domain: DomainState;
}

/** Reads the answer of `readRunCommand`; undefined when it is cut off or something else. */
export function parseRunReading(text: string): RunReading | undefined {
  const frames = readFrames(text);
  const state = runStates.find((known) => known === frames.get('state')?.value);
  const now = seconds(frames.get('now')?.value);
  const domain = frames.get('domain');
  if (state === undefined || now === undefined || domain === undefined || !frames.has('end')) {
    return undefined;
  }
  const uptime = seconds(frames.get('uptime')?.value);
  const exit = frames.get('exit')?.body.trim();
  const job = frames.get('job');
  const body = (name: string): string => frames.get(name)?.body ?? '';
  const holder = frames.get('lock')?.value ?? '';
  return {
    state,
    exitCode: exit !== undefined && /^\d+$/.test(exit) ? Number(exit) : undefined,
    now,
    startedAt: seconds(frames.get('started')?.body.trim()),
    elapsedMs: elapsed(seconds(frames.get('started-uptime')?.body.trim()), uptime),
    timedOut: frames.has('timed-out'),
    lockHolder: holder === '' ? undefined : holder,
    out: body('out'),
    err: body('err'),
    job: job?.value === '0' ? parseJobInfo(job.body) : undefined,
    domain: parseDomainState({
      code: domain.value === '0' ? 0 : 1,
      stdout: domain.value === '0' ? domain.body : '',
      stderr: domain.value === '0' ? '' : domain.body,
    }),
  };
}

const runStates = ['starting', 'running', 'finished', 'orphaned', 'vanished', 'absent'] as const;

interface Frame {
  readonly value: string;
  body: string;
}

/** Frames begin with `@name value`; every line of their content begins with `|`. */
function readFrames(text: string): ReadonlyMap<string, Frame> {
  const frames = new Map<string, Frame>();
  let current: Frame | undefined;
  for (const line of text.split('\n')) {
    const head = /^@([a-z-]+)(?: (.*))?$/.exec(line);
    const name = head?.[1];
    if (name !== undefined) {
      current = { value: head?.[2] ?? '', body: '' };
      frames.set(name, current);
    } else if (line.startsWith('|') && current !== undefined) {
      current.body += `${line.slice(1)}\n`;
    }
  }
  return frames;
}

function elapsed(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined || to < from ? undefined : to - from;
}

function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) * 1000 : undefined;
}
