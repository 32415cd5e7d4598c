import type { ListedHost } from '../../../core/service/surroundings.ts';
import { say } from '../../../core/messages.ts';
import type { Message } from '../../../core/messages.ts';
import { formatDuration, formatSize } from '../../../core/units/quantity.ts';
import type { HostSnapshot } from '../../../core/facts/snapshot.ts';
import type { HostFailure, HostState } from '../../connections/host-states.ts';
import type { InventoryFile } from '../../inventory/listed-inventories.ts';
import { errorIcon, warningIcon } from '../node.ts';
import type { NodeIcon, ViewNode } from '../node.ts';
import type { HostsItem } from './item.ts';

type HostsNode = ViewNode<HostsItem>;

/** A row for one host of the inventory. */
export function hostNode({ name, uri }: ListedHost, state: HostState, now: number): HostsNode {
  return {
    id: name,
    label: name,
    description: describeHost(state),
    tooltip: [hostTooltip(name, state, now)],
    icon: hostIcon(state),
    context: hostContext(state),
    children: 'collapsed',
    spoken: [say('Host {0}', name), describeHost(state)],
    item: { kind: 'host', host: name, inventory: uri },
  };
}

function hostContext(state: HostState): string {
  switch (state.kind) {
    case 'unasked':
      return 'host+unasked';
    case 'asking':
      return 'host+asking';
    case 'failed':
      return 'host+failed';
    case 'answered':
      return state.connected ? 'host+answered+connected' : 'host+answered';
  }
}

function hostIcon(state: HostState): NodeIcon {
  switch (state.kind) {
    case 'unasked':
      return { name: 'server', color: 'disabledForeground' };
    case 'asking':
      return { name: 'loading~spin' };
    case 'failed':
      return errorIcon;
    case 'answered':
      if (state.snapshot.unreachable !== undefined || !state.snapshot.domains.ok) return errorIcon;
      return state.connected
        ? { name: 'server', color: 'testing.iconPassed' }
        : { name: 'server', color: 'disabledForeground' };
  }
}

function describeHost(state: HostState): Message {
  switch (state.kind) {
    case 'unasked':
      return say('not connected');
    case 'asking':
      return say('connecting…');
    case 'failed':
      return say('not reachable');
    case 'answered': {
      const { versions } = state.snapshot;
      if (!versions.ok) return say('no libvirt');
      const { libvirt, qemu } = versions.value;
      return state.connected
        ? say('libvirt {0}, QEMU {1}', libvirt, qemu)
        : say('connection closed; libvirt {0}, QEMU {1}', libvirt, qemu);
    }
  }
}

function hostTooltip(name: string, state: HostState, now: number): Message {
  switch (state.kind) {
    case 'unasked':
      return say('{0} has not been asked yet. Expand it to connect.', name);
    case 'asking':
      return say('Connecting to {0} and asking it.', name);
    case 'failed':
      return state.failure.cause;
    case 'answered':
      return answeredTooltip(name, state.snapshot, now);
  }
}

function answeredTooltip(name: string, snapshot: HostSnapshot, now: number): Message {
  const age = formatDuration(Math.max(0, now - snapshot.at));
  const { cpu, capacity } = snapshot;
  if (!cpu.ok || !capacity.ok) return say('{0}, asked {1} ago', name, age);
  return say(
    '{0}: {1}, {2} CPUs, {3} of {4} memory free; asked {5} ago',
    name,
    cpu.value.modelName ?? cpu.value.model ?? cpu.value.arch,
    capacity.value.cpus,
    formatSize(capacity.value.memoryAvailable),
    formatSize(capacity.value.memoryTotal),
    age,
  );
}

/** Rows that say why a host shows no domains, and what to do. */
export function failureNodes(host: string, failure: HostFailure): readonly HostsNode[] {
  const cause: HostsNode = {
    id: `${host}/failure`,
    label: failure.cause,
    tooltip: [failure.cause, ...failure.details],
    icon: errorIcon,
    context: 'note+failure',
    command: { id: 'liveMigrate.log.show', arguments: [] },
    item: { kind: 'note' },
  };
  const advice: HostsNode = {
    id: `${host}/advice`,
    label: failure.advice,
    icon: { name: 'lightbulb' },
    context: 'note+advice',
    command: { id: 'liveMigrate.host.refresh', arguments: [host] },
    item: { kind: 'note' },
  };
  return [cause, advice];
}

/** A row for something that a reachable host could not tell. */
export function unknownPartNode(host: string, what: Message, why: string): HostsNode {
  return {
    id: `${host}/unknown/${what.text}`,
    label: what,
    description: why,
    tooltip: [what, why],
    icon: warningIcon,
    context: 'note+unknown',
    command: { id: 'liveMigrate.log.show', arguments: [] },
    item: { kind: 'note' },
  };
}

export function noDomainsNode(host: string): HostsNode {
  return {
    id: `${host}/empty`,
    label: say('No domains on this host'),
    icon: { name: 'info' },
    context: 'note+empty',
    item: { kind: 'note' },
  };
}

/** A row for an inventory that has mistakes: hosts may be missing from the tree. */
export function brokenInventoryNode(file: InventoryFile): HostsNode {
  return {
    id: `inventory/${file.uri}`,
    label: say('The inventory {0} has errors', file.uri.replace(/^.*\//, '')),
    description: say('open it to see them'),
    icon: warningIcon,
    context: 'note+inventory',
    command: { id: 'liveMigrate.host.openInventory', arguments: [file.uri] },
    item: { kind: 'note' },
  };
}
