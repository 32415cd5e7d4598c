import { existsSync, readdirSync } from 'node:fs';
import { locked } from './lock.ts';
import { type Daemon, type Finished, endAll, identify, must, run } from './process.ts';

/** The two networks every host is on. Addresses exist only inside the lab's namespaces. */
export const NETWORKS = ['management', 'migration'] as const;
export type Network = (typeof NETWORKS)[number];

const PREFIX: Readonly<Record<Network, string>> = { management: '10.77.0', migration: '10.78.0' };
/** Interface of a network inside a host. */
export const HOST_INTERFACE: Readonly<Record<Network, string>> = {
  management: 'mgmt0',
  migration: 'migr0',
};
const BRIDGE: Readonly<Record<Network, string>> = { management: 'br-mgmt', migration: 'br-migr' };

/** Where `ip netns` keeps the names of namespaces. */
const NETNS_FOLDER = '/run/netns';

/** Address of the host with this index (1 to 200) in a network. */
export function address(network: Network, index: number): string {
  return `${PREFIX[network]}.${String(10 + index)}`;
}

/**
 * Hardware address of the host with this index in a network; 0 is the bridge. Always the same, because whoever spoke to a
 * host goes on sending to the address it had for half a minute, also when the host has been made anew.
 */
function mac(network: Network, index: number): string {
  const last = index.toString(16).padStart(2, '0');
  return `02:4c:4d:00:0${String(NETWORKS.indexOf(network))}:${last}`;
}

/** Names of a lab's network namespaces start with this. */
function prefixOf(labId: string): string {
  return `lm-${labId}-`;
}

export function switchNamespace(labId: string): string {
  return `${prefixOf(labId)}switch`;
}

export function hostNamespace(labId: string, host: string): string {
  return `${prefixOf(labId)}${host}`;
}

/** Network namespaces of a lab that exist, whether they are in good order or not. */
export function namespacesOf(labId: string): string[] {
  if (!existsSync(NETNS_FOLDER)) return [];
  return readdirSync(NETNS_FOLDER).filter((name) => name.startsWith(prefixOf(labId)));
}

/** Hosts of which a network namespace exists. */
export function hostsWithNamespace(labId: string): string[] {
  return namespacesOf(labId)
    .filter((name) => name !== switchNamespace(labId))
    .map((name) => name.slice(prefixOf(labId).length));
}

/** The namespace in which both bridges are; made when missing. The root namespace gets nothing. */
export async function ensureSwitch(labId: string): Promise<void> {
  const name = switchNamespace(labId);
  if (namespacesOf(labId).includes(name)) {
    const links = await ip(labId, ['-n', name, '-o', 'link', 'show', 'up', 'type', 'bridge']);
    if (links.code === 0 && NETWORKS.every((network) => links.stdout.includes(BRIDGE[network]))) {
      return;
    }
    await removeNamespace(labId, name);
  }
  await addNamespace(labId, name);
  await batch(labId, name, [
    'link set lo up',
    ...NETWORKS.flatMap((network) => [
      `link add ${BRIDGE[network]} address ${mac(network, 0)} type bridge forward_delay 0`,
      `link set ${BRIDGE[network]} up`,
    ]),
    // The way in from the machine: the forwarder to a host's sshd runs here.
    `addr add ${PREFIX.management}.1/24 dev ${BRIDGE.management}`,
  ]);
}

/** A host's namespace with one leg in each network, and the bridge its guests are on. */
export async function makeHostNetwork(labId: string, host: string, index: number): Promise<void> {
  const inside = hostNamespace(labId, host);
  const outside = switchNamespace(labId);
  await addNamespace(labId, inside);
  await unplug(labId, index);
  await batch(
    labId,
    outside,
    NETWORKS.flatMap((network) => [
      // Made here and moved by creation: the pair never is in the root namespace.
      `link add ${port(network, index)} type veth peer name ${HOST_INTERFACE[network]} address ${mac(network, index)} netns ${inside}`,
      `link set ${port(network, index)} master ${BRIDGE[network]}`,
      `link set ${port(network, index)} up`,
    ]),
  );
  await batch(labId, inside, [
    'link set lo up',
    ...NETWORKS.flatMap((network) => [
      `addr add ${address(network, index)}/24 dev ${HOST_INTERFACE[network]}`,
      `link set ${HOST_INTERFACE[network]} up`,
    ]),
    'link add br-guest type bridge forward_delay 0',
    'link set br-guest up',
  ]);
}

/** Pulls the host's cable of one network, or plugs it in again. */
export async function setLink(
  labId: string,
  index: number,
  network: Network,
  state: 'up' | 'down',
): Promise<void> {
  const ns = switchNamespace(labId);
  await must(['ip', '-n', ns, 'link', 'set', port(network, index), state], bound(labId));
}

/**
 * Takes what is left of a former host with this index out of the switch. The kernel frees the cables of a deleted
 * namespace some time after the deletion, and until then their names are taken; a cable that is deleted is gone at once.
 */
async function unplug(labId: string, index: number): Promise<void> {
  for (const network of NETWORKS) {
    const name = port(network, index);
    const result = await ip(labId, ['-n', switchNamespace(labId), 'link', 'delete', name]);
    if (result.code !== 0 && !result.stderr.includes('Cannot find device')) {
      throw new Error(`${name} stays in the switch: ${result.stderr.trim()}`);
    }
  }
}

/**
 * Gives back the folder that `ip netns add` mounts onto itself, when no namespace of anybody is in it. It makes it anew
 * when it is needed.
 */
export async function removeEmptyNetnsFolder(): Promise<void> {
  await alone(async () => {
    if (!existsSync(NETNS_FOLDER) || readdirSync(NETNS_FOLDER).length > 0) return;
    await run(['umount', NETNS_FOLDER], { timeoutMs: 10_000 });
    await run(['rmdir', NETNS_FOLDER], { timeoutMs: 10_000 });
  });
}

/** Ends every process in the namespace and removes it. */
export async function removeNamespace(labId: string, name: string): Promise<void> {
  const left = await endAll(() => processesIn(labId, name), 5000);
  if (left.length > 0) {
    const pids = left.map((daemon) => String(daemon.pid)).join(', ');
    throw new Error(`processes ${pids} in namespace ${name} do not end`);
  }
  await alone(() => must(['ip', 'netns', 'delete', name], bound(labId)));
}

async function addNamespace(labId: string, name: string): Promise<void> {
  await alone(() => must(['ip', 'netns', 'add', name], bound(labId)));
}

/**
 * One at a time on this machine: `ip netns add` first mounts the folder onto itself, and of two labs that do so at once,
 * or while a third gives the empty folder back, one would lose its namespaces out of sight.
 */
function alone<T>(work: () => Promise<T>): Promise<T> {
  return locked(NETNS_FOLDER, 30_000, work);
}

async function processesIn(labId: string, name: string): Promise<Daemon[]> {
  const pids = await ip(labId, ['netns', 'pids', name]);
  return pids.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => identify(Number(line)))
    .filter((daemon) => daemon !== undefined);
}

function port(network: Network, index: number): string {
  return `${network === 'management' ? 'mgmt' : 'migr'}-${String(index)}`;
}

async function batch(labId: string, namespace: string, lines: readonly string[]): Promise<void> {
  const input = `${lines.join('\n')}\n`;
  await must(['ip', '-n', namespace, '-batch', '-'], { ...bound(labId), input });
}

function ip(labId: string, command: readonly string[]): Promise<Finished> {
  return run(['ip', ...command], bound(labId));
}

function bound(labId: string): { readonly timeoutMs: number; readonly lab: string } {
  return { timeoutMs: 10_000, lab: labId };
}
