import { say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import { parseDomainState, postCopyOf } from '../../core/virsh/domain-state.ts';
import { reasonOf } from '../host-error.ts';
import type { AttachInput, CancelInput } from './attach.ts';
import type { RunOutcome } from './entry.ts';
import { contextOf, followToEnd, launch } from './execute.ts';
import { createLinks } from './links.ts';
import { isAlive } from './owner.ts';
import { openRun } from './open-run.ts';
import { keep } from './record.ts';
import { RecordUnwritable } from './record-unwritable.ts';
import type { RunRecord } from './record.ts';

export type SwitchResult = { readonly ok: true } | { readonly ok: false; readonly why: Message };

/**
 * Switches a run to post-copy: the guest goes on running on the destination at once, and its memory
 * follows. There is no way back and no cancelling after it. Ask the user before.
 */
export async function switchToPostCopy(input: CancelInput): Promise<SwitchResult> {
  const found = openRun(input);
  if ('why' in found) return { ok: false, why: found.why };
  const { record, summary } = found;
  const { plan } = summary;
  const command = plan.watch.switchToPostCopy;
  if (command === undefined) {
    return {
      ok: false,
      why: say(
        'Run {0} was started as pre-copy only. Write “mode: post-copy-by-hand” under policy for the next one.',
        input.id,
      ),
    };
  }
  if (!summary.launched)
    return { ok: false, why: say('Run {0} has not been launched yet.', input.id) };
  keep(record, { type: 'post-copy-requested' });
  try {
    const { code, stderr } = await createLinks(input.sessions).exec(plan.source.host, command, {
      timeout: 60_000,
    });
    if (code === 0) return { ok: true };
    return { ok: false, why: say('The run was not switched to post-copy: {0}', stderr.trim()) };
  } catch (error) {
    return { ok: false, why: say('The run was not switched to post-copy: {0}', reasonOf(error)) };
  }
}

export type RecoverResult =
  | { readonly ok: true; readonly outcome: RunOutcome }
  /** Nothing was started. */
  | { readonly ok: false; readonly why: Message };

/**
 * Takes up a post-copy that was interrupted, where libvirt can (8.5), and follows it to its end. It
 * starts nothing unless both hosts still hold their half of the guest's memory.
 */
export async function recoverRun(input: AttachInput): Promise<RecoverResult> {
  const found = openRun(input);
  if ('why' in found) return { ok: false, why: found.why };
  const { record, summary } = found;
  const { plan } = summary;
  const command = plan.watch.resumePostCopy;
  const step = plan.steps.find(({ kind }) => kind === 'launch');
  if (command === undefined || step === undefined) {
    return {
      ok: false,
      why: say(
        'Run {0} cannot be recovered: it did not use post-copy, or libvirt cannot resume it on these hosts (it takes 8.5; the daemon of 11.2 and 11.3 crashes on the destination).',
        input.id,
      ),
    };
  }
  const owner = summary.owner;
  if (owner !== undefined && isAlive(owner) && !wasReleased(record, owner.claim)) {
    return { ok: false, why: say('Run {0} is still followed by another program.', input.id) };
  }
  const context = { ...contextOf({ ...input, plan, record }), claim: input.owner.claim };
  const refusal = await whyNotRecoverable(context);
  if (refusal !== undefined) return { ok: false, why: refusal };
  let failure: Awaited<ReturnType<typeof launch>>;
  try {
    record.append({ type: 'owner', owner: input.owner });
    const tries = record.entries().filter(({ type }) => type === 'recovery').length;
    context.journal({ type: 'recovery', launch: `${record.id}-r${String(tries + 1)}` });
    failure = await launch(context, step, command);
  } catch (error) {
    if (error instanceof RecordUnwritable) return { ok: false, why: error.say };
    throw error;
  }
  if (failure !== undefined && failure !== 'unknown') {
    context.emit({ type: 'released', claim: input.owner.claim });
    return { ok: false, why: failure.message };
  }
  return { ok: true, outcome: await followToEnd(context) };
}

/** Both halves must be there: a destination that is gone has taken changed memory with it. */
async function whyNotRecoverable({
  plan,
  links,
  signal,
}: ReturnType<typeof contextOf>): Promise<Message | undefined> {
  for (const side of ['source', 'destination'] as const) {
    const { host } = plan[side];
    const ask = side === 'source' ? plan.watch.sourceState : plan.watch.destinationState;
    try {
      const state = parseDomainState(await links.exec(host, ask, { timeout: 60_000, signal }));
      const shown =
        state.kind === 'present' ? `${state.state} (${state.reason ?? ''})` : state.kind;
      if (postCopyOf(state) !== 'failed') {
        return say('{0} is not in an interrupted post-copy on {1}: {2}.', plan.domain, host, shown);
      }
    } catch (error) {
      return say('{0} cannot be used: {1}', host, reasonOf(error));
    }
  }
  return undefined;
}

function wasReleased(record: RunRecord, claim: string): boolean {
  return record.entries().some((entry) => entry.type === 'released' && entry.claim === claim);
}
