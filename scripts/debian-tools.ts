/** Programs of Debian packages that tests and benchmarks need, installed where they are missing. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Milliseconds. */
const limits = { update: 300_000, install: 600_000 } as const;

/**
 * Makes sure that programs are there: by name, each with the Debian package that brings it.
 * @throws Error that names the missing packages, where they cannot be installed
 */
export function requireTools(
  tools: Readonly<Record<string, string>>,
  say: (line: string) => void = console.log,
): void {
  const absent = absentPackages(tools);
  if (absent.length === 0) return;
  if (process.geteuid?.() !== 0 || findProgram('apt-get') === undefined)
    throw new Error(`install ${absent.join(', ')} first (as root: apt-get install)`);
  say(`installing ${absent.join(' ')}`);
  // Another apt may be at work on a fresh machine; apt itself waits for its lock.
  const options = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3', '-y', '-q'];
  const apt = (args: readonly string[], timeout: number): string | undefined => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const result = spawnSync('apt-get', [...options, ...args], { env, timeout, encoding: 'utf8' });
    return result.status === 0 ? undefined : result.stderr.trim();
  };
  // One broken source of the machine must not stop what the others can give; the install tells.
  const updated = apt(['update'], limits.update);
  if (updated !== undefined) say(`apt-get update: ${updated}`);
  const installed = apt(['install', '--no-install-recommends', ...absent], limits.install);
  const still = absentPackages(tools);
  if (still.length > 0)
    throw new Error(`${still.join(', ')} could not be installed: ${installed ?? 'not in PATH'}`);
}

function absentPackages(tools: Readonly<Record<string, string>>): string[] {
  const absent = Object.entries(tools).filter(([program]) => findProgram(program) === undefined);
  return [...new Set(absent.map(([, name]) => name))];
}

/** Full path of a program. The system folders count even when a user's PATH lacks them. */
export function findProgram(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
