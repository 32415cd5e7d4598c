import { spawn } from 'node:child_process';
import type { HostSession } from '../../../hosts/session.ts';

/**
 * This machine as a host: commands really run, without ssh. `path` replaces PATH, so that a test can
 * put its own virsh first; `shell` replaces `sh`.
 */
export function localSession(
  options: { readonly path?: string; readonly shell?: string } = {},
): HostSession {
  return {
    host: 'here',
    closed: new Promise(() => undefined),
    close: () => Promise.resolve(),
    exec: ({ argv, stdin }, { timeout }) =>
      new Promise((done, fail) => {
        const [program, ...args] = argv;
        const child = spawn(program === 'sh' ? (options.shell ?? 'sh') : program, args, {
          env: { ...process.env, LC_ALL: 'C', PATH: options.path ?? process.env['PATH'] },
          timeout,
        });
        const out: Buffer[] = [];
        const err: Buffer[] = [];
        child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
        child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
        child.on('error', fail);
        child.on('close', (code, signal) => {
          const text = (chunks: readonly Buffer[]): string =>
            Buffer.concat(chunks).toString('utf8');
          done({ code, signal: signal ?? undefined, stdout: text(out), stderr: text(err) });
        });
        child.stdin.on('error', () => undefined);
        child.stdin.end(stdin ?? '');
      }),
  };
}
