import { existsSync, readdirSync } from 'node:fs';
import { type Daemon, end, identify, must, run } from './process.ts';

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

/** Address of the host with this index (1 to 200) in a network. */
export function address(network: Network, index: number): string {
  return `${PREFIX[network]}.${String(10 + index)}`;
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
  if (!existsSync('/run/netns')) return [];
  return readdirSync('/run/netns').filter((name) => name.startsWith(prefixOf(labId)));
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
    const links = await run(
      ['ip', '-n', name, '-o', 'link', 'show', 'up', 'type', 'bridge'],
      BOUND,
    );
    if (links.code === 0 && NETWORKS.every((network) => links.stdout.includes(BRIDGE[network]))) {
      return;
    }
    await removeNamespace(name);
  }
  await must(['ip', 'netns', 'add', name], BOUND);
  await batch(name, [
    'link set lo up',
    ...NETWORKS.flatMap((network) => [
      `link add ${BRIDGE[network]} type bridge forward_delay 0`,
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
  await must(['ip', 'netns', 'add', inside], BOUND);
  await batch(
    outside,
    NETWORKS.flatMap((network) => [
      // Made here and moved by creation: the pair never is in the root namespace.
      `link add ${port(network, index)} type veth peer name ${HOST_INTERFACE[network]} netns ${inside}`,
      `link set ${port(network, index)} master ${BRIDGE[network]}`,
      `link set ${port(network, index)} up`,
    ]),
  );
  await batch(inside, [
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
  await must(['ip', '-n', ns, 'link', 'set', port(network, index), state], BOUND);
}

/**
 * Gives back the folder that `ip netns add` mounts onto itself, when no namespace of anybody is in it. It makes it anew
 * when it is needed.
 */
export async function removeEmptyNetnsFolder(): Promise<void> {
  const folder = '/run/netns';
  if (!existsSync(folder) || readdirSync(folder).length > 0) return;
  await run(['umount', folder], BOUND);
  if (readdirSync(folder).length === 0) await run(['rmdir', folder], BOUND);
}

/** Ends every process in the namespace and removes it. */
export async function removeNamespace(name: string): Promise<void> {
  const left = await end(await processesIn(name), 5000);
  if (left.length > 0) {
    const pids = left.map((daemon) => String(daemon.pid)).join(', ');
    throw new Error(`processes ${pids} in namespace ${name} do not end`);
  }
  await must(['ip', 'netns', 'delete', name], BOUND);
}

async function processesIn(name: string): Promise<Daemon[]> {
  const pids = await run(['ip', 'netns', 'pids', name], BOUND);
  return pids.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => identify(Number(line)))
    .filter((daemon) => daemon !== undefined);
}

function port(network: Network, index: number): string {
  return `${network === 'management' ? 'mgmt' : 'migr'}-${String(index)}`;
}

async function batch(namespace: string, lines: readonly string[]): Promise<void> {
  const input = `${lines.join('\n')}\n`;
  await must(['ip', '-n', namespace, '-batch', '-'], { ...BOUND, input });
}

const BOUND = { timeoutMs: 10_000 } as const;
