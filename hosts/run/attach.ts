import { say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import { reasonOf } from '../host-error.ts';
import type { Owner, RunEntry, RunOutcome } from './entry.ts';
import { contextOf, followToEnd } from './execute.ts';
import type { RunInput } from './execute.ts';
import { createLinks } from './links.ts';
import type { Sessions } from './links.ts';
import { isAlive } from './owner.ts';
import { findRun, summarise } from './record.ts';
import { RecordUnwritable } from './record-unwritable.ts';
import type { RunRecord } from './record.ts';
import { pause } from './watch.ts';

export interface AttachInput extends Pick<
  RunInput,
  'sessions' | 'onEvent' | 'signal' | 'interval' | 'patience'
> {
  readonly id: string;
  /** This process, in case it has to take the run over. */
  readonly owner: Owner;
  /** State folder; the user's own by default. */
  readonly folder?: string | undefined;
}

/**
 * Follows a run to its end, whoever started it. While its own process lives, its record is followed;
 * when that process is gone, this one takes over: it looks for the migration on the source host,
 * watches it, proves the end, or takes back what was prepared when the launch never happened.
 * `onEvent` gets the whole record first. Undefined when there is no such run.
 */
export async function attachRun(input: AttachInput): Promise<RunOutcome | undefined> {
  const record = findRun(input.id, folderOption(input.folder));
  const summary = record === undefined ? undefined : summarise(record.entries());
  if (record === undefined || summary === undefined) return undefined;
  const signal = input.signal ?? new AbortController().signal;
  const followed = await followRecord(record, { ...input, signal });
  if (followed !== 'owner-gone') return followed;
  const context = contextOf({ ...input, plan: summary.plan, record, signal });
  return followToEnd({ ...context, claim: input.owner.claim });
}

/** Hands on what the owner writes until it ends the run, or is gone and this process is the next. */
async function followRecord(
  record: RunRecord,
  input: AttachInput & { readonly signal: AbortSignal },
): Promise<RunOutcome | 'owner-gone'> {
  let told = 0;
  let claimed = false;
  for (;;) {
    const entries = record.entries();
    for (const entry of entries.slice(told)) input.onEvent?.(entry);
    told = entries.length;
    const end = entries.findLast((entry) => entry.type === 'ended');
    if (end !== undefined) return end.outcome;
    // The first living claim in the file wins, so that two followers cannot both take over.
    const owner = owners(entries).find(isAlive);
    if (owner !== undefined && owner.claim === input.owner.claim) return 'owner-gone';
    if (owner === undefined && !claimed) {
      claimed = true;
      record.append({ type: 'owner', owner: input.owner });
      continue;
    }
    if (input.signal.aborted) return detached();
    await pause(Math.min(500, input.interval ?? 500), input.signal);
  }
}

/** Claims in their order, without those that were given up. */
function owners(entries: readonly RunEntry[]): readonly Owner[] {
  const released = new Set(
    entries.flatMap((entry) => (entry.type === 'released' ? [entry.claim] : [])),
  );
  return entries.flatMap((entry) =>
    entry.type === 'owner' && !released.has(entry.owner.claim) ? [entry.owner] : [],
  );
}

function detached(): RunOutcome {
  return {
    result: 'detached',
    guest: 'unknown',
    message: say('The run is no longer followed from here; it goes on.'),
    cause: undefined,
    measured: undefined,
    guestAgent: 'not-asked',
    undone: [],
  };
}

export interface CancelInput {
  readonly id: string;
  readonly sessions: Sessions;
  readonly folder?: string | undefined;
}

export type CancelResult =
  | { readonly ok: true }
  /** Nothing was cancelled: the run has ended, is not known, or the host refused. */
  | { readonly ok: false; readonly why: Message };

/**
 * Asks for the end of a run. Before its launch the wish stands in the record and its process obeys;
 * after it the source's libvirt aborts the job. It returns when the request was accepted; attach to
 * the run for its end, which may still be success when the request came too late.
 */
export async function cancelRun(input: CancelInput): Promise<CancelResult> {
  const record = findRun(input.id, folderOption(input.folder));
  const summary = record === undefined ? undefined : summarise(record.entries());
  if (record === undefined || summary === undefined) {
    return { ok: false, why: say('There is no run {0}.', input.id) };
  }
  if (summary.outcome !== undefined) {
    return { ok: false, why: say('Run {0} has ended already.', input.id) };
  }
  if (record.entries().findLast((entry) => entry.type === 'phase')?.phase === 'post-copy') {
    return { ok: false, why: cannotCancelPostCopy() };
  }
  try {
    record.append({ type: 'cancel-requested' });
  } catch (error) {
    if (!(error instanceof RecordUnwritable)) throw error;
    // Only the record tells the process that carries the run; after the launch libvirt is told.
    if (!summary.launched) return { ok: false, why: error.say };
  }
  if (!summary.launched) return { ok: true };
  const { plan } = summary;
  const links = createLinks(input.sessions);
  // Between the start of virsh and that of libvirt's job there is nothing to abort yet.
  let said = '';
  for (let attempt = 0; attempt < 5; attempt++) {
    if (attempt > 0) await pause(1000, new AbortController().signal);
    try {
      const { code, stderr } = await links.exec(plan.source.host, plan.watch.cancel, {
        timeout: 30_000,
      });
      if (code === 0) return { ok: true };
      said = stderr.trim();
      if (/in post-copy/.test(said)) return { ok: false, why: cannotCancelPostCopy() };
    } catch (error) {
      said = reasonOf(error);
    }
    if (findRun(input.id, folderOption(input.folder)) === undefined) break;
    const now = summarise(record.entries());
    if (now?.outcome !== undefined) break;
  }
  return { ok: false, why: say('The migration could not be cancelled: {0}', said) };
}

/** The destination's memory is newer than the source's: there is nothing to go back to. */
function cannotCancelPostCopy(): Message {
  return say(
    'The migration is in post-copy: the guest runs on the destination already, and a part of its memory is still on the source. It cannot be cancelled.',
  );
}

function folderOption(folder: string | undefined): { readonly folder?: string } {
  return folder === undefined ? {} : { folder };
}
