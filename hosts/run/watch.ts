import { setTimeout as delay } from 'node:timers/promises';
import type { Plan } from '../../core/planner/plan.ts';
import { forbidRunCommand, readRunCommand } from '../../core/virsh/detached.ts';
import { postCopyOf } from '../../core/virsh/domain-state.ts';
import { progressPercent } from '../../core/virsh/job-info.ts';
import type { JobProgress } from '../../core/virsh/job-info.ts';
import { parseRunReading } from '../../core/virsh/run-reading.ts';
import type { RunReading } from '../../core/virsh/run-reading.ts';
import { reasonOf } from '../host-error.ts';
import type { RunEvent } from './entry.ts';
import type { Links } from './links.ts';

export interface WatchInput {
  readonly runId: string;
  readonly plan: Plan;
  readonly links: Links;
  readonly emit: (event: RunEvent) => void;
  /** Stops the watching; the migration goes on. */
  readonly signal: AbortSignal;
  /** The launch was confirmed: a host that knows nothing of the run has forgotten it. */
  readonly launched: boolean;
  /** Percent that was reached before. */
  readonly percent: number;
  /** Milliseconds for tests; 1000 by default. */
  readonly interval?: number | undefined;
}

export type WatchEnd =
  /** virsh ended, or is gone and no job is left. */
  | {
      readonly kind: 'ended';
      readonly reading: RunReading;
      readonly last: JobProgress | undefined;
    }
  /** It is certain that the launch never took place, and that it no longer can. */
  | { readonly kind: 'never-started' }
  | { readonly kind: 'stopped' };

const readTimeout = 60_000;
/** Milliseconds added to the file's timeout before this program does what the watchdog should. */
const watchdogGrace = 30_000;

/**
 * Watches a run until its end. A host that is out of sight is no failure: the migration goes on
 * without being watched, and this looks for it again, at growing intervals up to half a minute,
 * until the signal stops it.
 */
export async function watchRun(input: WatchInput): Promise<WatchEnd> {
  const state: WatchState = {
    percent: input.percent,
    phase: undefined,
    last: undefined,
    lostSince: undefined,
    failures: 0,
    quietEnds: 0,
    aborted: false,
  };
  const begun = performance.now();
  while (!input.signal.aborted) {
    const reading = await look(input, state);
    const end = reading === undefined ? undefined : await judge(input, state, reading);
    if (end !== undefined) return end;
    await pause(nextDelay(state, performance.now() - begun, input.interval ?? 1000), input.signal);
  }
  return { kind: 'stopped' };
}

interface WatchState {
  percent: number;
  phase: JobProgress['phase'] | undefined;
  last: JobProgress | undefined;
  lostSince: number | undefined;
  failures: number;
  /** Readings in a row that show no process and no job: one alone can be a daemon's restart. */
  quietEnds: number;
  aborted: boolean;
}

/** One reading; undefined while the source host is out of sight. */
async function look(input: WatchInput, state: WatchState): Promise<RunReading | undefined> {
  const { plan, runId, links, emit, signal } = input;
  const { host } = plan.source;
  try {
    const { stdout, stderr } = await links.exec(host, readRunCommand(runId, plan.domainUuid), {
      timeout: readTimeout,
      signal,
    });
    const reading = parseRunReading(stdout);
    if (reading === undefined)
      throw new Error(`unexpected answer: ${(stdout + stderr).slice(0, 200)}`);
    if (state.lostSince !== undefined) {
      const gapMs = Math.round(performance.now() - state.lostSince);
      emit({ type: 'found-again', host, gapMs });
    }
    state.lostSince = undefined;
    state.failures = 0;
    return reading;
  } catch (error) {
    if (signal.aborted) return undefined;
    if (state.lostSince === undefined) {
      state.lostSince = performance.now();
      emit({ type: 'lost-sight', host, why: reasonOf(error) });
    }
    state.failures++;
    return undefined;
  }
}

async function judge(
  input: WatchInput,
  state: WatchState,
  reading: RunReading,
): Promise<WatchEnd | undefined> {
  report(input, state, reading);
  if (reading.state === 'finished' && !goesOnWithoutVirsh(reading)) {
    return { kind: 'ended', reading, last: state.last };
  }
  if (reading.state === 'absent' && !input.launched) return neverStarted(input);
  await abortOverdue(input, state, reading);
  // With --p2p the daemon carries the migration on although virsh is gone.
  const gone = reading.state === 'vanished' || reading.state === 'absent';
  const over = reading.job?.state !== 'active' || isBroken(reading);
  const quiet = gone && over && reading.domain.kind !== 'unknown';
  state.quietEnds = quiet ? state.quietEnds + 1 : 0;
  return state.quietEnds >= 3 ? { kind: 'ended', reading, last: state.last } : undefined;
}

/** libvirt keeps the job of a post-copy that stopped half-way; nothing moves in it any more. */
function isBroken({ domain }: RunReading): boolean {
  return postCopyOf(domain) === 'failed';
}

/** A virsh that was killed (128 + signal) does not end what the daemon carries with --p2p. */
function goesOnWithoutVirsh(reading: RunReading): boolean {
  const { exitCode, job } = reading;
  if (isBroken(reading)) return false;
  const killed = exitCode === undefined || exitCode > 128;
  return killed && job?.state === 'active' && job.operation === 'migration-out';
}

function report({ emit, plan }: WatchInput, state: WatchState, reading: RunReading): void {
  if (reading.job?.state !== 'active') return;
  // The statistics show post-copy only once a page was asked for; the domain's state at once.
  const switched = postCopyOf(reading.domain) !== undefined;
  const job = switched ? { ...reading.job, phase: 'post-copy' as const } : reading.job;
  state.last = job;
  if (job.phase !== state.phase) {
    state.phase = job.phase;
    emit({ type: 'phase', phase: job.phase });
  }
  state.percent = progressPercent(job, state.percent, plan.memoryBytes);
  emit({ type: 'progress', progress: job, percent: state.percent });
}

/**
 * The host knows nothing of the run: the launch was lost on the way. Its place is taken first, so
 * that it cannot start after all while its images are being removed.
 */
async function neverStarted({
  plan,
  runId,
  links,
  signal,
}: WatchInput): Promise<WatchEnd | undefined> {
  try {
    const { code, stdout } = await links.exec(plan.source.host, forbidRunCommand(runId), {
      timeout: readTimeout,
      signal,
    });
    return code === 0 && stdout.trim() === 'forbidden' ? { kind: 'never-started' } : undefined;
  } catch {
    return undefined;
  }
}

/** The watchdog beside virsh aborts; when both were killed, this program does it. */
async function abortOverdue(
  { plan, links, signal }: WatchInput,
  state: WatchState,
  reading: RunReading,
): Promise<void> {
  const { startedAt, now, job } = reading;
  if (plan.abortAfter === undefined || startedAt === undefined || state.aborted) return;
  if (reading.state !== 'vanished' && reading.state !== 'finished') return;
  if (job?.state !== 'active') return;
  if (job.operation !== 'migration-out' || now - startedAt < plan.abortAfter + watchdogGrace)
    return;
  state.aborted = true;
  await links
    .exec(plan.source.host, plan.watch.cancel, { timeout: readTimeout, signal })
    .catch(() => undefined);
}

/** Every second at first; a long migration is looked at less often, a lost host ever less often. */
function nextDelay(state: WatchState, elapsed: number, interval: number): number {
  if (state.failures > 0) return interval * Math.min(30, 2 ** (state.failures - 1));
  if (state.quietEnds > 0 || elapsed < 120_000) return interval;
  return interval * (elapsed < 600_000 ? 2 : 5);
}

/** Waits; returns early, without an error, when the signal fires. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
