import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Owner } from './entry.ts';

/** This process as the owner of one run; make a new one for each. */
export function thisProcess(program: Owner['program']): Owner {
  return {
    pid: process.pid,
    birth: birthOf(process.pid) ?? '',
    program,
    claim: randomBytes(8).toString('hex'),
  };
}

/** Is that very process still there? A process of another boot or with a reused number is not. */
export function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: there is such a process, of another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  // Without /proc (macOS) the number alone must do.
  return owner.birth === '' || birthOf(owner.pid) === owner.birth;
}

/** Boot id and start time, from proc(5); undefined where there is no /proc. */
function birthOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name in parentheses may hold anything; the fields after it are numbers. Field 22.
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${start}`;
  } catch {
    return undefined;
  }
}
