import { say } from '../../../core/messages.ts';
import type { DomainFacts } from '../../../core/facts/snapshot.ts';
import type { HostState, HostStates } from '../../connections/host-states.ts';
import type { Inventories } from '../../inventory/listed-inventories.ts';
import type { ViewNode } from '../node.ts';
import type { TreeSource } from '../tree.ts';
import { deviceNodes, domainNode } from './domain-nodes.ts';
import {
  brokenInventoryNode,
  failureNodes,
  hostNode,
  noDomainsNode,
  unknownPartNode,
} from './host-nodes.ts';
import type { HostsItem } from './item.ts';

type HostsNode = ViewNode<HostsItem>;

export interface HostsTreeWorld {
  readonly states: HostStates;
  /** False in an untrusted workspace: then no host is contacted and none is shown. */
  readonly allowed: () => boolean;
  readonly inventories: () => Promise<Inventories>;
  /** Asks a host that was not asked yet; its state tells what came of it. Never rejects. */
  readonly ask: (host: string) => Promise<void>;
  readonly isMoving: (host: string, domain: string) => boolean;
  readonly now: () => number;
}

/** The rows of the Hosts tree. A host is contacted when it is expanded, never before. */
export function hostsTreeSource(world: HostsTreeWorld): TreeSource<HostsItem> {
  return {
    async roots() {
      if (!world.allowed()) return [];
      const { files, hosts } = await world.inventories();
      const broken = files.filter((file) => file.errors > 0).map(brokenInventoryNode);
      const now = world.now();
      return [...hosts.map((host) => hostNode(host, world.states.of(host.name), now)), ...broken];
    },
    async children(node) {
      if (node.item.kind === 'host') return hostChildren(node.item.host, world);
      if (node.item.kind === 'domain') return domainChildren(node.item, world);
      return [];
    },
  };
}

async function hostChildren(host: string, world: HostsTreeWorld): Promise<readonly HostsNode[]> {
  const { kind } = world.states.of(host);
  if (kind === 'unasked' || kind === 'asking') await world.ask(host);
  const state = world.states.of(host);
  switch (state.kind) {
    case 'unasked':
    case 'asking':
      return [];
    case 'failed':
      return failureNodes(host, state.failure);
    case 'answered':
      return answeredChildren(host, state, world);
  }
}

function answeredChildren(
  host: string,
  { snapshot }: Extract<HostState, { kind: 'answered' }>,
  world: HostsTreeWorld,
): readonly HostsNode[] {
  if (snapshot.unreachable !== undefined) {
    const cause = say('{0}: {1}', host, snapshot.unreachable);
    return failureNodes(host, { cause, advice: say('Refresh to try again'), details: [] });
  }
  const { domains } = snapshot;
  if (!domains.ok) {
    return [unknownPartNode(host, say('libvirt does not answer'), domains.why)];
  }
  if (domains.value.length === 0) return [noDomainsNode(host)];
  return sorted(domains.value).map((facts) =>
    domainNode(facts, {
      host,
      moving: world.isMoving(host, facts.name),
      dirtyRate: world.states.dirtyRate(host, facts.name),
    }),
  );
}

/** Running domains first, then by name. */
function sorted(domains: readonly DomainFacts[]): readonly DomainFacts[] {
  const rank = (facts: DomainFacts): number => (facts.state === 'running' ? 0 : 1);
  return domains.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

function domainChildren(
  { host, uuid }: Extract<HostsItem, { kind: 'domain' }>,
  { states }: HostsTreeWorld,
): readonly HostsNode[] {
  const state = states.of(host);
  if (state.kind !== 'answered' || !state.snapshot.domains.ok) return [];
  const facts = state.snapshot.domains.value.find((each) => each.uuid === uuid);
  return facts === undefined ? [] : deviceNodes(host, facts);
}
