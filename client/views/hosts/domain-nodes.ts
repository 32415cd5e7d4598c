import { removable } from '../../../core/domain/domain.ts';
import type { Disk, Domain, NetworkInterface } from '../../../core/domain/domain.ts';
import { readDomain } from '../../../core/domain/read.ts';
import type { DomainFacts } from '../../../core/facts/snapshot.ts';
import { liveXmlUri } from '../../../core/facts/view.ts';
import { say } from '../../../core/messages.ts';
import type { Message } from '../../../core/messages.ts';
import { formatRate } from '../../../core/units/quantity.ts';
import { parseXml } from '../../../core/xml/parse.ts';
import type { MeasuredDirtyRate } from '../../connections/host-states.ts';
import { warningIcon } from '../node.ts';
import type { NodeIcon, ViewNode } from '../node.ts';
import type { HostsItem } from './item.ts';

type HostsNode = ViewNode<HostsItem>;

/** What the tree knows of a domain beside the host's own words. */
export interface DomainContext {
  readonly host: string;
  /** A run started from here moves it at this moment. */
  readonly moving: boolean;
  readonly dirtyRate: MeasuredDirtyRate | undefined;
}

/** A row for one domain of a host. */
export function domainNode(facts: DomainFacts, context: DomainContext): HostsNode {
  const running = facts.state === 'running';
  const busy = context.moving || facts.job !== undefined;
  const flags = [
    'domain',
    running ? 'running' : 'stopped',
    ...(busy ? ['busy'] : []),
    ...(running && !busy ? ['migratable'] : []),
  ];
  return {
    id: `${context.host}/${facts.uuid}`,
    label: facts.name,
    description: describeDomain(facts, context),
    tooltip: [say('Domain {0} on {1}, UUID {2}', facts.name, context.host, facts.uuid)],
    icon: domainIcon(facts.state, busy),
    context: flags.join('+'),
    children: 'collapsed',
    item: { kind: 'domain', host: context.host, domain: facts.name, uuid: facts.uuid },
  };
}

function describeDomain(
  facts: DomainFacts,
  { moving, dirtyRate }: DomainContext,
): Message | string {
  if (moving) return say('is being migrated');
  if (facts.job !== undefined) return say('busy: {0}', facts.job);
  if (facts.state === 'running' && dirtyRate !== undefined) {
    return say('running, dirties {0}', formatRate(dirtyRate.median));
  }
  return stateNames[facts.state] ?? facts.state;
}

/** The states of `virsh domstate`. */
const stateNames: Readonly<Record<string, Message>> = {
  running: say('running'),
  idle: say('blocked'),
  paused: say('paused'),
  'in shutdown': say('shutting down'),
  'shut off': say('shut off'),
  crashed: say('crashed'),
  pmsuspended: say('suspended by the guest'),
};

function domainIcon(state: string, busy: boolean): NodeIcon {
  if (busy) return { name: 'sync~spin' };
  switch (state) {
    case 'running':
      return { name: 'vm-running', color: 'testing.iconPassed' };
    case 'crashed':
      return warningIcon;
    case 'paused':
    case 'pmsuspended':
      return { name: 'debug-pause' };
    default:
      return { name: 'vm-outline', color: 'disabledForeground' };
  }
}

/** Rows for the disks and network interfaces of a domain. */
export function deviceNodes(host: string, facts: DomainFacts): readonly HostsNode[] {
  const { domain } = readDomain(liveXmlUri(host, facts.name), parseXml(facts.xml));
  if (domain === undefined) {
    return [
      {
        id: `${host}/${facts.uuid}/unreadable`,
        label: say('The XML of this domain cannot be read'),
        icon: warningIcon,
        context: 'note+unknown',
        item: { kind: 'note' },
      },
    ];
  }
  return devicesOf(host, facts, domain);
}

function devicesOf(host: string, facts: DomainFacts, domain: Domain): readonly HostsNode[] {
  const owner = { host, domain: facts.name };
  const disks = domain.disks.map((disk) => diskNode(`${host}/${facts.uuid}`, owner, disk));
  const interfaces = domain.interfaces.map((each, index) =>
    interfaceNode(`${host}/${facts.uuid}/${each.mac?.value ?? `interface-${index}`}`, owner, each),
  );
  return [...disks, ...interfaces];
}

interface Owner {
  readonly host: string;
  readonly domain: string;
}

function diskNode(domainId: string, owner: Owner, disk: Disk): HostsNode {
  const target = disk.target.value;
  return {
    id: `${domainId}/${target}`,
    label: target,
    description: describeDisk(disk),
    icon: { name: removable(disk) ? 'circle-large-outline' : 'database' },
    context: 'disk',
    item: { kind: 'disk', ...owner },
  };
}

/** Path and format are names; the flags are libvirt's own words and stay as they are. */
function describeDisk(disk: Disk): string | Message {
  if (!disk.hasSource) return say('empty drive');
  const flags = [
    disk.format?.value,
    disk.shareable === undefined ? undefined : 'shareable',
    disk.readonly === undefined ? undefined : 'readonly',
    disk.transient === undefined ? undefined : 'transient',
  ].filter((flag) => flag !== undefined);
  const source = disk.source?.value ?? disk.type.value;
  return flags.length === 0 ? source : `${source} (${flags.join(', ')})`;
}

function interfaceNode(
  id: string,
  owner: Owner,
  { type, mac, source }: NetworkInterface,
): HostsNode {
  return {
    id,
    label: mac?.value ?? say('Network interface'),
    description: source === undefined ? type.value : `${type.value} ${source.value}`,
    icon: { name: 'plug' },
    context: 'interface',
    item: { kind: 'interface', ...owner },
  };
}
