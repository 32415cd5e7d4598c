import { render } from '../core/messages.ts';
import type { Message } from '../core/messages.ts';
import type { HostErrorKind } from './session.ts';

/**
 * Why a host could not be used. `kind` is for programs; `say` is the sentence to translate and
 * `message` the same in English. Neither ever holds a secret.
 */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly kind: HostErrorKind;
  /** Inventory name of the host. */
  readonly host: string;
  readonly say: Message;
  /** For `authentication`: what was tried, in order. */
  readonly attempts: readonly AuthAttempt[];

  constructor(
    kind: HostErrorKind,
    host: string,
    message: Message,
    detail: { readonly cause?: unknown; readonly attempts?: readonly AuthAttempt[] } = {},
  ) {
    super(render(message), detail.cause === undefined ? undefined : { cause: detail.cause });
    this.kind = kind;
    this.host = host;
    this.say = message;
    this.attempts = detail.attempts ?? [];
  }
}

/** One way to prove who we are, and how it ended. */
export interface AuthAttempt {
  readonly method: 'publickey' | 'agent' | 'password' | 'keyboard-interactive';
  /** A file, a fingerprint, the agent's socket: enough to find the key again. */
  readonly what: string;
  readonly result:
    | 'refused'
    | 'accepted-more-needed'
    | 'no-such-file'
    | 'unreadable'
    | 'not-a-key'
    | 'wrong-passphrase'
    | 'passphrase-needed'
    | 'agent-unreachable'
    | 'agent-empty'
    | 'cancelled'
    | 'not-offered';
}

/** The text of what the operating system or a library threw. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
