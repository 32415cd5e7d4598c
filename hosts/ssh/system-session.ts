import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from '../../core/messages.ts';
import type { Command } from '../../core/virsh/command.ts';
import { quoteArgv } from '../../core/virsh/quote.ts';
import { HostError, reasonOf } from '../host-error.ts';
import type { ExecOptions, ExecResult, HostSession } from '../session.ts';
import { givenUp, lost, notRun, timedOut, tooLarge } from './command-errors.ts';
import { resolveSettings } from './settings.ts';
import { systemSshError } from './system-error.ts';
import { destinationOf, systemSshOptions } from './system-options.ts';
import type { HostTarget, SshEnvironment } from './target.ts';

const defaultMaxOutput = 32 * 1024 * 1024;
/** Milliseconds. */
const limits = { look: 25, end: 2_000, lastWords: 64 * 1024 } as const;

/**
 * Connects with the machine's own `ssh`, for what the built-in client cannot do: FIDO keys,
 * certificates, GSSAPI. One master connection carries all commands (ssh_config(5) ControlMaster); it
 * asks no questions and refuses unknown host keys. The master ends with this process, whichever way
 * that ends: it waits for the end of its standard input.
 * @throws HostError as `connectHost` does
 */
export async function connectSystemSsh(
  target: HostTarget,
  environment: SshEnvironment,
  signal: AbortSignal = new AbortController().signal,
): Promise<HostSession> {
  const settings = resolveSettings(target, environment);
  const { name, connectTimeout } = settings;
  const folder = await mkdtemp(join(socketFolder(), 'lm-ssh-'));
  const socket = join(folder, 's');
  let master: Master | undefined;
  try {
    master = startMaster(socket, [
      ...systemSshOptions(target, environment, settings),
      '--',
      destinationOf(target),
      'cat >/dev/null',
    ]);
    // Connection and login each have their time, as in the built-in client.
    const until = performance.now() + 2 * connectTimeout;
    while (!existsSync(socket)) {
      if (signal.aborted)
        throw new HostError('cancelled', name, say('The connection to {0} was given up.', name));
      if (master.ended) throw systemSshError(name, master.lastWords());
      if (performance.now() > until)
        throw new HostError(
          'timeout',
          name,
          say('{0} does not finish the login within {1} s.', name, (2 * connectTimeout) / 1000),
        );
      await new Promise((done) => setTimeout(done, limits.look));
    }
    return new SystemSession(name, { master, socket, folder });
  } catch (error) {
    await master?.end();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A socket's path is short (108 bytes with the 17 that ssh adds while it makes it). */
function socketFolder(): string {
  const folder = tmpdir();
  return folder.length > 60 ? '/tmp' : folder;
}

interface Master {
  readonly ended: boolean;
  readonly exited: Promise<void>;
  /** What ssh wrote to its standard error. */
  lastWords(): string;
  end(): Promise<void>;
}

function startMaster(socket: string, args: readonly string[]): Master {
  const child = spawn('ssh', ['-M', '-T', '-o', `ControlPath=${socket}`, ...args], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-limits.lastWords);
  });
  let ended = false;
  const exited = new Promise<void>((done) => {
    const finish = (): void => {
      ended = true;
      done();
    };
    child.once('close', finish);
    child.once('error', (error) => {
      words += reasonOf(error);
      finish();
    });
  });
  return {
    get ended() {
      return ended;
    },
    exited,
    lastWords: () => words,
    end: async () => {
      if (ended) return;
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), limits.end);
      await exited;
      clearTimeout(force);
    },
  };
}

interface Parts {
  readonly master: Master;
  readonly socket: string;
  readonly folder: string;
}

/** A session over the machine's own ssh. */
class SystemSession implements HostSession {
  readonly host: string;
  readonly closed: Promise<void>;
  readonly #parts: Parts;
  /** Tells the end of a command apart from the end of its connection: ssh exits with 255 for both. */
  readonly #mark = `livemigrate-exit-${randomBytes(9).toString('hex')}:`;

  constructor(host: string, parts: Parts) {
    this.host = host;
    this.#parts = parts;
    this.closed = parts.master.exited.then(() =>
      rm(parts.folder, { recursive: true, force: true }).catch(() => undefined),
    );
  }

  async close(): Promise<void> {
    await this.#parts.master.end();
    await this.closed;
  }

  exec(command: Command, options: ExecOptions): Promise<ExecResult> {
    const { timeout, signal, maxOutput = defaultMaxOutput } = options;
    return new Promise((done, fail) => {
      if (this.#parts.master.ended) {
        fail(lost(this.host, command, undefined));
        return;
      }
      const child = this.#start(command);
      const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
      let settled = false;
      const settle = (finish: () => void): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        finish();
      };
      const giveUp = (error: HostError): void => {
        settle(() => {
          child.kill('SIGTERM');
          fail(error);
        });
      };
      const timer = setTimeout(() => {
        giveUp(timedOut(this.host, command, timeout));
      }, timeout);
      const abort = (): void => {
        giveUp(givenUp(this.host, command));
      };
      for (const stream of ['stdout', 'stderr'] as const) {
        let size = 0;
        child[stream]?.on('data', (chunk: Buffer) => {
          size += chunk.length;
          output[stream].push(chunk);
          if (!settled && stream === 'stdout') options.onStdout?.(chunk);
          if (size > maxOutput + this.#mark.length + 8)
            giveUp(tooLarge(this.host, command, maxOutput));
        });
      }
      child.once('error', (error) => {
        giveUp(notRun(this.host, command, error));
      });
      child.once('close', () => {
        settle(() => {
          const result = this.#result(output);
          if (result === undefined) fail(lost(this.host, command, undefined));
          else done(result);
        });
      });
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted === true) abort();
    });
  }

  #start(command: Command): ChildProcess {
    const reporting = `"$@"; s=$?; printf '\\n${this.#mark}%d\\n' "$s" >&2; exit "$s"`;
    const line = `env LC_ALL=C ${quoteArgv(['sh', '-c', reporting, 'livemigrate', ...command.argv])}`;
    const child = spawn(
      'ssh',
      [
        ...['-F', 'none', '-T', '-S', this.#parts.socket, '-o', 'ControlMaster=no'],
        // Without its master a command must not open a connection of its own.
        ...['-o', 'BatchMode=yes', '-o', 'ProxyCommand=false'],
        ...['--', 'master', line],
      ],
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    child.stdin.on('error', () => undefined);
    child.stdin.end(command.stdin ?? '');
    return child;
  }

  /** Undefined when the command did not say how it ended. */
  #result(output: {
    stdout: readonly Buffer[];
    stderr: readonly Buffer[];
  }): ExecResult | undefined {
    const stderr = Buffer.concat(output.stderr).toString('utf8');
    const at = stderr.lastIndexOf(`\n${this.#mark}`);
    const code = /^\d+/.exec(stderr.slice(at + 1 + this.#mark.length))?.[0];
    if (at < 0 || code === undefined) return undefined;
    return {
      code: Number(code),
      signal: undefined,
      stdout: Buffer.concat(output.stdout).toString('utf8'),
      stderr: stderr.slice(0, at),
    };
  }
}
