import type { Refusal } from '../../../core/planner/plan.ts';
import type { Problem } from '../../../core/problems.ts';
import type { WaitingRule } from '../../../core/rules/engine.ts';
import type { SuppressedFinding } from '../../../core/rules/ignore.ts';

/** What one preflight found. */
export interface PreflightResult {
  /** URI of the descriptor. */
  readonly uri: string;
  readonly domain: string;
  readonly source: string;
  readonly destination: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly problems: readonly Problem[];
  readonly waiting: readonly WaitingRule[];
  /** Ids of rules that ran to their end. */
  readonly ran: readonly string[];
  /** Ids of rules that the file switches off. */
  readonly off: readonly string[];
  /** Findings that a comment ignores. */
  readonly ignored: readonly SuppressedFinding[];
  /** Why no plan could be made, beyond the problems. */
  readonly refusals: readonly Refusal[];
}

/** Ids of rules that ran and found nothing. */
export function passedRules({ ran, problems, ignored }: PreflightResult): readonly string[] {
  const found = new Set([
    ...problems.map((problem) => problem.code),
    ...ignored.map(({ problem }) => problem.code),
  ]);
  return ran.filter((id) => !found.has(id));
}

/** Does anything stand against a launch? */
export function refuses({ problems, refusals }: PreflightResult): boolean {
  return refusals.length > 0 || problems.some((problem) => problem.severity === 'error');
}
