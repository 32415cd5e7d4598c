/** Gives each lab host a share of the machine's cores that the others cannot take. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { LabHost } from '../test/lab/lab.ts';

/** Part of the machine that all hosts get together; the rest is for whoever asks them. */
const together = 0.6;
/** Microseconds: short, so that a host is not held up for long at a time. */
const period = 10_000;

export interface Shares {
  /** Cores of each host. */
  readonly each: number;
  /** Takes the bounds away again. Repeatable. */
  readonly end: () => void;
}

/**
 * Bounds the processes of each host, with what they start, by a control group: hosts then compete as
 * little for CPU as machines of their own do. Guests stay outside. Undefined where the kernel's CPU
 * controller is not at hand.
 */
export function shareOfCores(hosts: readonly LabHost[]): Shares | undefined {
  const controller = findController();
  if (controller === undefined) return undefined;
  const each = (availableParallelism() * together) / hosts.length;
  const groups: string[] = [];
  const end = (): void => {
    for (const group of groups.splice(0)) {
      for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n'))
        if (pid !== '') move(pid, controller.root);
      rmdirSync(group);
    }
  };
  try {
    for (const host of hosts) {
      const group = join(controller.root, `live-migrate-${host.name}-${String(process.pid)}`);
      mkdirSync(group);
      groups.push(group);
      controller.bound(group, Math.round(each * period));
      for (const pid of processesOf(host)) move(pid, group);
    }
  } catch (error) {
    end();
    throw error;
  }
  return { each, end };
}

interface Controller {
  readonly root: string;
  readonly bound: (group: string, quota: number) => void;
}

/** Version 2 where it holds the CPU controller, else version 1. */
function findController(): Controller | undefined {
  const second = '/sys/fs/cgroup';
  const enabled = join(second, 'cgroup.subtree_control');
  if (existsSync(enabled) && /\bcpu\b/.test(readFileSync(enabled, 'utf8')))
    return {
      root: second,
      bound: (group, quota) => {
        writeFileSync(join(group, 'cpu.max'), `${String(quota)} ${String(period)}`);
      },
    };
  const first = '/sys/fs/cgroup/cpu';
  if (existsSync(join(first, 'cpu.cfs_quota_us')) || existsSync(join(first, 'cgroup.procs')))
    return {
      root: first,
      bound: (group, quota) => {
        writeFileSync(join(group, 'cpu.cfs_period_us'), String(period));
        writeFileSync(join(group, 'cpu.cfs_quota_us'), String(quota));
      },
    };
  return undefined;
}

/** All of the host's process namespace but its guests, by their numbers here. */
function processesOf(host: LabHost): readonly string[] {
  const inside = namespaceOf(String(host.init.pid));
  return readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && namespaceOf(name) === inside && !isGuest(name),
  );
}

function namespaceOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

function isGuest(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('qemu-system');
  } catch {
    return false;
  }
}

function move(pid: string, group: string): void {
  try {
    writeFileSync(join(group, 'cgroup.procs'), pid);
  } catch (error) {
    // It ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
