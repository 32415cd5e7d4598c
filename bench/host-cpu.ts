/** CPU time that a lab host spends on anything but its guests. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHost } from '../test/lab/lab.ts';

/** Milliseconds a clock tick of /proc/PID/stat: USER_HZ is 100 on every Linux that the lab runs on. */
const tick = 10;

/**
 * Milliseconds of CPU since the host started, user and system. Lab hosts have no cgroup of their own,
 * but a process namespace each, so all there is of a host stands in its own /proc. A process's time
 * goes to its parent (`cutime`, `cstime`) when it is waited for, and every orphan is waited for by the
 * host's first process; so the sum over the living, with what they inherited, misses nothing that
 * ended meanwhile: sshd's children, virsh, the supervisor, every `sed`. QEMU is left out. When a QEMU
 * ends, its time comes back as inherited; hence the difference of two readings counts only when
 * no guest of the host ended between them. /proc is read from outside: nothing runs on the host for it.
 */
export function hostCpu(host: LabHost): number {
  const folder = `/proc/${String(host.init.pid)}/root/proc`;
  let ticks = 0;
  for (const name of readdirSync(folder)) {
    if (!/^\d+$/.test(name)) continue;
    let stat: string;
    try {
      stat = readFileSync(join(folder, name, 'stat'), 'utf8');
    } catch {
      continue; // ended meanwhile; its parent has its time
    }
    const end = stat.lastIndexOf(')');
    if (stat.slice(stat.indexOf('(') + 1, end).startsWith('qemu-system')) continue;
    // Fields 14 to 17 of proc(5): utime, stime, cutime, cstime.
    const fields = stat.slice(end + 2).split(' ');
    for (const field of fields.slice(11, 15)) ticks += Number(field);
  }
  return ticks * tick;
}
