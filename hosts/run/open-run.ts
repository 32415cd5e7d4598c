import { say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import { findRun, summarise } from './record.ts';
import type { RunRecord, RunSummary } from './record.ts';

/** A run that has not ended. */
export function openRun(input: {
  readonly id: string;
  readonly folder?: string | undefined;
}): { readonly record: RunRecord; readonly summary: RunSummary } | { readonly why: Message } {
  const record = findRun(input.id, input.folder === undefined ? {} : { folder: input.folder });
  const summary = record === undefined ? undefined : summarise(record.entries());
  if (record === undefined || summary === undefined) {
    return { why: say('There is no run {0}.', input.id) };
  }
  if (summary.outcome !== undefined) return { why: say('Run {0} has ended already.', input.id) };
  return { record, summary };
}
