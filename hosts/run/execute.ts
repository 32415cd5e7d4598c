import { say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import type { Plan, Step } from '../../core/planner/plan.ts';
import type { Command } from '../../core/virsh/command.ts';
import { launchCommand, launchExit, readRunCommand } from '../../core/virsh/detached.ts';
import { parseRunReading } from '../../core/virsh/run-reading.ts';
import { reasonOf } from '../host-error.ts';
import type { ExecResult } from '../session.ts';
import type { Cause, RunEntry, RunEvent, RunOutcome } from './entry.ts';
import { makeDestinationXml } from './destination-xml.ts';
import { explain } from './explain.ts';
import { finishRun } from './finish.ts';
import { createLinks } from './links.ts';
import type { Links, Sessions } from './links.ts';
import { isIntact, keep, summarise } from './record.ts';
import { RecordUnwritable } from './record-unwritable.ts';
import type { RunRecord } from './record.ts';
import { effectsOf } from './undo.ts';
import { watchRun } from './watch.ts';

export interface RunInput {
  readonly plan: Plan;
  readonly sessions: Sessions;
  /** Made by `createRun` for this plan and this process. */
  readonly record: RunRecord;
  readonly onEvent?: ((entry: RunEntry) => void) | undefined;
  /** Before the launch it cancels; after it, it ends the watching and the migration goes on. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Collects facts anew and plans again; gives the new plan's digest, or undefined when the
   * migration is now refused. A digest other than the plan's stops the run before it begins.
   */
  readonly confirmFreshDigest?: (() => Promise<string | undefined>) | undefined;
  /** Milliseconds between two looks; 1000 by default. For tests. */
  readonly interval?: number | undefined;
  /** Milliseconds that both hosts have to answer at the end; 120000 by default. */
  readonly patience?: number | undefined;
}

/** What every part of a run shares. */
export interface RunContext {
  readonly plan: Plan;
  readonly record: RunRecord;
  readonly links: Links;
  readonly signal: AbortSignal;
  /** Tells what happened and records it; when it cannot be written now, with what comes later. */
  readonly emit: (event: RunEvent) => void;
  /** Records what is about to be done. @throws RecordUnwritable: then it must not be done */
  readonly journal: (event: RunEvent) => void;
  /** Standard output of the steps that this process ran; never recorded. */
  readonly outputs: Map<string, string>;
  /** The claim under which this process carries the run. */
  readonly claim: string | undefined;
  /** Milliseconds since the run began; the machine's clock may be set meanwhile. */
  readonly age: () => number;
  readonly interval: number | undefined;
  readonly patience: number | undefined;
}

/**
 * Carries a plan out: exactly its steps, in their order, each command as it stands in the plan. The
 * launch is sent once and never again. Failures are outcomes, also a record that cannot be
 * written any more.
 */
export async function startRun(input: RunInput): Promise<RunOutcome> {
  const context = contextOf(input);
  const { plan } = context;
  const refused = await refuse(input, context);
  if (refused !== undefined) {
    const outcome: RunOutcome = {
      result: 'refused',
      // Nobody has looked at both hosts; what was asked of the source stands in the cause.
      guest: 'unknown',
      message: refused.message,
      cause: refused,
      measured: undefined,
      guestAgent: 'not-asked',
      undone: [],
    };
    context.emit({ type: 'ended', outcome });
    return outcome;
  }
  for (const step of plan.steps) {
    if (step.kind === 'prove') continue;
    const failure = stopRequested(context) ?? (await take(context, step));
    if (failure === 'unknown') break;
    if (failure !== undefined) return endBeforeLaunch(context, failure);
  }
  return followToEnd(context);
}

/** One step; what cannot be recorded first is not done: nobody could find it again and take it back. */
async function take(context: RunContext, step: Step): Promise<Cause | 'unknown' | undefined> {
  try {
    return step.kind === 'launch'
      ? await launch(context, step, step.command)
      : await runStep(context, step);
  } catch (error) {
    if (error instanceof RecordUnwritable) return unwritable(error);
    throw error;
  }
}

export function contextOf(input: Omit<RunInput, 'confirmFreshDigest'>): RunContext {
  const { record, onEvent } = input;
  const begun = performance.now();
  // A run that another program began is as old as its record says; a clock set back makes it no younger.
  const before = Math.max(0, Date.now() - (record.entries()[0]?.at ?? Date.now()));
  return {
    plan: input.plan,
    record,
    links: createLinks(input.sessions),
    signal: input.signal ?? new AbortController().signal,
    emit: (event) => {
      const entry = keep(record, event);
      onEvent?.(entry);
    },
    journal: (event) => {
      const entry = record.append(event);
      onEvent?.(entry);
    },
    outputs: new Map(),
    age: () => before + performance.now() - begun,
    claim: record.entries().findLast((entry) => entry.type === 'owner')?.owner.claim,
    interval: input.interval,
    patience: input.patience,
  };
}

/** What forbids the run before anything is touched. */
async function refuse(input: RunInput, context: RunContext): Promise<Cause | undefined> {
  const { plan, links, record, signal } = context;
  const because = (code: string, message: Message, text = ''): Cause => ({ code, message, text });
  const recorded = summarise(record.entries())?.plan.digest;
  if (!isIntact(plan) || recorded !== plan.digest) {
    return because('plan-altered', say('The plan is not what its digest vouches for.'));
  }
  try {
    const fresh = await input.confirmFreshDigest?.();
    if (input.confirmFreshDigest !== undefined && fresh !== plan.digest) {
      return because(
        'plan-outdated',
        say('The facts have changed since the plan was made; look at the new plan first.'),
      );
    }
    const { stdout, stderr } = await links.exec(
      plan.source.host,
      readRunCommand(record.id, plan.domainUuid),
      { timeout: 60_000, signal },
    );
    const reading = parseRunReading(stdout);
    if (reading === undefined) {
      return because(
        'source-unreadable',
        say('The source host gave no answer that can be read.'),
        stderr,
      );
    }
    if (reading.lockHolder !== undefined || reading.job?.state === 'active') {
      return because(
        'second-migration-same-domain',
        say(
          'Another migration of {0} is under way ({1}).',
          plan.domain,
          reading.lockHolder ?? 'libvirt',
        ),
      );
    }
    if (reading.domain.kind !== 'present' || reading.domain.state !== 'running') {
      return because(
        'active-domain-required',
        say('{0} does not run on {1}.', plan.domain, plan.source.host),
      );
    }
  } catch (error) {
    return because(
      'source-unreachable',
      say('{0} cannot be used: {1}', plan.source.host, reasonOf(error)),
    );
  }
  return undefined;
}

function stopRequested({ signal, record }: RunContext): Cause | undefined {
  const asked = signal.aborted || record.entries().some(({ type }) => type === 'cancel-requested');
  return asked ? cancelled() : undefined;
}

function unwritable(error: RecordUnwritable): Cause {
  return {
    code: 'record-unwritable',
    message: error.say,
    remedy: say('Free space or mend the folder, then launch again; LIVEMIGRATE_STATE moves it.'),
    text: '',
  };
}

function cancelled(): Cause {
  return { code: 'cancelled', message: say('The migration was cancelled.'), text: '' };
}

/** Runs one step to its end; the journal is written before, so that a crash leaves a trace. */
async function runStep(
  { plan, links, emit, journal, signal, outputs }: RunContext,
  step: Step,
): Promise<Cause | undefined> {
  journal({ type: 'step', step: step.id, state: 'started' });
  const input = step.inputFrom === undefined ? undefined : outputs.get(step.inputFrom);
  const command = input === undefined ? step.command : { ...step.command, stdin: input };
  // A step of two minutes is soon over and leaves nothing unclear; a longer one can be stopped.
  const bounds =
    step.patience === undefined ? { timeout: 120_000 } : { timeout: step.patience, signal };
  let result: ExecResult;
  try {
    result = await links.exec(plan[step.on].host, command, bounds);
  } catch (error) {
    if (signal.aborted) return cancelled();
    return {
      code: undefined,
      message: say('Step {0} was interrupted: {1}', step.id, reasonOf(error)),
      text: '',
    };
  }
  if (result.code !== 0) {
    const cause = explain(result.stderr);
    return { ...cause, message: say('Step {0} failed: {1}', step.id, cause.text) };
  }
  outputs.set(step.id, result.stdout);
  if (step.kind === 'create-image') {
    emit({ type: 'image-created', step: step.id, identity: result.stdout.trim() });
  }
  if (step.remembers === true) {
    emit({ type: 'remembered', step: step.id, before: result.stdout.trim() });
  }
  emit({ type: 'step', step: step.id, state: 'done' });
  return undefined;
}

/**
 * Sends the launch, once. When the link breaks meanwhile nobody knows whether it arrived: the watch
 * then finds out; it is never sent a second time.
 */
export async function launch(
  { plan, record, links, emit, journal, signal }: RunContext,
  step: Step,
  migrate: Command,
): Promise<Cause | 'unknown' | undefined> {
  const { host } = plan.source;
  // A recovery has no timer: what is in post-copy cannot be aborted.
  const abortAfter = launchIdOf(record) === record.id ? plan.abortAfter : undefined;
  const made =
    step.destinationXml === undefined
      ? undefined
      : await makeDestinationXml(step.destinationXml, { host, links, signal });
  if (made?.ok === false) return made.cause;
  const command = launchCommand({
    runId: launchIdOf(record),
    domainUuid: plan.domainUuid,
    abortAfterSeconds: abortAfter === undefined ? undefined : Math.ceil(abortAfter / 1000),
    migrate,
    xml: made?.xml,
  });
  // A recovery that is turned down takes nothing back of the run that it is for.
  const notLaunched = (): void => {
    if (launchIdOf(record) === record.id) emit({ type: 'not-launched' });
  };
  journal({ type: 'step', step: step.id, state: 'started' });
  let result: ExecResult;
  try {
    result = await links.exec(host, command, { timeout: 60_000 });
  } catch (error) {
    emit({ type: 'lost-sight', host, why: reasonOf(error) });
    return 'unknown';
  }
  switch (result.code) {
    case 0:
      emit({ type: 'step', step: step.id, state: 'done' });
      emit({ type: 'launched' });
      return undefined;
    case launchExit.busy:
      notLaunched();
      return {
        code: 'second-migration-same-domain',
        message: say(
          'Another migration of {0} is under way ({1}).',
          plan.domain,
          result.stdout.trim(),
        ),
        text: '',
      };
    case 69:
    case 74:
      notLaunched();
      return launchFailed(host, result);
    case launchExit.startedBefore:
      return launchFailed(host, result);
    default:
      // It may have got as far as starting virsh.
      return 'unknown';
  }
}

function launchFailed(host: string, { stderr }: ExecResult): Cause {
  const text = stderr.trim();
  return { code: undefined, message: say('The launch on {0} failed: {1}', host, text), text };
}

/** The id under which the source host knows the run: its own, or that of its last recovery. */
export function launchIdOf(record: RunRecord): string {
  return record.entries().findLast((entry) => entry.type === 'recovery')?.launch ?? record.id;
}

/** Ends a run whose launch was not sent or was refused: nothing of it can be moving. */
async function endBeforeLaunch(context: RunContext, failure: Cause): Promise<RunOutcome> {
  // A fresh signal: taking back what was done is not to be stopped by what stopped the run.
  return end(context, {
    failure,
    reading: undefined,
    last: undefined,
    signal: AbortSignal.timeout(300_000),
  });
}

/** Watches a run that was launched, or may have been, to its proven end. */
export async function followToEnd(context: RunContext): Promise<RunOutcome> {
  const { record, signal } = context;
  const before = record.entries();
  const watched = await watchRun({
    ...context,
    runId: launchIdOf(record),
    launched: before.some(({ type }) => type === 'launched'),
    percent: summarise(before)?.percent ?? 0,
    identities: effectsOf(before).remembered,
  });
  switch (watched.kind) {
    case 'stopped':
      return end(context, { reading: undefined, last: undefined, signal });
    case 'never-started': {
      const failure: Cause = {
        code: 'launch-lost',
        message: say(
          'The launch never reached {0}; nothing was started.',
          context.plan.source.host,
        ),
        text: '',
      };
      return end(context, { failure, reading: undefined, last: undefined, signal });
    }
    case 'ended':
      return end(context, { ...watched, signal });
  }
}

type EndInput = Pick<
  Parameters<typeof finishRun>[0],
  'reading' | 'last' | 'failure' | 'because' | 'signal'
>;

async function end(context: RunContext, how: EndInput): Promise<RunOutcome> {
  const entries = context.record.entries();
  const outcome = await finishRun({
    ...context,
    ...how,
    runId: launchIdOf(context.record),
    effects: effectsOf(entries),
    cancelRequested: entries.some(({ type }) => type === 'cancel-requested'),
  });
  // An open end stays open: the run can be attached to again.
  if (outcome.result === 'detached' || outcome.result === 'uncertain') {
    if (context.claim !== undefined) context.emit({ type: 'released', claim: context.claim });
  } else {
    context.emit({ type: 'ended', outcome });
  }
  flushLater(context.record);
  return outcome;
}

/** A folder that was full may have room again; as long as this process lives, it can tell the end. */
function flushLater(record: RunRecord): void {
  if (record.flush()) return;
  const timer = setInterval(() => {
    if (record.flush()) clearInterval(timer);
  }, 5000);
  timer.unref();
}
