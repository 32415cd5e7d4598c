import { createHash } from 'node:crypto';
import {
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Daemon } from './process.ts';
import type { Suite } from './suites.ts';

/** One host of the lab as `lab.json` describes it. */
export interface LabHost {
  readonly name: string;
  /** Debian release the host runs, for example `trixie`. */
  readonly suite: string;
  /** Position in the lab from 1 on: last number of its addresses and interface names. */
  readonly index: number;
  /** Port on 127.0.0.1 that leads to the host's sshd. */
  readonly sshPort: number;
  /** Network `management`: ssh and libvirt; the host's own name resolves to it. */
  readonly managementAddress: string;
  /** Network `migration`: for `migrateUri: tcp://…`. */
  readonly migrationAddress: string;
  /** The UUID libvirt says the host has. */
  readonly uuid: string;
  /** PID 1 of the host, numbered as the machine numbers it. */
  readonly init: Daemon;
  /** The socat that listens on {@link sshPort}, and the one in the switch's namespace behind it. */
  readonly listeners: readonly Daemon[];
  readonly libvirtVersion: string;
  readonly qemuVersion: string;
  /** Folder of this machine that the host sees as /var/lib/libvirt/images. */
  readonly imagesDir: string;
  /** Folder of this machine that the host sees as /var/log/guests (serial consoles). */
  readonly serialDir: string;
  /** Folders of the cache the host stands on; a host on an older recipe is made anew by the next `up`. */
  readonly userland: string;
  readonly kit: string;
}

/** A host that is to run. */
export interface HostPlan {
  readonly labId: string;
  readonly stateDir: string;
  readonly name: string;
  readonly suite: Suite;
  readonly index: number;
  /** Folders of the cache the host stands on. */
  readonly userland: string;
  readonly kit: string;
}

/** `lab.json`: everything about a running lab. */
export interface LabState {
  readonly id: string;
  readonly stateDir: string;
  readonly sshConfig: string;
  readonly identityFile: string;
  readonly knownHosts: string;
  /** Folder of this machine that every host sees as /srv/shared. */
  readonly sharedDir: string;
  readonly hosts: readonly LabHost[];
}

const projectRoot = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** The state folder: the argument, LIVEMIGRATE_LAB_STATE, or `.lab/` in the project. */
export function stateFolder(explicit?: string): string {
  return resolve(explicit ?? process.env['LIVEMIGRATE_LAB_STATE'] ?? join(projectRoot, '.lab'));
}

/** Where userlands are kept between labs: LIVEMIGRATE_LAB_CACHE or `~/.cache/live-migrate-lab`. */
export function cacheFolder(): string {
  return resolve(
    process.env['LIVEMIGRATE_LAB_CACHE'] ?? join(homedir(), '.cache', 'live-migrate-lab'),
  );
}

/** Folder in which `openLab({ private: true })` makes its state folders. */
export function privateFolder(): string {
  return join(projectRoot, '.lab', 'private');
}

/** Short id of the lab whose state is in `stateDir`; namespaces and processes carry it. */
export function labId(stateDir: string): string {
  const real = existsSync(stateDir) ? realpathSync(stateDir) : stateDir;
  return createHash('sha256').update(real).digest('hex').slice(0, 8);
}

export function readState(stateDir: string): LabState | undefined {
  try {
    return JSON.parse(readFileSync(join(stateDir, 'lab.json'), 'utf8')) as LabState;
  } catch (error) {
    if (error instanceof SyntaxError || isMissing(error)) return undefined;
    throw error;
  }
}

export function writeState(state: LabState): void {
  writeAtomically(join(state.stateDir, 'lab.json'), `${JSON.stringify(state, undefined, 2)}\n`);
}

/** A reader sees the old text or the new one, never a part. */
export function writeAtomically(path: string, text: string, mode = 0o644): void {
  const temporary = `${path}.${String(process.pid)}.new`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, path);
}

/** Removes a folder only when nothing is in it, also when another lab puts something there at this moment. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY') throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ENOENT';
}
