import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import type { Command } from '../../core/virsh/command.ts';
import { quoteArgv } from '../../core/virsh/quote.ts';
import { reasonOf } from '../host-error.ts';
import type { HostError } from '../host-error.ts';
import type { ExecOptions, ExecResult, HostSession } from '../session.ts';
import { endedSilently, givenUp, lost, notRun, timedOut, tooLarge } from './command-errors.ts';

/** sshd allows 10 channels on a connection (MaxSessions); two are left for others. */
const maxChannels = 8;
const defaultMaxOutput = 32 * 1024 * 1024;
/** Milliseconds for a polite end before the socket is torn down. */
const closeGrace = 1_000;

interface SessionParts {
  readonly host: string;
  readonly client: Client;
  readonly stream: Duplex;
  /** The connection that this one goes through; it ends with it. */
  readonly jump: SshSession | undefined;
}

/** A session over ssh2. */
export class SshSession implements HostSession {
  readonly host: string;
  readonly client: Client;
  readonly closed: Promise<void>;
  readonly #stream: Duplex;
  #lost: string | undefined;
  #ended = false;
  #free = maxChannels;
  readonly #queue: (() => void)[] = [];
  /** What to tell the commands that run when the connection ends. */
  readonly #onEnd = new Set<() => void>();

  constructor({ host, client, stream, jump }: SessionParts) {
    this.host = host;
    this.client = client;
    this.#stream = stream;
    client.on('error', (error) => {
      this.#lost ??= reasonOf(error);
    });
    this.closed = new Promise((done) => {
      const finish = (): void => {
        if (this.#ended) return;
        this.#ended = true;
        for (const next of this.#queue.splice(0)) next();
        for (const tell of [...this.#onEnd]) tell();
        stream.destroy();
        if (jump === undefined) done();
        else void jump.close().then(done);
      };
      client.once('close', finish);
      // A channel through a jump host, or a proxy command, may end without ssh2 noticing.
      stream.once('close', finish);
    });
  }

  async exec(command: Command, options: ExecOptions): Promise<ExecResult> {
    const deadline = performance.now() + options.timeout;
    await this.#channelSlot(command, options);
    try {
      return await this.#run(
        command,
        { ...options, timeout: deadline - performance.now() },
        options.timeout,
      );
    } finally {
      this.#free++;
      this.#queue.shift()?.();
    }
  }

  async close(): Promise<void> {
    if (!this.#ended) {
      this.client.end();
      const grace = setTimeout(() => {
        this.client.destroy();
        this.#stream.destroy();
      }, closeGrace);
      await this.closed;
      clearTimeout(grace);
    }
    await this.closed;
  }

  /** Waits for a free channel, as long as the command's own time allows. */
  #channelSlot(command: Command, { timeout, signal }: ExecOptions): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve();
    }
    return new Promise((done, fail) => {
      const leave = (error: HostError): void => {
        const at = this.#queue.indexOf(enter);
        if (at >= 0) this.#queue.splice(at, 1);
        finish();
        fail(error);
      };
      const timer = setTimeout(() => {
        leave(timedOut(this.host, command, timeout));
      }, timeout);
      const abort = (): void => {
        leave(givenUp(this.host, command));
      };
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const enter = (): void => {
        finish();
        this.#free--;
        done();
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#queue.push(enter);
    });
  }

  #run(command: Command, options: ExecOptions, wholeTimeout: number): Promise<ExecResult> {
    const { timeout, signal, maxOutput = defaultMaxOutput } = options;
    return new Promise((done, fail) => {
      let channel: ClientChannel | undefined;
      let settled = false;
      const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
      const sizes = { stdout: 0, stderr: 0 };
      const settle = (finish: () => void): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#onEnd.delete(connectionLost);
        finish();
      };
      const giveUp = (error: HostError): void => {
        settle(() => {
          if (channel !== undefined) abandon(channel);
          fail(error);
        });
      };
      const connectionLost = (): void => {
        giveUp(this.#lostError(command));
      };
      const timer = setTimeout(
        () => {
          giveUp(timedOut(this.host, command, wholeTimeout));
        },
        Math.max(0, timeout),
      );
      const abort = (): void => {
        giveUp(givenUp(this.host, command));
      };
      if (signal?.aborted === true) {
        abort();
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      if (this.#ended) {
        connectionLost();
        return;
      }
      this.#onEnd.add(connectionLost);
      const collect = (name: 'stdout' | 'stderr') => (chunk: Buffer) => {
        if (settled) return;
        sizes[name] += chunk.length;
        if (sizes[name] > maxOutput) giveUp(tooLarge(this.host, command, maxOutput));
        else {
          output[name].push(chunk);
          if (name === 'stdout') options.onStdout?.(chunk);
        }
      };
      let exit: { code: number | null; signal: string | undefined } | undefined;
      const opened = (error: Error | undefined, stream: ClientChannel): void => {
        if (error !== undefined) {
          if (this.#ended) connectionLost();
          else giveUp(notRun(this.host, command, error));
          return;
        }
        channel = stream;
        if (settled) {
          abandon(stream);
          return;
        }
        stream.on('data', collect('stdout'));
        stream.stderr.on('data', collect('stderr'));
        stream.on('error', () => undefined);
        stream.stderr.on('error', () => undefined);
        stream.on('exit', (code: number | null, name?: string) => {
          exit = { code, signal: name };
        });
        // The exit status comes before the last output, so only the end of the channel is the end.
        stream.once('close', () => {
          settle(() => {
            if (exit === undefined) {
              fail(this.#lostError(command));
              return;
            }
            const text = (name: 'stdout' | 'stderr'): string =>
              Buffer.concat(output[name]).toString('utf8');
            done({ ...exit, stdout: text('stdout'), stderr: text('stderr') });
          });
        });
        stream.end(command.stdin ?? '');
      };
      try {
        // sshd may refuse environment variables, so the locale is part of the command.
        this.client.exec(`env LC_ALL=C ${quoteArgv(command.argv)}`, opened);
      } catch (error) {
        giveUp(notRun(this.host, command, error));
      }
    });
  }

  #lostError(command: Command): HostError {
    return this.#ended ? lost(this.host, command, this.#lost) : endedSilently(this.host, command);
  }
}

/** Ends a command nobody waits for any more. */
function abandon(channel: ClientChannel): void {
  channel.on('error', () => undefined);
  channel.resume();
  channel.stderr.resume();
  try {
    channel.signal('TERM');
    channel.close();
  } catch {
    // The connection has gone and the channel with it.
  }
}
