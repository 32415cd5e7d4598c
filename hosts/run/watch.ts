import { setTimeout as delay } from 'node:timers/promises';
import type { Plan } from '../../core/planner/plan.ts';
import { forbidRunCommand } from '../../core/virsh/detached.ts';
import { postCopyOf } from '../../core/virsh/domain-state.ts';
import { progressPercent } from '../../core/virsh/job-info.ts';
import type { JobProgress } from '../../core/virsh/job-info.ts';
import type { RunReading } from '../../core/virsh/run-reading.ts';
import { say } from '../../core/messages.ts';
import { HostError, reasonOf } from '../host-error.ts';
import { imageRemoved, lostImages } from './copied-images.ts';
import type { LostImage } from './copied-images.ts';
import type { Cause, RunEvent } from './entry.ts';
import type { Links } from './links.ts';
import { readingsOf } from './readings.ts';
import type { Readings } from './readings.ts';

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
  /** By its step: the identity of a created image. */
  readonly identities: ReadonlyMap<string, string>;
  /** Milliseconds for tests; 1000 by default. */
  readonly interval?: number | undefined;
}

export type WatchEnd =
  /** virsh ended, or is gone and no job is left. */
  | {
      readonly kind: 'ended';
      readonly reading: RunReading;
      readonly last: JobProgress | undefined;
      /** What was seen on the way and explains the end. */
      readonly because: Cause | undefined;
    }
  /** It is certain that the launch never took place, and that it no longer can. */
  | { readonly kind: 'never-started' }
  | { readonly kind: 'stopped' };

const readTimeout = 60_000;
/** Milliseconds added to the file's timeout before this program does what the watchdog should. */
const watchdogGrace = 30_000;
/** Milliseconds without a byte after which a job counts as stalled. */
const stallAfter = 15_000;
/** Milliseconds after which the memory of an interrupted post-copy counts as at a standstill. */
const standstill = 4000;
/** Looks, a second apart, after which nobody waits any more for a recovery that does not begin. */
const hungLooks = 60;
/** Milliseconds between two looks at the images that are copied into. */
const imageInterval = 5000;

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
    lostWhy: undefined,
    failures: 0,
    quietEnds: 0,
    aborted: false,
    moved: undefined,
    stalled: false,
    imageLook: undefined,
    lostImage: undefined,
  };
  const begun = performance.now();
  const readings = readingsOf(input);
  try {
    while (!input.signal.aborted) {
      const interval = pace(state, performance.now() - begun, input.interval ?? 1000);
      const reading = await look(input, state, () =>
        readings.next(interval, nextDelay(state, interval)),
      );
      const end = reading === undefined ? undefined : await judge(input, state, reading);
      if (end !== undefined) return end;
    }
    return { kind: 'stopped' };
  } finally {
    readings.close();
  }
}

interface WatchState {
  percent: number;
  phase: JobProgress['phase'] | undefined;
  last: JobProgress | undefined;
  lostSince: number | undefined;
  lostWhy: string | undefined;
  failures: number;
  /** Readings in a row that show no process and no job: one alone can be a daemon's restart. */
  quietEnds: number;
  aborted: boolean;
  /** What had been sent when something was sent last, and when that was seen. */
  moved: { readonly bytes: number; readonly at: number } | undefined;
  stalled: boolean;
  /** When the images were looked at last; it goes on beside the watching. */
  imageLook: number | undefined;
  lostImage: LostImage | undefined;
}

/** One reading; undefined while the source host is out of sight. */
async function look(
  { plan, emit, signal }: WatchInput,
  state: WatchState,
  next: () => ReturnType<Readings['next']>,
): Promise<RunReading | undefined> {
  const { host } = plan.source;
  try {
    const reading = await next();
    if (state.lostSince !== undefined) {
      const gapMs = Math.round(performance.now() - state.lostSince);
      emit({ type: 'found-again', host, gapMs });
    }
    state.lostSince = undefined;
    state.failures = 0;
    return reading;
  } catch (error) {
    if (signal.aborted) return undefined;
    const why = reasonOf(error);
    const told = state.lostSince !== undefined && (why === state.lostWhy || mayPass(error));
    state.lostSince ??= performance.now();
    if (!told) {
      state.lostWhy = why;
      emit({ type: 'lost-sight', host, why });
    }
    state.failures++;
    return undefined;
  }
}

/** A link that is down comes back by itself; a key that is not believed waits for somebody. */
function mayPass(error: unknown): boolean {
  return !(
    error instanceof HostError &&
    /^host-key|^known-hosts|^authentication$|^configuration$/.test(error.kind)
  );
}

async function judge(
  input: WatchInput,
  state: WatchState,
  reading: RunReading,
): Promise<WatchEnd | undefined> {
  report(input, state, reading);
  const broken = isBroken(reading) && !stillMoves(state, standstill);
  if (reading.state === 'finished' && !goesOnWithoutVirsh(reading, broken)) {
    return ended(input, state, reading);
  }
  // virsh waits for a QEMU that answers nobody as long as that lives.
  const hung = broken && !stillMoves(state, hungLooks * (input.interval ?? 1000));
  if (hung && reading.state === 'running') return ended(input, state, reading);
  if (reading.state === 'absent' && !input.launched) return neverStarted(input);
  await abortOverdue(input, state, reading);
  await guardImages(input, state, reading);
  // With --p2p the daemon carries the migration on although virsh is gone.
  const gone = reading.state === 'vanished' || reading.state === 'absent';
  const over = reading.job?.state !== 'active' || broken;
  const quiet = gone && over && reading.domain.kind !== 'unknown';
  state.quietEnds = quiet ? state.quietEnds + 1 : 0;
  return state.quietEnds >= 3 ? ended(input, state, reading) : undefined;
}

function ended({ plan }: WatchInput, state: WatchState, reading: RunReading): WatchEnd {
  const { last, lostImage, stalled, moved } = state;
  let because: Cause | undefined;
  if (lostImage !== undefined) because = imageRemoved(lostImage, plan.destination.host);
  else if (stalled && reading.timedOut) {
    because = {
      code: 'net-link-stable',
      message: say(
        'In the last {0} s before its time was over nothing was sent from {1} to {2}.',
        Math.round((performance.now() - (moved?.at ?? 0)) / 1000),
        plan.source.host,
        plan.destination.host,
      ),
      remedy: say('Look at the network that the migration goes over, and at its firewalls.'),
      text: reading.err.trim(),
    };
  } else if (isBroken(reading) && reading.state === 'running') {
    because = {
      code: undefined,
      message: say(
        'The memory has not moved for {0} s and virsh still waits: QEMU or libvirt on {1} does not answer.',
        Math.round((performance.now() - (moved?.at ?? 0)) / 1000),
        plan.destination.host,
      ),
      remedy: say(
        'Look into libvirt’s log on {0}. Do not restart its daemon while QEMU does not answer it: a daemon that cannot reach a QEMU at its start ends the guest.',
        plan.destination.host,
      ),
      text: reading.err.trim(),
    };
  }
  return { kind: 'ended', reading, last, because };
}

/**
 * Ends a migration whose image on the destination is not in its place any more, as long as the guest
 * is still on the source. The look goes on beside the watching: a destination that is slow or out of
 * sight must not delay it.
 */
async function guardImages(
  input: WatchInput,
  state: WatchState,
  { job, domain }: RunReading,
): Promise<void> {
  const { plan, links, signal, identities } = input;
  if (job?.state !== 'active' || postCopyOf(domain) !== undefined) return;
  if (state.lostImage !== undefined) {
    const options = { timeout: readTimeout, signal };
    await links.exec(plan.source.host, plan.watch.cancel, options).catch(() => undefined);
    return;
  }
  const now = performance.now();
  if (job.phase === 'setup' || now - (state.imageLook ?? 0) < imageInterval) return;
  state.imageLook = Number.POSITIVE_INFINITY;
  void lostImages(input, identities, { timeout: readTimeout, signal }).then((lost) => {
    state.lostImage = lost[0];
    state.imageLook = performance.now();
  });
}

/** libvirt keeps the job of a post-copy that stopped half-way. */
function isBroken({ domain }: RunReading): boolean {
  return postCopyOf(domain) === 'failed';
}

/**
 * Right after a recovery libvirt 9.0 can take the interruption for its failure and end virsh, while
 * QEMU goes on: only the figures show it. One look is not enough to see whether they change.
 */
function stillMoves({ moved }: WatchState, within: number): boolean {
  return moved !== undefined && performance.now() - moved.at < within;
}

/** A virsh that was killed (128 + signal) does not end what the daemon carries with --p2p. */
function goesOnWithoutVirsh({ exitCode, job, domain }: RunReading, broken: boolean): boolean {
  if (broken || job?.state !== 'active' || job.operation !== 'migration-out') return false;
  const killed = exitCode === undefined || exitCode > 128;
  return killed || postCopyOf(domain) === 'failed';
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
  reportStall(emit, state, job);
  state.percent = progressPercent(job, state.percent, plan.memoryBytes);
  emit({ type: 'progress', progress: job, percent: state.percent });
}

/** libvirt waits for ever when the network swallows everything: only the figures show it. */
function reportStall(emit: WatchInput['emit'], state: WatchState, job: JobProgress): void {
  if (job.phase === 'setup') return;
  const bytes = (job.memory?.processed ?? 0) + (job.disk?.processed ?? 0);
  const now = performance.now();
  const still = state.moved !== undefined && state.moved.bytes === bytes;
  const since = state.moved?.at ?? now;
  if (!still) state.moved = { bytes, at: now };
  if (still && !state.stalled && now - since >= stallAfter) {
    state.stalled = true;
    emit({ type: 'stalled', forMs: Math.round(now - since) });
  } else if (!still && state.stalled) {
    state.stalled = false;
    emit({ type: 'moving-again', afterMs: Math.round(now - since) });
  }
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
  const { elapsedMs, job } = reading;
  if (plan.abortAfter === undefined || elapsedMs === undefined || state.aborted) return;
  if (reading.state !== 'vanished' && reading.state !== 'finished') return;
  if (job?.state !== 'active') return;
  if (job.operation !== 'migration-out' || elapsedMs < plan.abortAfter + watchdogGrace) return;
  state.aborted = true;
  await links
    .exec(plan.source.host, plan.watch.cancel, { timeout: readTimeout, signal })
    .catch(() => undefined);
}

/** Milliseconds between two looks: every second at first; a long migration is looked at less often. */
function pace({ quietEnds }: WatchState, elapsed: number, interval: number): number {
  if (quietEnds > 0 || elapsed < 120_000) return interval;
  return interval * (elapsed < 600_000 ? 2 : 5);
}

/** Milliseconds until a host is asked anew: one that is lost ever less often. */
function nextDelay({ failures }: WatchState, interval: number): number {
  return failures === 0 ? interval : interval * Math.min(30, 2 ** (failures - 1));
}

/** Waits; returns early, without an error, when the signal fires. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
