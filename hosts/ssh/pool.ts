import { say } from '../../core/messages.ts';
import { HostError } from '../host-error.ts';
import type { HostSession } from '../session.ts';
import { Prompts } from './prompts.ts';
import { connectByRoute } from './route.ts';
import type { HostTarget, SshEnvironment } from './target.ts';

/** One connection for each host, made when it is first needed and again after it was lost. */
export interface HostPool {
  /** The open connection to a host, or a new one. Throws HostError. */
  readonly session: (target: HostTarget, signal?: AbortSignal) => Promise<HostSession>;
  /** The connection as far as there is one; asks nobody and opens nothing. */
  readonly current: (target: HostTarget) => HostSession | undefined;
  /** Ends the connection to one host, if there is one. */
  readonly disconnect: (target: HostTarget) => Promise<void>;
  /** Ends all connections; later requests are refused. */
  readonly close: () => Promise<void>;
}

interface Entry {
  readonly connecting: Promise<HostSession>;
  readonly cancel: AbortController;
  waiting: number;
  open: HostSession | undefined;
}

export function openHosts(environment: SshEnvironment): HostPool {
  const prompts = new Prompts();
  const entries = new Map<string, Entry>();
  let closed = false;

  const begin = (target: HostTarget): Entry => {
    const key = keyOf(target);
    const cancel = new AbortController();
    const connecting = connectByRoute(target, environment, { prompts, signal: cancel.signal });
    const entry: Entry = { connecting, cancel, waiting: 0, open: undefined };
    const forget = (): void => {
      if (entries.get(key) === entry) entries.delete(key);
    };
    connecting.then((session) => {
      entry.open = session;
      void session.closed.then(forget);
    }, forget);
    entries.set(key, entry);
    return entry;
  };

  const end = async (entry: Entry): Promise<void> => {
    entry.cancel.abort();
    const session = await entry.connecting.catch(() => undefined);
    await session?.close();
  };

  return {
    async session(target, signal) {
      const cancelled = (): HostError =>
        new HostError(
          'cancelled',
          target.name,
          say('The connection to {0} was given up.', target.name),
        );
      if (closed || isAborted(signal)) throw cancelled();
      const entry = entries.get(keyOf(target)) ?? begin(target);
      entry.waiting++;
      try {
        return await withSignal(entry.connecting, signal, cancelled);
      } finally {
        // The last one who waits for a connection takes it along when giving up.
        if (--entry.waiting === 0 && isAborted(signal) && entry.open === undefined)
          entry.cancel.abort();
      }
    },
    current: (target) => entries.get(keyOf(target))?.open,
    async disconnect(target) {
      const entry = entries.get(keyOf(target));
      if (entry !== undefined) await end(entry);
    },
    async close() {
      closed = true;
      await Promise.all([...entries.values()].map(end));
    },
  };
}

function keyOf({ name, address, port, user, jumpHost }: HostTarget): string {
  const jump = typeof jumpHost === 'object' ? keyOf(jumpHost) : jumpHost;
  return JSON.stringify([name, address, port, user, jump]);
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** Leaves the work to the others who wait for it when this one gives up. */
async function withSignal<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  cancelled: () => Error,
): Promise<T> {
  if (signal === undefined) return work;
  let abort = (): void => undefined;
  const given = new Promise<never>((_, fail) => {
    abort = () => {
      fail(cancelled());
    };
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, given]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
