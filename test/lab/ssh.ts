import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './process.ts';
import type { LabHost } from './state.ts';
import { writeAtomically } from './state.ts';
import { address } from './network.ts';

/** Makes a key pair at `path` unless it is there. */
export async function ensureKey(
  labId: string,
  path: string,
  key: { readonly comment: string; readonly type?: 'ed25519' | 'ecdsa' },
): Promise<void> {
  if (existsSync(path) && existsSync(`${path}.pub`)) return;
  await must(
    ['ssh-keygen', '-q', '-t', key.type ?? 'ed25519', '-N', '', '-C', key.comment, '-f', path],
    {
      timeoutMs: 20_000,
      lab: labId,
      input: 'y\n',
    },
  );
}

/** The key without its comment: `type base64`. */
export function publicKey(path: string): string {
  return readFileSync(`${path}.pub`, 'utf8').trim().split(' ').slice(0, 2).join(' ');
}

/** What the hosts of a lab must know of each other to be told apart and let in. */
export interface Acquaintance {
  readonly name: string;
  readonly index: number;
  /** `type base64` of each of the host's own keys. */
  readonly hostKeys: readonly string[];
  /** `type base64` of its root's key. */
  readonly rootKey: string;
}

/**
 * Writes what all hosts share, as /etc/lab: `hosts` (names to management addresses), `known_hosts`, `authorized_keys`.
 * A host that joins later is known to the others at once.
 */
export function writeTrust(
  folder: string,
  hosts: readonly Acquaintance[],
  clientKey: string,
): void {
  mkdirSync(folder, { recursive: true });
  // sshd refuses a key file in a folder that others may write.
  chmodSync(folder, 0o755);
  const names = hosts.map((host) => `${address('management', host.index)}\t${host.name}`);
  writeAtomically(join(folder, 'hosts'), `127.0.0.1\tlocalhost\n${names.join('\n')}\n`);
  const known = hosts.flatMap((host) =>
    host.hostKeys.map((key) => {
      const addresses = [address('management', host.index), address('migration', host.index)];
      return `${[host.name, ...addresses].join(',')} ${key}`;
    }),
  );
  writeAtomically(join(folder, 'known_hosts'), `${known.join('\n')}\n`);
  const allowed = [clientKey, ...hosts.map((host) => host.rootKey)];
  writeAtomically(join(folder, 'authorized_keys'), `${allowed.join('\n')}\n`, 0o600);
}

/** Writes the machine's side: an ssh_config and a known_hosts that any client can use as they are. */
export function writeClientFiles(
  files: {
    readonly sshConfig: string;
    readonly knownHosts: string;
    readonly identityFile: string;
  },
  hosts: readonly { readonly host: LabHost; readonly hostKeys: readonly string[] }[],
): void {
  const config = hosts.map(({ host }) =>
    [
      `Host ${host.name}`,
      '  HostName 127.0.0.1',
      `  Port ${String(host.sshPort)}`,
      '  User root',
      `  IdentityFile ${quoted(files.identityFile)}`,
      '  IdentitiesOnly yes',
      `  UserKnownHostsFile ${quoted(files.knownHosts)}`,
      '  GlobalKnownHostsFile /dev/null',
      '  StrictHostKeyChecking yes',
      '  ConnectTimeout 10',
      '',
    ].join('\n'),
  );
  writeAtomically(files.sshConfig, config.join('\n'));
  const known = hosts.flatMap(({ host, hostKeys }) =>
    hostKeys.map((key) => `[127.0.0.1]:${String(host.sshPort)} ${key}\n`),
  );
  writeAtomically(files.knownHosts, known.join(''));
  giveToCaller([files.sshConfig, files.knownHosts, files.identityFile]);
}

/** Under sudo the files are for the user who called it; ssh wants a private key to be the user's own. */
function giveToCaller(paths: readonly string[]): void {
  const uid = Number(process.env['SUDO_UID']);
  const gid = Number(process.env['SUDO_GID']);
  if (!Number.isInteger(uid) || !Number.isInteger(gid) || uid === 0) return;
  for (const path of paths) chownSync(path, uid, gid);
}

/** A path with blanks needs quotes in ssh_config. */
function quoted(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}

/** A folder with exactly this mode, whatever the umask: sshd is strict about it. */
export function ensureFolder(path: string, mode: number): void {
  mkdirSync(path, { recursive: true, mode });
  chmodSync(path, mode);
}

/** A file with exactly this mode, whatever the umask. */
export function writeFile(path: string, text: string, mode = 0o644): void {
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
}
