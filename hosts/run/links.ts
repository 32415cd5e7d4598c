import { setTimeout as delay } from 'node:timers/promises';
import { say } from '../../core/messages.ts';
import type { Command } from '../../core/virsh/command.ts';
import { HostError } from '../host-error.ts';
import type { ExecResult, HostSession } from '../session.ts';

/** Gives an open connection to a host of the inventory, a new one when the last has ended. */
export type Sessions = (host: string) => Promise<HostSession>;

/** The connections of one run. A connection that failed is given up; the next command opens anew. */
export interface Links {
  /** Throws what the session throws, after it was given up. */
  exec(host: string, command: Command, options: LinkOptions): Promise<ExecResult>;
}

export interface LinkOptions {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Gets standard output as it comes. */
  readonly onStdout?: ((chunk: Uint8Array) => void) | undefined;
}

export function createLinks(sessions: Sessions): Links {
  const open = new Map<string, HostSession>();
  const give = async (host: string, { timeout, signal }: LinkOptions): Promise<HostSession> => {
    const known = open.get(host);
    if (known !== undefined) return known;
    const session = await bounded(sessions(host), host, timeout, signal);
    open.set(host, session);
    void session.closed.then(() => {
      if (open.get(host) === session) open.delete(host);
    });
    return session;
  };
  return {
    async exec(host, command, options) {
      const session = await give(host, options);
      const { signal, timeout, onStdout } = options;
      try {
        return await session.exec(command, {
          timeout,
          onStdout,
          ...(signal === undefined ? {} : { signal }),
        });
      } catch (error) {
        if (!signal?.aborted) {
          open.delete(host);
          void session.close().catch(() => undefined);
        }
        throw error;
      }
    },
  };
}

/** Opening a connection is bounded as well, whoever opens it. */
async function bounded(
  session: Promise<HostSession>,
  host: string,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<HostSession> {
  const timer = new AbortController();
  const stop = signal === undefined ? timer.signal : AbortSignal.any([signal, timer.signal]);
  const late = delay(timeout, undefined, { signal: stop, ref: true }).then(() => {
    throw new HostError(
      'timeout',
      host,
      say('No connection to {0} within {1} s.', host, Math.round(timeout / 1000)),
    );
  });
  try {
    return await Promise.race([session, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
