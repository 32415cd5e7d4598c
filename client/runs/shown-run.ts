import type { Message } from '../../core/messages.ts';
import { say } from '../../core/messages.ts';
import type { JobProgress } from '../../core/virsh/job-info.ts';
import type { RunEntry, RunOutcome } from '../../hosts/run/entry.ts';
import { summarise } from '../../hosts/run/record.ts';

/** How a run stands, as the Migrations view and the status bar show it. */
export type RunState =
  /** Steps before the launch: images are created, parameters set. */
  | 'preparing'
  | 'running'
  /** A host cannot be reached, or the end could not be established; the run itself goes on there. */
  | 'lost-sight'
  | 'cancelling'
  | 'succeeded'
  | 'failed'
  /** Nothing was launched. */
  | 'refused'
  | 'cancelled';

/** One run as it is shown. Times are epoch milliseconds. */
export interface ShownRun {
  readonly id: string;
  readonly domain: string;
  readonly source: string;
  readonly destination: string;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly state: RunState;
  /** 0 to 100, never going back. */
  readonly percent: number;
  readonly job: JobProgress | undefined;
  readonly outcome: RunOutcome | undefined;
  /** Why it failed or is not seen. */
  readonly reason: Message | undefined;
}

export function isActive({ state }: ShownRun): boolean {
  return (
    state === 'preparing' || state === 'running' || state === 'lost-sight' || state === 'cancelling'
  );
}

/** A run from its record; undefined when the record holds no plan that can be believed. */
export function shownRun(entries: readonly RunEntry[]): ShownRun | undefined {
  const summary = summarise(entries);
  if (summary === undefined) return undefined;
  const { plan, outcome } = summary;
  const state = stateOf(entries);
  return {
    id: summary.id,
    domain: plan.domain,
    source: plan.source.host,
    destination: plan.destination.host,
    startedAt: summary.startedAt,
    endedAt: summary.endedAt,
    state,
    percent: state === 'succeeded' ? 100 : summary.percent,
    job: lastOf(entries, 'progress')?.progress,
    outcome,
    reason: reasonOf(entries, outcome, state),
  };
}

function stateOf(entries: readonly RunEntry[]): RunState {
  const end = lastOf(entries, 'ended');
  if (end !== undefined) {
    switch (end.outcome.result) {
      case 'completed':
        return 'succeeded';
      case 'cancelled':
        return 'cancelled';
      case 'refused':
        return 'refused';
      case 'failed':
      case 'timed-out':
        return 'failed';
      case 'uncertain':
      case 'detached':
        return 'lost-sight';
    }
  }
  if (isLost(entries)) return 'lost-sight';
  if (entries.some(({ type }) => type === 'cancel-requested')) return 'cancelling';
  return entries.some(({ type }) => type === 'launched') ? 'running' : 'preparing';
}

/** Was the last thing that was seen that nothing can be seen? */
function isLost(entries: readonly RunEntry[]): boolean {
  const seen = entries.findLast(
    ({ type }) => type === 'lost-sight' || type === 'found-again' || type === 'progress',
  );
  return seen?.type === 'lost-sight';
}

function reasonOf(
  entries: readonly RunEntry[],
  outcome: RunOutcome | undefined,
  state: RunState,
): Message | undefined {
  if (outcome !== undefined) {
    return state === 'succeeded' ? undefined : (outcome.cause?.message ?? outcome.message);
  }
  if (state !== 'lost-sight') return undefined;
  const lost = lastOf(entries, 'lost-sight');
  return lost === undefined ? undefined : say('{0} cannot be seen: {1}', lost.host, lost.why);
}

function lastOf<T extends RunEntry['type']>(
  entries: readonly RunEntry[],
  type: T,
): Extract<RunEntry, { type: T }> | undefined {
  return entries.findLast((entry): entry is Extract<RunEntry, { type: T }> => entry.type === type);
}
