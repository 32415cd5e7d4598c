import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { background } from './background.ts';
import { keepCapabilities, seedCapabilities } from './capabilities.ts';
import { forward, greeting } from './forward.ts';
import { writeHostFiles } from './host-files.ts';
import {
  address,
  hostNamespace,
  makeHostNetwork,
  namespacesOf,
  removeNamespace,
} from './network.ts';
import {
  type Daemon,
  type Finished,
  type RunOptions,
  endAll,
  identify,
  isAlive,
  markedProcesses,
  run,
  until,
} from './process.ts';
import { type Acquaintance, ensureKey, publicKey } from './ssh.ts';
import { type HostPlan, type LabHost, labId } from './state.ts';

const HOST_INIT = fileURLToPath(new URL('host-init.sh', import.meta.url));
const KEY_TYPES = ['ed25519', 'ecdsa'] as const;

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
  const id = labId(stateDir);
  mkdirSync(join(seed, 'etc/ssh'), { recursive: true });
  mkdirSync(join(seed, 'root/.ssh'), { recursive: true });
  const hostKeys = KEY_TYPES.map((type) => join(seed, 'etc/ssh', `ssh_host_${type}_key`));
  const rootKey = join(seed, 'root/.ssh/id_ed25519');
  await Promise.all([
    ...KEY_TYPES.map((type, at) =>
      ensureKey(id, hostKeys[at] ?? '', { comment: `root@${plan.name}`, type }),
    ),
    ensureKey(id, rootKey, { comment: `root@${plan.name}` }),
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
  seedCapabilities(plan.userland, join(folder, 'seed'));
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
    // Through the host's own root, which is there whatever its upper layer is made of.
    keepCapabilities(plan.userland, `/proc/${String(init.pid)}/root`);
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
  const outside = () => markedProcesses(labId).filter((daemon) => daemon.host === name);
  const left = await endAll(outside, 5000);
  if (left.length > 0) {
    throw new Error(`${name}: processes ${left.map((d) => String(d.pid)).join(', ')} do not end`);
  }
  const namespace = hostNamespace(labId, name);
  if (namespacesOf(labId).includes(namespace)) await removeNamespace(labId, namespace);
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
