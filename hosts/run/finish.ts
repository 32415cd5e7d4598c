import { hidesCause, leavesCauseToGuestLog } from '../../core/explain/explain.ts';
import { say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import type { Plan } from '../../core/planner/plan.ts';
import { readRunCommand } from '../../core/virsh/detached.ts';
import { parseJobInfo } from '../../core/virsh/job-info.ts';
import type { JobProgress } from '../../core/virsh/job-info.ts';
import { parseDomainState, postCopyOf } from '../../core/virsh/domain-state.ts';
import type { DomainState } from '../../core/virsh/domain-state.ts';
import { guestLogCommand } from '../../core/virsh/log-commands.ts';
import { parseRunReading } from '../../core/virsh/run-reading.ts';
import type { RunReading } from '../../core/virsh/run-reading.ts';
import { reasonOf } from '../host-error.ts';
import type { Cause, GuestPlace, Measured, RunEvent, RunOutcome } from './entry.ts';
import { imageLost, imageMissing, lostImages } from './copied-images.ts';
import { explain, recentErrors, recentGuestErrors } from './explain.ts';
import type { Links } from './links.ts';
import { undoSteps } from './undo.ts';
import type { Effects } from './undo.ts';
import { pause } from './watch.ts';

export interface FinishInput {
  readonly runId: string;
  readonly plan: Plan;
  readonly links: Links;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
  /** How virsh ended; undefined when the migration was never started. */
  readonly reading: RunReading | undefined;
  /** What stopped the run before its launch. */
  readonly failure?: Cause | undefined;
  /** The last statistics that were seen while the job ran. */
  readonly last: JobProgress | undefined;
  readonly effects: Effects;
  readonly cancelRequested: boolean;
  /** What the watch found out about the end, and libvirt does not say. */
  readonly because?: Cause | undefined;
  /** Milliseconds since the run's start; bounds what counts in a daemon's log. */
  readonly age: () => number;
  /** Milliseconds that both hosts have to answer; 120000 by default. */
  readonly patience?: number | undefined;
}

interface Sight {
  readonly source: DomainState;
  readonly destination: DomainState;
}

const queryTimeout = 30_000;
/** Milliseconds by which a log's clock, read in whole seconds, may be behind. */
const logSlack = 1000;

/**
 * Establishes how a run ended: asks both hosts where the guest is, reads what libvirt measured, and
 * after a failure takes back what the run did. Success is what both hosts show, not an exit code.
 */
export async function finishRun(input: FinishInput): Promise<RunOutcome> {
  const { plan, reading } = input;
  const sight = await lookAtBothHosts(input);
  if (input.signal.aborted) return outcome(input, { result: 'detached', guest: 'unknown' });
  const guest = placeWithin(plan, reading, sight);
  // What a run that never began shows on the destination is another's doing.
  if (guest === 'destination' && input.failure === undefined) {
    const cause = definitionLeft(input, sight.source) ?? (await findCause(input, guest));
    const lost = await lostImages(input, input.effects.remembered, {
      timeout: queryTimeout,
      signal: input.signal,
    });
    const measured = await readStatistics(input);
    const guestAgent = await askGuestAgent(input);
    return {
      result: 'completed',
      guest,
      message: say(
        '{0} runs on {1} and no longer on {2}.',
        plan.domain,
        plan.destination.host,
        plan.source.host,
      ),
      // virsh can fail after the guest has moved, e.g. when the source cannot be undefined.
      cause: reading !== undefined && reading.exitCode !== 0 ? cause : undefined,
      measured,
      guestAgent,
      undone: [],
      ...(lost[0] === undefined
        ? {}
        : { result: 'failed', cause: imageLost(lost[0], plan.destination.host) }),
    };
  }
  const cause = input.failure ?? input.because ?? (await findCause(input, guest));
  const result = resultOf(input, guest, cause);
  const undone = await undoSteps({
    ...input,
    guestIsBack: guest === 'source' || guest === 'paused-on-source' || guest === 'off-on-source',
    destinationIsClear: isOff(sight.destination),
    sourceIsQuiet: () => sourceIsQuiet(input),
  });
  return {
    ...outcome(input, { result, guest }),
    message: messageOf(plan, guest, result),
    cause,
    undone,
  };
}

/** Where virsh ended early, libvirt can bring a post-copy to its end but undefines nothing. */
function definitionLeft({ plan, reading }: FinishInput, source: DomainState): Cause | undefined {
  const undefines = plan.steps.some(
    ({ kind, command }) => kind === 'launch' && command.argv.includes('--undefinesource'),
  );
  if (!undefines || source.kind !== 'present' || reading === undefined || reading.exitCode === 0) {
    return undefined;
  }
  return {
    code: undefined,
    message: say(
      'virsh ended before the migration did. libvirt finished it, and left the definition of {0} on {1}.',
      plan.domain,
      plan.source.host,
    ),
    remedy: say(
      'Remove it there, so that nobody starts {0} a second time: virsh undefine --keep-nvram {0}.',
      plan.domain,
    ),
    text: reading.err.trim(),
  };
}

function outcome(
  { plan }: FinishInput,
  { result, guest }: Pick<RunOutcome, 'result' | 'guest'>,
): RunOutcome {
  return {
    result,
    guest,
    message: messageOf(plan, guest, result),
    cause: undefined,
    measured: undefined,
    guestAgent: 'not-asked',
    undone: [],
  };
}

/**
 * Asks until both hosts have answered and the answers agree with an end: for a moment after a
 * failure the destination still shows the guest that was coming, and after a success the source
 * the one that is leaving.
 */
async function lookAtBothHosts(input: FinishInput): Promise<Sight> {
  const { plan, signal } = input;
  const begun = performance.now();
  const patience = input.patience ?? 120_000;
  const lost = new Map<string, number>();
  for (;;) {
    const [source, destination] = await Promise.all([
      stateOn(input, 'source', lost),
      stateOn(input, 'destination', lost),
    ]);
    const sight = { source, destination };
    const elapsed = performance.now() - begun;
    const place = placeOf(sight);
    const broken = postCopyOf(source) === 'failed' && place !== 'unknown';
    const settled =
      place === 'destination' ||
      placeWithin(plan, input.reading, sight) === 'off-on-source' ||
      broken ||
      (place === 'source' && isOff(destination));
    const known = source.kind !== 'unknown' && destination.kind !== 'unknown';
    const enough = elapsed > patience || (known && elapsed > Math.min(30_000, patience / 4));
    if (settled || enough || signal.aborted) return sight;
    await pause(lost.size > 0 ? 3000 : 1000, signal);
  }

  async function stateOn(
    { links, emit }: FinishInput,
    side: 'source' | 'destination',
    lost: Map<string, number>,
  ): Promise<DomainState> {
    const { host } = plan[side];
    const command = side === 'source' ? plan.watch.sourceState : plan.watch.destinationState;
    try {
      const state = parseDomainState(
        await links.exec(host, command, { timeout: queryTimeout, signal }),
      );
      const since = lost.get(host);
      if (since !== undefined) {
        lost.delete(host);
        emit({ type: 'found-again', host, gapMs: Math.round(performance.now() - since) });
      }
      return state;
    } catch (error) {
      if (!lost.has(host) && !signal.aborted) {
        lost.set(host, performance.now());
        emit({ type: 'lost-sight', host, why: reasonOf(error) });
      }
      return { kind: 'unknown', text: reasonOf(error) };
    }
  }
}

/** Nothing of the domain executes or is on its way on this host. */
function isOff(state: DomainState): boolean {
  return state.kind === 'absent' || (state.kind === 'present' && state.state === 'shut off');
}

/**
 * A guest that ended on the source while libvirt was still copying it: its disks there are the
 * current ones. The destination defines the domain before it lets it run; where a definition was
 * asked for and none is there, the guest never ran there.
 */
function placeWithin(plan: Plan, reading: RunReading | undefined, sight: Sight): GuestPlace {
  const place = placeOf(sight);
  const { source, destination } = sight;
  const refused = (reading?.exitCode ?? 0) > 0 && (reading?.exitCode ?? 0) <= 128;
  const defines = plan.steps.some(
    ({ kind, command }) => kind === 'launch' && command.argv.includes('--persistent'),
  );
  const ended =
    source.kind === 'present' &&
    source.state === 'shut off' &&
    ['crashed', 'shutdown', 'destroyed'].includes(source.reason ?? '');
  const never = destination.kind === 'absent';
  return place === 'nowhere' && refused && defines && ended && never ? 'off-on-source' : place;
}

function placeOf({ source, destination }: Sight): GuestPlace {
  if (source.kind === 'unknown' || destination.kind === 'unknown') return 'unknown';
  const halves = [postCopyOf(source), postCopyOf(destination)];
  if (halves.some((half) => half !== undefined)) {
    // Each host has pages that the other lacks.
    if (!isOff(source) && !isOff(destination)) return 'split';
    // A destination that is merely slow to say that all has arrived has lost nothing.
    return isOff(destination) || halves.includes('failed') ? 'lost' : 'unknown';
  }
  const here = source.kind === 'present' ? source.state : 'shut off';
  const there = destination.kind === 'present' ? destination.state : 'shut off';
  if (here === 'running' && there === 'running') return 'both';
  if (there === 'running') return isOff(source) ? 'destination' : 'unknown';
  if (here === 'running') return 'source';
  if (!isOff(source)) return 'paused-on-source';
  if (!isOff(destination)) return 'paused-on-destination';
  return 'nowhere';
}

function resultOf(
  { plan, reading, failure, cancelRequested }: FinishInput,
  guest: GuestPlace,
  cause: Cause | undefined,
): RunOutcome['result'] {
  // What is split can be put together again: the run stays open.
  if (guest === 'unknown' || guest === 'split') return 'uncertain';
  if (failure !== undefined && reading === undefined) {
    return failure.code === 'cancelled' ? 'cancelled' : 'failed';
  }
  if (reading?.timedOut === true && plan.abortAfter !== undefined) return 'timed-out';
  if (cause?.code === 'cancelled') return 'cancelled';
  if (cancelRequested && cause?.code === undefined && guest === 'source') return 'cancelled';
  return 'failed';
}

function messageOf(plan: Plan, guest: GuestPlace, result: RunOutcome['result']): Message {
  const { domain, source, destination } = plan;
  if (result === 'detached') {
    return say('{0} is no longer watched from here; the migration goes on.', domain);
  }
  switch (guest) {
    case 'destination':
      return say('{0} runs on {1} and no longer on {2}.', domain, destination.host, source.host);
    case 'source':
      return say('{0} was not migrated; it goes on running on {1}.', domain, source.host);
    case 'paused-on-source':
      return say(
        '{0} was not migrated; it is on {1} and does not run. Look at it, then resume it there.',
        domain,
        source.host,
      );
    case 'paused-on-destination':
      return say(
        '{0} is on {1} and does not run. Look at it, then resume it there.',
        domain,
        destination.host,
      );
    case 'off-on-source':
      return say(
        '{0} was switched off or crashed on {1} while it was migrated; it never ran on {2}. Its disks on {1} are the current ones: start it there.',
        domain,
        source.host,
        destination.host,
      );
    case 'both':
      return say(
        '{0} runs on {1} and on {2} at once. Its disks are in danger: stop one of them now.',
        domain,
        source.host,
        destination.host,
      );
    case 'split':
      return say(
        'The post-copy of {0} was interrupted: it is on {1}, and part of its memory is still on {2}. Stop it on neither; mend what broke, then recover the run.',
        domain,
        destination.host,
        source.host,
      );
    case 'lost':
      return say(
        'The post-copy of {0} was interrupted and half of its memory is gone: it cannot go on. Its disks as {1} has them are the current ones. Destroy what is left of it on {2} and {1}, then start it on {1}.',
        domain,
        destination.host,
        source.host,
      );
    case 'nowhere':
      return say(
        '{0} runs neither on {1} nor on {2}. Nothing was removed.',
        domain,
        source.host,
        destination.host,
      );
    case 'unknown':
      return say(
        'Where {0} runs could not be established: {1} or {2} did not answer. Attach to the run again when they do.',
        domain,
        source.host,
        destination.host,
      );
  }
}

/** libvirt's text explained; where it only says that the other end hung up, the destination's log. */
async function findCause(input: FinishInput, guest: GuestPlace): Promise<Cause | undefined> {
  const { reading, last } = input;
  if (reading === undefined || (reading.exitCode === 0 && guest === 'destination'))
    return undefined;
  const text = [reading.err.trim(), last?.errorText ?? ''].filter((part) => part !== '').join('\n');
  if (text === '') {
    if (reading.exitCode !== undefined) return undefined;
    return {
      code: undefined,
      message: say('virsh ended without a word: it was killed, or the host was restarted.'),
      text: '',
    };
  }
  if (/Disconnected from qemu:\/\/\/system due to end of file/.test(text)) {
    return {
      code: undefined,
      message: say('libvirtd on {0} ended during the migration.', input.plan.source.host),
      remedy: say('Look into its log or journal for a crash or a restart, then launch again.'),
      text,
    };
  }
  // To the source an aborted migration can look as if the destination had hung up.
  const asked = input.cancelRequested || reading.timedOut;
  if (asked && guest === 'source' && hidesCause(text)) {
    return { code: 'cancelled', message: say('The migration was cancelled.'), text };
  }
  const explained = explain(text);
  // How libvirt tells of a guest that ended is a matter of timing; that it is off is not.
  if (guest === 'off-on-source' && saysOnlyThatItEnded(explained)) {
    return { ...explain('operation failed: domain is not running'), text };
  }
  // What is missing was looked at; a log can also tell of the guest's last attempt.
  const missing = await findMissingImage(input, text);
  if (missing !== undefined) return missing;
  // What a daemon said last hides what it said before: the first words are in its log.
  const fromDaemon = hidesCause(text)
    ? (
        await Promise.all([daemonErrors(input, 'source'), daemonErrors(input, 'destination')])
      ).flat()
    : [];
  const vague = explained.code === undefined || leavesCauseToGuestLog(text) || hidesCause(text);
  const fromGuest = vague ? await guestErrors(input) : [];
  const said = [...new Set([...fromDaemon, ...fromGuest])];
  if (said.length === 0) return explained;
  const known = said.map(explain).findLast(({ code }) => code !== undefined);
  return { ...(known ?? explained), text: [text, ...said].join('\n') };
}

function saysOnlyThatItEnded({ code }: Cause): boolean {
  return code === undefined || code === 'destination-qemu-ended' || code === 'net-link-stable';
}

/**
 * A destination that finds no image for a disk looks for a storage pool to make one in. That there is
 * none can be all that libvirt says, or it only hangs up (11.3 writes it into no log).
 */
async function findMissingImage(input: FinishInput, text: string): Promise<Cause | undefined> {
  const began = input.last !== undefined && input.last.phase !== 'setup';
  const vague = hidesCause(text) || explain(text).code === 'precreate-needs-pool';
  if (!vague || began) return undefined;
  const { remembered } = input.effects;
  const options = { timeout: queryTimeout, signal: input.signal };
  const [missing] = await lostImages(input, remembered, options);
  return missing === undefined
    ? undefined
    : { ...imageMissing(missing, input.plan.destination.host), text };
}

async function daemonErrors(
  { plan, links, signal, age }: FinishInput,
  side: 'source' | 'destination',
): Promise<readonly string[]> {
  try {
    const { stdout } = await links.exec(plan[side].host, plan.watch.destinationLog, {
      timeout: queryTimeout,
      signal,
    });
    return recentErrors(stdout, age() + logSlack).filter((text) => !hidesCause(text));
  } catch {
    return [];
  }
}

/** What the guest's QEMU said on the destination, then on the source. */
async function guestErrors({ plan, links, signal, age }: FinishInput): Promise<readonly string[]> {
  const asked = [
    { host: plan.destination.host, domain: plan.destinationDomain },
    { host: plan.source.host, domain: plan.domain },
  ];
  const said = await Promise.all(
    asked.map(async ({ host, domain }) => {
      try {
        const options = { timeout: queryTimeout, signal };
        const { stdout } = await links.exec(host, guestLogCommand(domain), options);
        return recentGuestErrors(stdout, age() + logSlack);
      } catch {
        return [];
      }
    }),
  );
  return said.flat();
}

async function readStatistics({ plan, links, signal, last }: FinishInput): Promise<Measured> {
  const { on, command } = plan.watch.completedJobInfo;
  let job: JobProgress | undefined;
  try {
    const { code, stdout } = await links.exec(plan[on].host, command, {
      timeout: queryTimeout,
      signal,
    });
    job = code === 0 ? parseJobInfo(stdout) : undefined;
  } catch {
    job = undefined;
  }
  const ours = job?.state === 'completed' ? job : undefined;
  return {
    totalMs: ours?.elapsedMs,
    downtimeMs: ours?.totalDowntimeMs,
    memoryBytes: ours?.memory?.processed ?? last?.memory?.processed,
    // The destination does not count what its NBD server received.
    diskBytes: ours?.disk?.processed ?? last?.disk?.processed,
  };
}

/** The agent needs a moment after the switch; it has half a minute. */
async function askGuestAgent({
  plan,
  links,
  signal,
}: FinishInput): Promise<RunOutcome['guestAgent']> {
  const { guestAgent } = plan.watch;
  if (guestAgent === undefined) return 'not-asked';
  for (let attempt = 0; attempt < 3 && !signal.aborted; attempt++) {
    if (attempt > 0) await pause(2000, signal);
    try {
      const options = { timeout: 20_000, signal };
      const { code } = await links.exec(plan.destination.host, guestAgent, options);
      if (code === 0) return 'answers';
    } catch {
      // The host is out of sight for the moment; the next attempt opens a new connection.
    }
  }
  return 'silent';
}

/** No job is active on the source (a domain that is off has none), and no other run holds it. */
async function sourceIsQuiet({ plan, runId, links, signal }: FinishInput): Promise<boolean> {
  try {
    const { stdout } = await links.exec(plan.source.host, readRunCommand(runId, plan.domainUuid), {
      timeout: queryTimeout,
      signal,
    });
    const reading = parseRunReading(stdout);
    // The supervisor of this very run may need a moment to let go of the lock.
    const held = reading?.lockHolder !== undefined && reading.lockHolder !== runId;
    if (reading === undefined || held) return false;
    const off = reading.domain.kind === 'present' && isOff(reading.domain);
    return off || reading.job?.state === 'none';
  } catch {
    return false;
  }
}
