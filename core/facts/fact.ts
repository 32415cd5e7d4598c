import type { Message } from '../messages.ts';

/** What one question to a host (or a file) answered, and when; or why there is no answer. */
export type Fact<T> = Known<T> | Unknown;

export interface Known<T> {
  readonly known: true;
  readonly value: T;
  /** Epoch milliseconds; `undefined` for what a file says (it does not age). */
  readonly at: number | undefined;
  /** The command or file that said so, for the evidence of a diagnostic. */
  readonly from: string;
  /** Inventory name of the host, `undefined` for a file. */
  readonly host: string | undefined;
}

export interface Unknown {
  readonly known: false;
  readonly why: Message;
  readonly host: string | undefined;
}

export function known<T>(value: T, source: Omit<Known<T>, 'known' | 'value'>): Known<T> {
  // A fact may be made from another one, whose own value must not come along.
  const { at, from, host } = source;
  return { known: true, value, at, from, host };
}

export function unknown(why: Message, host?: string): Unknown {
  return { known: false, why, host };
}
