import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bringUp, takeDown } from './bring-up.ts';
import type { GuestOptions } from './domain-xml.ts';
import { type Guest, createImage, destroyGuest, startGuest, verifyDisk } from './guest.ts';
import { execOn } from './host.ts';
import { writeInventory } from './inventory.ts';
import { locked } from './lock.ts';
import { type Network, setLink } from './network.ts';
import { type Finished, identify, until } from './process.ts';
import {
  type LabHost,
  type LabState,
  privateFolder,
  readState,
  removeIfEmpty,
  stateFolder,
} from './state.ts';
import type { Suite } from './suites.ts';
import type { BlockReport } from './verify-blocks.ts';

export type { DiskOptions, GuestOptions } from './domain-xml.ts';
export type { Guest } from './guest.ts';
export type { Network } from './network.ts';
export type { Finished } from './process.ts';
export type { LabHost, LabState } from './state.ts';
export { LabImpossible, obstacles } from './requirements.ts';
export { type GuestReport, type Tick, flaws } from './ticks.ts';
export type { Suite } from './suites.ts';
export { type BlockReport, verifyBlocks } from './verify-blocks.ts';

export interface LabOptions {
  /** Hosts that must run. Default kvm01 and kvm02. */
  readonly hosts?: readonly string[];
  /** Debian release per host; trixie (13) where not said, bookworm (12) on request. */
  readonly suites?: Readonly<Record<string, Suite>>;
  /** Folder of the lab's state. Default: LIVEMIGRATE_LAB_STATE or `.lab/` in the project. */
  readonly stateDir?: string;
  /** A lab of this process alone, in a folder of its own: `close` takes it down. For tests. */
  readonly private?: boolean;
  readonly say?: (line: string) => void;
}

export interface ExecOptions {
  /** Milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  readonly input?: string;
}

/** A running lab. Every wait in it is bounded. */
export interface Lab extends LabState {
  host(name: string): LabHost;
  /** Runs a command (or, given a string, a script for /bin/sh) as the host's root. A non-zero exit is a result. */
  exec(host: string, command: readonly string[] | string, options?: ExecOptions): Promise<Finished>;
  /** Starts a guest and waits until its workload runs. `close` ends it, wherever it is then. */
  startGuest(host: string, options: GuestOptions): Promise<Guest>;
  /** Ends a guest on all hosts and removes its images. */
  destroyGuest(guest: Guest): Promise<void>;
  /** Makes an empty image; an error when there is one. */
  createImage(host: string, path: string, format: 'qcow2' | 'raw', sizeMiB: number): Promise<void>;
  /** Proves that every block the guest acknowledged is in the image. @param path default: its first disk's */
  verifyDisk(host: string, guest: Guest, path?: string): Promise<BlockReport>;
  /** Pulls the host's cable of one network; `management` also carries the ssh from this machine. */
  cutLink(host: string, network: Network): Promise<void>;
  restoreLink(host: string, network: Network): Promise<void>;
  /** SIGKILL, as in a crash: guests go on, migrations do not. */
  killLibvirtd(host: string): Promise<void>;
  startLibvirtd(host: string): Promise<void>;
  /** Writes a `kind: HostInventory` file for this lab. */
  writeInventory(path: string): void;
  /** Ends the guests started through this object and mends the links it cut; takes a private lab down. */
  close(): Promise<void>;
}

/** Brings the lab up, or takes the one that runs, and gives it to a program. */
export async function openLab(options: LabOptions = {}): Promise<Lab> {
  const isPrivate = options.private === true;
  if (isPrivate) await removeAbandonedLabs();
  const stateDir = isPrivate ? privateStateFolder() : stateFolder(options.stateDir);
  const state = await bringUp({
    stateDir,
    hosts: options.hosts ?? ['kvm01', 'kvm02'],
    suites: options.suites ?? {},
    say: options.say ?? (() => undefined),
  });
  return labOf(state, isPrivate);
}

/** The lab that runs with this state folder, without changing it; undefined when there is none. */
export function attachLab(stateDir?: string): Lab | undefined {
  const state = readState(stateFolder(stateDir));
  return state === undefined ? undefined : labOf(state, false);
}

function labOf(state: LabState, isPrivate: boolean): Lab {
  const guests = new Map<string, Guest>();
  const cut = new Map<string, readonly [LabHost, Network]>();
  const host = (name: string): LabHost => {
    const found = state.hosts.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`the lab has no host ${name}`);
    return found;
  };
  const exec: Lab['exec'] = (name, command, given = {}) =>
    execOn(host(name), command, { timeoutMs: 30_000, ...given });
  const destroy = async (guest: Guest): Promise<void> => {
    const images = guest.disks.filter((disk) => disk.create).map((disk) => disk.path);
    await destroyGuest(state.hosts, guest.name, images);
    guests.delete(guest.name);
  };
  const restoreLink = async (name: string, network: Network): Promise<void> => {
    await setLink(state.id, host(name).index, network, 'up');
    cut.delete(`${name} ${network}`);
  };
  return {
    ...state,
    host,
    exec,
    restoreLink,
    destroyGuest: destroy,
    async startGuest(name, guestOptions) {
      const guest = await startGuest(state.hosts, host(name), guestOptions);
      guests.set(guest.name, guest);
      return guest;
    },
    createImage: (name, path, format, sizeMiB) => createImage(host(name), path, format, sizeMiB),
    verifyDisk(name, guest, path = guest.disks[0]?.path) {
      if (path === undefined) throw new Error(`${guest.name} has no disk`);
      return verifyDisk(host(name), guest, path);
    },
    async cutLink(name, network) {
      cut.set(`${name} ${network}`, [host(name), network]);
      await setLink(state.id, host(name).index, network, 'down');
    },
    async killLibvirtd(name) {
      // The host has a process namespace of its own: this cannot meet another libvirtd.
      await exec(name, 'kill -KILL $(cat /run/libvirtd.pid)');
    },
    async startLibvirtd(name) {
      await exec(name, ['/usr/sbin/libvirtd', '--daemon']);
      await until(`${name}: libvirtd`, 20_000, async () =>
        (await exec(name, ['virsh', '-q', 'list'])).code === 0 ? true : undefined,
      );
    },
    writeInventory(path) {
      writeInventory(path, state.hosts);
    },
    async close() {
      if (isPrivate) {
        await removePrivate(state.stateDir);
        return;
      }
      for (const [owner, network] of cut.values()) await restoreLink(owner.name, network);
      for (const guest of guests.values()) await destroy(guest);
    },
  };
}

/** A new folder that names its owner: process number, start time, and a part that tells its labs apart. */
function privateStateFolder(): string {
  const startTime = identify(process.pid)?.startTime ?? '0';
  const unique = randomBytes(3).toString('hex');
  return join(privateFolder(), `${String(process.pid)}-${startTime}-${unique}`);
}

/** Takes down private labs whose process is gone; one process at a time, for two would trip over each other. */
export async function removeAbandonedLabs(): Promise<void> {
  const folder = privateFolder();
  if (!existsSync(folder)) return;
  await locked(join(tmpdir(), 'live-migrate-abandoned-labs'), 300_000, async () => {
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder)) {
      const [pid, startTime] = name.split('-');
      if (identify(Number(pid))?.startTime !== startTime) {
        await removePrivate(join(folder, name));
      }
    }
    removeEmptyFolders();
  });
}

/** A private lab's folder goes with all that tests put into it. */
async function removePrivate(stateDir: string): Promise<void> {
  await takeDown(stateDir);
  rmSync(stateDir, { recursive: true, force: true });
  removeEmptyFolders();
}

function removeEmptyFolders(): void {
  removeIfEmpty(privateFolder());
  removeIfEmpty(dirname(privateFolder()));
}
