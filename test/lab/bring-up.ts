import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureGuestKit } from './guest-kit.ts';
import { folders, isHealthy, makeHostKeys, removeHost, startHost } from './host.ts';
import {
  NETWORKS,
  ensureSwitch,
  hostsWithNamespace,
  namespacesOf,
  removeEmptyNetnsFolder,
  removeNamespace,
  setLink,
} from './network.ts';
import { locked } from './lock.ts';
import { endAll, isAlive, markedProcesses } from './process.ts';
import { ensureRequirements } from './requirements.ts';
import { ensureKey, publicKey, writeClientFiles, writeTrust } from './ssh.ts';
import {
  type HostPlan,
  type LabHost,
  type LabState,
  labId,
  readState,
  removeIfEmpty,
  writeState,
} from './state.ts';
import { SUITES, type Suite } from './suites.ts';
import { ensureUserland } from './userland.ts';

export interface BringUpOptions {
  readonly stateDir: string;
  /** Names of the hosts that must run. Others that run stay. */
  readonly hosts: readonly string[];
  /** Debian release per host; {@link SUITES}[0] where not said. */
  readonly suites: Readonly<Record<string, Suite>>;
  readonly say: (line: string) => void;
}

/** What goes by these names in the state folder; nothing else there is touched. */
const OWN = ['lab.json', 'ssh_config', 'known_hosts', 'client_key', 'client_key.pub'];
const OWN_FOLDERS = ['hosts', 'shared', 'trust'];

/**
 * Makes the asked hosts run; does nothing about those that run well. What a killed run left half-made is removed first.
 * @throws LabImpossible when the machine cannot run a lab; Error with the log when a host does not come up
 */
export async function bringUp(options: BringUpOptions): Promise<LabState> {
  checkNames(options.hosts);
  await ensureRequirements(options.say);
  const suiteOf = (name: string): Suite => options.suites[name] ?? SUITES[0];
  const userlands = new Map<Suite, string>();
  const [kit] = await Promise.all([
    ensureGuestKit(options.say),
    ...[...new Set(options.hosts.map(suiteOf))].map(async (suite) => {
      userlands.set(suite, await ensureUserland(suite, options.say));
    }),
  ]);
  const { stateDir } = options;
  mkdirSync(stateDir, { recursive: true });
  return await locked(join(stateDir, '.lock'), 120_000, async () => {
    const id = labId(stateDir);
    await endCommands(id);
    const before = readState(stateDir);
    const known = before?.id === id ? before.hosts : [];
    const taken = new Set(known.map((host) => host.index));
    const plans = options.hosts.map((name): HostPlan => {
      const suite = suiteOf(name);
      const userland = userlands.get(suite) ?? '';
      const index = known.find((host) => host.name === name)?.index ?? nextIndex(taken);
      return { labId: id, stateDir, name, suite, index, userland, kit };
    });
    const kept = await healthy(known, plans);
    for (const host of known) {
      if (kept.some((good) => good.name === host.name)) continue;
      options.say(`${host.name} is made anew: it does not answer, or the lab's recipe has changed`);
    }
    await ensureSwitch(id);
    await removeStale(id, stateDir, kept);
    const missing = plans.filter((plan) => !kept.some((host) => host.name === plan.name));
    const files = clientFiles(stateDir);
    if (missing.length === 0 && before !== undefined) {
      for (const host of kept) {
        for (const network of NETWORKS) await setLink(id, host.index, network, 'up');
      }
      return before;
    }
    await ensureKey(id, files.identityFile, { comment: 'live-migrate lab' });
    // Keys that exist stay, so this also reads those of the hosts that run.
    const acquaintances = await Promise.all(
      [...kept, ...missing].map((host) => makeHostKeys(stateDir, host)),
    );
    writeTrust(folders(stateDir).trust, acquaintances, publicKey(files.identityFile));
    const results = await Promise.allSettled(missing.map(startHost));
    const started = results.filter((result) => result.status === 'fulfilled');
    const hosts = [...kept, ...started.map((result) => result.value)].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    const state: LabState = {
      id,
      stateDir,
      ...files,
      sharedDir: folders(stateDir).shared,
      hosts,
    };
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      await Promise.all(missing.map((plan) => removeHost(id, stateDir, plan.name)));
      throw failed.reason;
    }
    writeClientFiles(
      files,
      hosts.map((host) => ({
        host,
        hostKeys: acquaintances.find((known) => known.name === host.name)?.hostKeys ?? [],
      })),
    );
    writeState(state);
    return state;
  });
}

/** Ends and removes everything of the lab but the cache. Safe to call for a lab that is half there or not at all. */
export async function takeDown(stateDir: string): Promise<void> {
  if (!existsSync(stateDir)) return;
  await locked(join(stateDir, '.lock'), 120_000, async () => {
    const id = labId(stateDir);
    await endCommands(id);
    await removeStale(id, stateDir, []);
    for (const name of namespacesOf(id)) await removeNamespace(id, name);
    await removeEmptyNetnsFolder();
    for (const name of [...OWN, ...OWN_FOLDERS]) {
      rmSync(join(stateDir, name), { recursive: true, force: true, maxRetries: 5 });
    }
  });
  removeIfEmpty(join(stateDir, 'private'));
  removeIfEmpty(stateDir);
}

/** Commands of a killed run may still be at work: they would make what is removed here, or take its name. */
async function endCommands(id: string): Promise<void> {
  const left = await endAll(() => markedProcesses(id).filter(({ host }) => host === ''), 10_000);
  if (left.length > 0) {
    throw new Error(
      `commands of the lab do not end: ${left.map(({ pid }) => String(pid)).join(', ')}`,
    );
  }
}

/** The hosts of `lab.json` that are needed or at least alive, and stand on the recipe of now. */
async function healthy(known: readonly LabHost[], plans: readonly HostPlan[]): Promise<LabHost[]> {
  const checked = await Promise.all(
    known.map(async (host) => {
      const plan = plans.find((candidate) => candidate.name === host.name);
      const good = plan === undefined ? isAlive(host.init) : await isHealthy(host, plan);
      return good ? host : undefined;
    }),
  );
  return checked.filter((host) => host !== undefined);
}

/** Removes the processes, namespaces and folders of all hosts but those to keep, however little of one there is. */
async function removeStale(id: string, stateDir: string, kept: readonly LabHost[]): Promise<void> {
  const folder = join(stateDir, 'hosts');
  const names = new Set([
    ...markedProcesses(id).map((daemon) => daemon.host),
    ...hostsWithNamespace(id),
    ...(existsSync(folder) ? readdirSync(folder) : []),
  ]);
  for (const host of kept) names.delete(host.name);
  names.delete('');
  await Promise.all([...names].map((name) => removeHost(id, stateDir, name)));
}

/** Smallest index no host has; marks it as taken. */
function nextIndex(taken: Set<number>): number {
  let index = 1;
  while (taken.has(index)) index++;
  taken.add(index);
  return index;
}

function clientFiles(
  stateDir: string,
): Pick<LabState, 'sshConfig' | 'knownHosts' | 'identityFile'> {
  return {
    sshConfig: join(stateDir, 'ssh_config'),
    knownHosts: join(stateDir, 'known_hosts'),
    identityFile: join(stateDir, 'client_key'),
  };
}

/** Host names become parts of paths, namespaces and ssh patterns. */
function checkNames(names: readonly string[]): void {
  if (names.length === 0) throw new Error('a lab needs at least one host');
  if (new Set(names).size !== names.length) throw new Error('two hosts have the same name');
  for (const name of names) {
    if (!/^[a-z][a-z0-9-]{0,29}$/.test(name) || name === 'switch' || name === 'localhost') {
      throw new Error(
        `${name} cannot be a host's name: small letters, digits and hyphens, at most 30, not switch or localhost`,
      );
    }
  }
}
