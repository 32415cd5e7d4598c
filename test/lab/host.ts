import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeHostFiles } from './host-files.ts';
import {
  address,
  hostNamespace,
  makeHostNetwork,
  namespacesOf,
  removeNamespace,
  switchNamespace,
} from './network.ts';
import {
  type Daemon,
  type Finished,
  type RunOptions,
  MARK,
  end,
  identify,
  isAlive,
  markedProcesses,
  run,
  until,
} from './process.ts';
import { type Acquaintance, ensureKey, publicKey } from './ssh.ts';
import type { LabHost } from './state.ts';
import type { Suite } from './userland.ts';

const HOST_INIT = fileURLToPath(new URL('host-init.sh', import.meta.url));
const KEY_TYPES = ['ed25519', 'ecdsa'] as const;

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

/** Folders of a lab's state. */
export function folders(stateDir: string): {
  readonly shared: string;
  readonly trust: string;
  readonly host: (name: string) => string;
} {
  return {
    shared: join(stateDir, 'shared'),
    trust: join(stateDir, 'trust'),
    host: (name) => join(stateDir, 'hosts', name),
  };
}

/** Makes the host's own keys; they must be known to the others before it starts. */
export async function makeHostKeys(
  stateDir: string,
  plan: { readonly name: string; readonly index: number },
): Promise<Acquaintance> {
  const seed = join(folders(stateDir).host(plan.name), 'seed');
  mkdirSync(join(seed, 'etc/ssh'), { recursive: true });
  mkdirSync(join(seed, 'root/.ssh'), { recursive: true });
  const hostKeys = KEY_TYPES.map((type) => join(seed, 'etc/ssh', `ssh_host_${type}_key`));
  const rootKey = join(seed, 'root/.ssh/id_ed25519');
  await Promise.all([
    ...KEY_TYPES.map((type, at) => ensureKey(hostKeys[at] ?? '', `root@${plan.name}`, type)),
    ensureKey(rootKey, `root@${plan.name}`),
  ]);
  return {
    name: plan.name,
    index: plan.index,
    hostKeys: hostKeys.map(publicKey),
    rootKey: publicKey(rootKey),
  };
}

/**
 * Starts a host and waits until its libvirtd answers and its sshd greets through the forwarded port.
 * @throws Error with the host's own log when it does not come up
 */
export async function startHost(plan: HostPlan): Promise<LabHost> {
  const { shared, trust, host } = folders(plan.stateDir);
  const folder = host(plan.name);
  const uuid = randomUUID();
  const imagesDir = join(folder, 'images');
  const serialDir = join(folder, 'serial');
  for (const path of [imagesDir, serialDir, shared]) mkdirSync(path, { recursive: true });
  writeHostFiles(join(folder, 'seed'), { name: plan.name, uuid, suite: plan.suite });
  await makeHostNetwork(plan.labId, plan.name, plan.index);

  const log = join(folder, 'boot.log');
  background(
    plan,
    [
      ...['ip', 'netns', 'exec', hostNamespace(plan.labId, plan.name)],
      ...['unshare', '--mount', '--uts', '--pid', '--ipc', '--fork', '--kill-child'],
      ...['/bin/sh', HOST_INIT, plan.userland, folder, shared, trust, plan.kit, plan.name],
    ],
    log,
  );
  try {
    const init = await until(`${plan.name}: its first process`, 10_000, () =>
      initOf(join(folder, 'init.pid')),
    );
    const [versions, forwarded] = await Promise.all([
      waitForLibvirt(plan.name, init),
      forward(plan, folder),
    ]);
    return {
      name: plan.name,
      suite: plan.suite,
      index: plan.index,
      ...forwarded,
      managementAddress: address('management', plan.index),
      migrationAddress: address('migration', plan.index),
      uuid,
      init,
      ...versions,
      imagesDir,
      serialDir,
      userland: plan.userland,
      kit: plan.kit,
    };
  } catch (error) {
    const said = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').slice(-15) : [];
    throw new Error(
      `${plan.name} did not come up: ${(error as Error).message}\n${said.join('\n')}`,
      {
        cause: error,
      },
    );
  }
}

/** Ends a host, whatever state it is in, and removes what belongs to it. */
export async function removeHost(labId: string, stateDir: string, name: string): Promise<void> {
  const outside = markedProcesses(labId).filter((daemon) => daemon.host === name);
  const left = await end(outside, 5000);
  if (left.length > 0) {
    throw new Error(`${name}: processes ${left.map((d) => String(d.pid)).join(', ')} do not end`);
  }
  const namespace = hostNamespace(labId, name);
  if (namespacesOf(labId).includes(namespace)) await removeNamespace(namespace);
  rmSync(folders(stateDir).host(name), { recursive: true, force: true, maxRetries: 5 });
}

/** Runs a command inside the host, as its root. A string is a script for the host's /bin/sh. */
export function execOn(
  host: { readonly name: string; readonly init: Daemon },
  command: readonly string[] | string,
  options: RunOptions,
): Promise<Finished> {
  if (!isAlive(host.init)) throw new Error(`${host.name} is not running`);
  const argv = typeof command === 'string' ? ['/bin/sh', '-c', command] : command;
  return run(
    ['nsenter', '-m', '-u', '-i', '-n', '-p', '-t', String(host.init.pid), '--', ...argv],
    {
      ...options,
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: '/root',
        LC_ALL: 'C',
        ...options.env,
      },
    },
  );
}

/** Whether libvirtd answers and sshd greets, on the recipe of now. */
export async function isHealthy(host: LabHost, plan: HostPlan): Promise<boolean> {
  if (!isAlive(host.init) || !host.listeners.every(isAlive)) return false;
  if (host.suite !== plan.suite || host.userland !== plan.userland || host.kit !== plan.kit) {
    return false;
  }
  try {
    const [answer, banner] = await Promise.all([
      execOn(host, ['virsh', '-q', 'list'], { timeoutMs: 5000 }),
      greeting(host.sshPort, 3000),
    ]);
    return answer.code === 0 && banner !== undefined;
  } catch {
    return false;
  }
}

async function waitForLibvirt(
  name: string,
  init: Daemon,
): Promise<Pick<LabHost, 'libvirtVersion' | 'qemuVersion'>> {
  return await until(
    `${name}: libvirtd`,
    30_000,
    async () => {
      if (!isAlive(init)) throw new Error('its init ended');
      const answer = await execOn({ name, init }, ['virsh', 'version', '--daemon'], {
        timeoutMs: 10_000,
      });
      const libvirtVersion = /daemon: (\S+)/.exec(answer.stdout)?.[1];
      const qemuVersion = /hypervisor: QEMU (\S+)/.exec(answer.stdout)?.[1];
      return libvirtVersion === undefined || qemuVersion === undefined
        ? undefined
        : { libvirtVersion, qemuVersion };
    },
    50,
  );
}

/**
 * Leads a free port of 127.0.0.1 to the host's sshd: one socat listens there and hands over through a socket file to one
 * in the switch's namespace. So the way in goes over the host's management cable and ends when that is cut.
 */
async function forward(
  plan: HostPlan,
  folder: string,
): Promise<Pick<LabHost, 'sshPort' | 'listeners'>> {
  const log = join(folder, 'forward.log');
  const target = `TCP:${address('management', plan.index)}:22,connect-timeout=10`;
  // Relative paths: the address of a socket file may have 107 bytes only.
  const inner = background(
    plan,
    [
      ...['ip', 'netns', 'exec', switchNamespace(plan.labId)],
      ...['socat', 'UNIX-LISTEN:sshd.socket,fork,unlink-early', target],
    ],
    log,
    folder,
  );
  for (let attempt = 1; ; attempt++) {
    const sshPort = await freePort();
    const outer = background(
      plan,
      [
        ...['socat', `TCP-LISTEN:${String(sshPort)},bind=127.0.0.1,fork,reuseaddr,backlog=64`],
        'UNIX-CONNECT:sshd.socket',
      ],
      log,
      folder,
    );
    try {
      await until(`${plan.name}: sshd through port ${String(sshPort)}`, 15_000, () => {
        // Somebody took the port between asking for a free one and listening.
        if (!isAlive(outer)) throw new Error(`port ${String(sshPort)} was taken`);
        return greeting(sshPort, 1000);
      });
      return { sshPort, listeners: [inner, outer] };
    } catch (error) {
      await end([outer], 2000);
      if (isAlive(inner) && attempt < 4 && (error as Error).message.endsWith('was taken')) continue;
      throw error;
    }
  }
}

/** The first line sshd sends; undefined when none comes in time. */
function greeting(port: number, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const done = (value: string | undefined): void => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(timeoutMs, () => {
      done(undefined);
    });
    socket.on('error', () => {
      done(undefined);
    });
    socket.on('close', () => {
      done(undefined);
    });
    socket.once('data', (data) => {
      const text = data.toString();
      done(text.startsWith('SSH-') ? text : undefined);
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const at = server.address();
      server.close(() => {
        if (at !== null && typeof at === 'object') resolve(at.port);
        else reject(new Error('no free port'));
      });
    });
  });
}

/** Starts a process that outlives this one, marked as the lab's. */
function background(
  plan: HostPlan,
  command: readonly string[],
  log: string,
  cwd = plan.stateDir,
): Daemon {
  const [file, ...args] = command;
  const out = openSync(log, 'a');
  try {
    const child = spawn(file ?? '', args, {
      cwd,
      detached: true,
      stdio: ['ignore', out, out],
      env: { ...process.env, [MARK]: `${plan.labId}/${plan.name}` },
    });
    child.unref();
    // Not found, not permitted: whoever waits for what it should do sees the log and the bound.
    child.on('error', () => undefined);
    const daemon = child.pid === undefined ? undefined : identify(child.pid);
    if (daemon === undefined) throw new Error(`${command.join(' ')} does not start`);
    return daemon;
  } finally {
    closeSync(out);
  }
}

function initOf(pidFile: string): Daemon | undefined {
  if (!existsSync(pidFile)) return undefined;
  return identify(Number(readFileSync(pidFile, 'utf8')));
}

/** Like {@link execOn}, but only success will do. Returns stdout. */
export async function mustOn(
  host: LabHost,
  command: readonly string[] | string,
  timeoutMs: number,
): Promise<string> {
  const result = await execOn(host, command, { timeoutMs });
  if (result.code !== 0) {
    const text = typeof command === 'string' ? command : command.join(' ');
    throw new Error(
      `${host.name}: ${text}: exit code ${String(result.code)}\n${result.stderr.trim() || result.stdout.trim()}`,
    );
  }
  return result.stdout;
}
