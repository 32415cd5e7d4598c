import { spawn } from 'node:child_process';
import { say } from '../../../core/messages.ts';
import type { Command } from '../../../core/virsh/command.ts';
import { HostError } from '../../../hosts/host-error.ts';
import type { Sessions } from '../../../hosts/run/links.ts';
import type { ExecOptions, ExecResult, HostSession } from '../../../hosts/session.ts';
import type { FakeHost } from './fake-virsh.ts';

/** What the link to a fake host does; a test changes it while a run goes on. */
export interface FakeLink {
  readonly host: FakeHost;
  /** Nothing gets through, in either direction. */
  down: boolean;
  /** Called with every command; `lose-before` and `lose-after` break the link around it. */
  intercept: (command: Command) => 'pass' | 'lose-before' | 'lose-after';
  readonly commands: Command[];
}

export function fakeLink(host: FakeHost): FakeLink {
  return { host, down: false, intercept: () => 'pass', commands: [] };
}

/** Sessions whose commands run on this machine, in the fake host's environment. */
export function fakeSessions(links: Readonly<Record<string, FakeLink>>): Sessions {
  return (name) => {
    const link = links[name];
    if (link === undefined || link.down) return Promise.reject(lost(name, 'unreachable'));
    return Promise.resolve(session(name, link));
  };
}

function session(name: string, link: FakeLink): HostSession {
  let end: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    host: name,
    closed,
    close: () => {
      end();
      return Promise.resolve();
    },
    async exec(command, options) {
      const fate = link.down ? 'lose-before' : link.intercept(command);
      if (fate === 'lose-before') throw lost(name, 'lost');
      link.commands.push(command);
      const result = await run(command, link, options);
      if (result === undefined) throw lost(name, 'lost');
      if (fate === 'lose-after') throw lost(name, 'lost');
      return result;
    },
  };
}

function lost(host: string, kind: 'lost' | 'unreachable'): HostError {
  return new HostError(kind, host, say('the link to {0} is down', host));
}

/** Undefined when the link went down while the command ran, or nobody waits for it any more. */
function run(
  { argv: [program, ...args], stdin }: Command,
  link: FakeLink,
  { signal, onStdout }: ExecOptions,
): Promise<ExecResult | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: link.host.env, stdio: 'pipe', timeout: 30_000 });
    let [stdout, stderr] = ['', ''];
    const drop = (): void => {
      child.kill();
      child.stdout.destroy();
      resolve(undefined);
    };
    signal?.addEventListener('abort', drop, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      // Only what tells for long is cut off half-way; an answer that is short comes as a whole.
      if (link.down && onStdout !== undefined) {
        drop();
        return;
      }
      stdout += chunk.toString();
      onStdout?.(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code, name) => {
      resolve({ code, signal: name ?? undefined, stdout, stderr });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin ?? '');
  });
}
