import type { Command } from '../core/virsh/command.ts';

/** What a finished remote command gave. `code` is null when a signal ended it. */
export interface ExecResult {
  readonly code: number | null;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecOptions {
  /** Milliseconds until the command is given up; every wait has a bound. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
  /** Bytes of stdout or stderr above which the command is given up. Default 32 MiB. */
  readonly maxOutput?: number;
  /** Gets standard output as it comes; the result holds all of it nevertheless. */
  readonly onStdout?: ((chunk: Uint8Array) => void) | undefined;
}

/** One authenticated connection to one host. Commands run with LC_ALL=C. */
export interface HostSession {
  /** Inventory name of the host. */
  readonly host: string;
  /** Runs a command; a non-zero exit is a result, not an error. Throws HostError otherwise. */
  exec(command: Command, options: ExecOptions): Promise<ExecResult>;
  /** Resolves (never rejects) when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** Why a host could not be used. `kind` is for programs, the message for people. */
export type HostErrorKind =
  | 'unresolvable'
  | 'unreachable'
  | 'refused'
  | 'timeout'
  | 'protocol'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'host-key-revoked'
  | 'known-hosts-unreadable'
  | 'authentication'
  | 'lost'
  | 'output-too-large'
  /** The ssh configuration asks for something that is refused or cannot be. */
  | 'configuration'
  /** The host was reached but did not do what was asked, or it would be dangerous to ask. */
  | 'operation'
  | 'cancelled';
