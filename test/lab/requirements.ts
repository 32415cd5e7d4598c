import { existsSync } from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../scripts/debian-tools.ts';
import { locked } from './lock.ts';
import { CommandFailed, must } from './process.ts';

/** Why this machine cannot run the lab; every line says what is missing and what to do. */
export class LabImpossible extends Error {
  constructor(missing: readonly string[]) {
    super(`The lab cannot run here:\n${missing.map((line) => `  - ${line}`).join('\n')}`);
    this.name = 'LabImpossible';
  }
}

/** Programs the machine itself must have, and the Debian package each comes with. */
const PROGRAMS: ReadonlyMap<string, string> = new Map([
  ['mmdebstrap', 'mmdebstrap'],
  ['socat', 'socat'],
  ['ip', 'iproute2'],
  ['ssh', 'openssh-client'],
  ['ssh-keygen', 'openssh-client'],
  ['setpriv', 'util-linux'],
  ['unshare', 'util-linux'],
  ['nsenter', 'util-linux'],
  ['mount', 'mount'],
]);

/** What the lab asks of the machine. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly isRoot: boolean;
  readonly hasNetworkNamespaces: boolean;
  /** Whether a program is there. */
  has(program: string): boolean;
}

export function thisMachine(): Machine {
  return {
    platform: platform(),
    arch: arch(),
    isRoot: process.geteuid?.() === 0,
    hasNetworkNamespaces: existsSync('/proc/self/ns/net'),
    has: (program) => findProgram(program) !== undefined,
  };
}

/** Why a machine cannot run the lab and cannot be made to: all reasons at once. Empty when it can. */
export function obstacles(machine: Machine = thisMachine()): string[] {
  if (machine.platform !== 'linux') {
    return [`it needs Linux (network namespaces, overlayfs); this is ${machine.platform}.`];
  }
  const missing: string[] = [];
  if (machine.arch !== 'x64') {
    missing.push(`its hosts and guests are x86-64 programs; this machine is ${machine.arch}.`);
  }
  if (!machine.isRoot) {
    missing.push('it needs root (namespaces, mounts, veth pairs): run it with sudo.');
  }
  if (!machine.hasNetworkNamespaces) {
    missing.push('this kernel has no network namespaces (/proc/self/ns/net is missing).');
  }
  const absent = absentPackages(machine);
  if (absent.length > 0 && !machine.has('apt-get')) {
    missing.push(
      `it needs the Debian packages ${absent.join(', ')}, and there is no apt-get to install them ` +
        '(Debian and Ubuntu have it).',
    );
  }
  return missing;
}

/**
 * Installs what is missing of the few Debian packages the machine itself needs.
 * @throws LabImpossible when something is missing that cannot be installed
 */
export async function ensureRequirements(say: (line: string) => void): Promise<void> {
  const missing = obstacles();
  if (missing.length > 0) throw new LabImpossible(missing);
  if (neededPackages().length === 0) return;
  // Two labs of a fresh machine: apt-get update does not wait for another one.
  await locked(join(tmpdir(), 'live-migrate-lab-apt'), 1_200_000, () => install(say));
}

async function install(say: (line: string) => void): Promise<void> {
  const packages = neededPackages();
  if (packages.length === 0) return;
  say(`installing ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another apt may be at work on a fresh machine; apt itself waits for its lock.
  const apt = ['apt-get', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3', '-y', '-q'];
  try {
    await must([...apt, 'update'], { timeoutMs: 300_000, env });
  } catch (error) {
    // One broken source of the machine must not stop what the others can give; the install below tells.
    say(`apt-get update: ${(error as Error).message.split('\n')[0] ?? ''}`);
  }
  try {
    await must([...apt, 'install', '--no-install-recommends', ...packages], {
      timeoutMs: 600_000,
      env,
    });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new LabImpossible([
      `the packages ${packages.join(', ')} could not be installed: ${error.message}`,
    ]);
  }
  const still = absentPackages();
  if (still.length > 0) {
    throw new LabImpossible([`${still.join(', ')}: installed, but its programs are not in PATH.`]);
  }
}

/** Also the keys of Debian's archive, which are a package of their own on other distributions. */
function neededPackages(): string[] {
  const keys = existsSync('/usr/share/keyrings/debian-archive-keyring.gpg');
  return [...absentPackages(), ...(keys ? [] : ['debian-archive-keyring'])];
}

function absentPackages(machine = thisMachine()): string[] {
  const absent = [...PROGRAMS].filter(([program]) => !machine.has(program));
  return [...new Set(absent.map(([, name]) => name))];
}
