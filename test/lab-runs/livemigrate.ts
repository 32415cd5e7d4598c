import { spawn } from 'node:child_process';
import { join } from 'node:path';

const program = join(import.meta.dirname, '..', '..', 'dist', 'livemigrate.cjs');

export interface Answer {
  readonly code: number | null;
  /** Standard output and standard error as they came. */
  readonly said: string;
}

export interface Desk {
  readonly folder: string;
  readonly sshConfig: string;
  /** State folder, shared with whoever else works on these runs. */
  readonly state: string;
}

/** Runs the built command line in a workspace; it has two minutes. */
export function livemigrate(
  { folder, sshConfig, state }: Desk,
  args: readonly string[],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: folder,
      env: { ...process.env, LIVEMIGRATE_SSH_CONFIG: sshConfig, LIVEMIGRATE_STATE: state },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, said });
    });
  });
}
