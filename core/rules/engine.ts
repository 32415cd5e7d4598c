import type { MigrationDescriptor } from '../descriptor/descriptor.ts';
import type { FactName, MigrationFacts } from '../facts/keys.ts';
import type { Message } from '../messages.ts';
import type { Problem } from '../problems.ts';

/** A rule that could not run, and why: shown as one code lens, never a guess and never silence. */
export interface WaitingRule {
  readonly id: string;
  readonly facts: readonly { readonly name: FactName; readonly why: Message; readonly host: string | undefined }[];
}

export interface CheckResult {
  readonly problems: readonly Problem[];
  readonly waiting: readonly WaitingRule[];
  /** Ids of rules that ran to their end. */
  readonly ran: readonly string[];
}

export interface CheckInput {
  readonly descriptor: MigrationDescriptor;
  readonly facts: MigrationFacts;
  /** Epoch milliseconds; a finding on facts older than `preflight.maxAge` becomes a hint. */
  readonly now: number | undefined;
}
