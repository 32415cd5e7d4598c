import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostStates } from '../../../client/connections/host-states.ts';
import { readInventories } from '../../../client/inventory/listed-inventories.ts';
import { hostsTreeSource } from '../../../client/views/hosts/hosts-tree.ts';
import type { HostsTreeWorld } from '../../../client/views/hosts/hosts-tree.ts';
import type { HostsItem } from '../../../client/views/hosts/item.ts';
import type { ViewNode } from '../../../client/views/node.ts';
import type { Answer, DomainFacts, HostSnapshot } from '../../../core/facts/snapshot.ts';
import { render, say } from '../../../core/messages.ts';
import type { Message } from '../../../core/messages.ts';

const inventory = `apiVersion: livemigrate/v1
kind: HostInventory
hosts:
  - name: kvm01
  - name: kvm02
`;
const now = 10_000_000;

function silent<T>(): Answer<T> {
  return { ok: false, why: 'not asked', from: 'test' };
}

function snapshot(name: string, changes: Partial<HostSnapshot> = {}): HostSnapshot {
  return {
    name,
    at: now - 5000,
    identity: silent(),
    versions: {
      ok: true,
      value: { libvirt: '11.3.0', qemu: '10.0.2', migrateOptions: [] },
      from: 'virsh version',
    },
    capacity: silent(),
    cpu: silent(),
    networks: silent(),
    bridges: silent(),
    pools: silent(),
    domains: { ok: true, value: [], from: 'virsh list' },
    images: {},
    ...changes,
  };
}

const xml = `<domain type='kvm'><name>web01</name><uuid>u1</uuid><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/v/a.qcow2'/><target dev='sda'/><shareable/></disk>
<disk type='file' device='cdrom'><target dev='sdb'/><readonly/></disk>
<interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/></interface>
</devices></domain>`;

function domain(changes: Partial<DomainFacts> = {}): DomainFacts {
  return {
    name: 'web01',
    uuid: 'u1',
    state: 'running',
    persistent: true,
    snapshots: 0,
    xml,
    job: undefined,
    maxDowntimeMs: undefined,
    parameters: undefined,
    capabilities: undefined,
    guestAgent: undefined,
    ...changes,
  };
}

function tree(changes: Partial<HostsTreeWorld> = {}) {
  const states = new HostStates();
  const asked: string[] = [];
  const source = hostsTreeSource({
    states,
    allowed: () => true,
    inventories: () =>
      Promise.resolve(readInventories(new Map([['file:///w/hosts.migration.yaml', inventory]]))),
    ask: (host) => {
      asked.push(host);
      states.set(host, { kind: 'answered', snapshot: snapshot(host), connected: true });
      return Promise.resolve();
    },
    isMoving: () => false,
    now: () => now,
    ...changes,
  });
  return { states, asked, source };
}

function shown(value: string | Message | undefined): string {
  return value === undefined ? '' : typeof value === 'string' ? value : render(value);
}

function row({ label, description }: ViewNode<HostsItem>): string {
  return `${shown(label)} | ${shown(description)}`;
}

async function host(source: ReturnType<typeof tree>['source'], name: string) {
  const found = (await source.roots()).find(({ id }) => id === name);
  assert.ok(found);
  return found;
}

test('every host of the inventory is a row, and none is contacted for being shown', async () => {
  const { source, asked } = tree();
  assert.deepEqual((await source.roots()).map(row), [
    'kvm01 | not connected',
    'kvm02 | not connected',
  ]);
  assert.deepEqual(asked, []);
});

test('a host is contacted when it is expanded, once', async () => {
  const { source, asked } = tree();
  const kvm01 = await host(source, 'kvm01');
  assert.deepEqual((await source.children(kvm01)).map(row), ['No domains on this host | ']);
  await source.children(kvm01);
  assert.deepEqual(asked, ['kvm01']);
});

test('in an untrusted workspace there is no row to expand', async () => {
  const { source, asked } = tree({ allowed: () => false });
  assert.deepEqual(await source.roots(), []);
  assert.deepEqual(asked, []);
});

test('a host that cannot be reached shows the cause and what to do, and is not tried again', async () => {
  const { source, states, asked } = tree();
  states.set('kvm02', {
    kind: 'failed',
    failure: { cause: say('no route'), advice: say('Refresh to try again'), details: ['key a'] },
  });
  const kvm02 = await host(source, 'kvm02');
  assert.equal(kvm02.context, 'host+failed');
  const children = await source.children(kvm02);
  assert.deepEqual(children.map(row), ['no route | ', 'Refresh to try again | ']);
  assert.deepEqual(children[0]?.tooltip?.map(shown), ['no route', 'key a']);
  assert.deepEqual(children[1]?.command, { id: 'liveMigrate.host.refresh', arguments: ['kvm02'] });
  assert.deepEqual(asked, []);
});

test('a host without libvirt says so', async () => {
  const { source, states } = tree();
  const none = { ok: false, why: 'virsh: not found', from: 'virsh' } as const;
  states.set('kvm01', {
    kind: 'answered',
    connected: true,
    snapshot: snapshot('kvm01', { versions: none, domains: none }),
  });
  const kvm01 = await host(source, 'kvm01');
  assert.equal(row(kvm01), 'kvm01 | no libvirt');
  assert.deepEqual((await source.children(kvm01)).map(row), [
    'libvirt does not answer | virsh: not found',
  ]);
});

async function domainsOf(facts: readonly DomainFacts[], changes: Partial<HostsTreeWorld> = {}) {
  const { source, states } = tree(changes);
  const domains = { ok: true, value: facts, from: 'virsh list' } as const;
  states.set('kvm01', {
    kind: 'answered',
    connected: true,
    snapshot: snapshot('kvm01', { domains }),
  });
  return { source, states, nodes: await source.children(await host(source, 'kvm01')) };
}

test('running domains stand first, and only an idle running one can be migrated', async () => {
  const { nodes } = await domainsOf([
    domain({ name: 'a', uuid: 'ua', state: 'shut off' }),
    domain({ name: 'b', uuid: 'ub' }),
    domain({ name: 'c', uuid: 'uc', job: 'Outgoing migration' }),
  ]);
  assert.deepEqual(
    nodes.map(({ label, context }) => [label, context]),
    [
      ['b', 'domain+running+migratable'],
      ['c', 'domain+running+busy'],
      ['a', 'domain+stopped'],
    ],
  );
});

test('a domain that a run moves is busy even before libvirt says so', async () => {
  const { nodes } = await domainsOf([domain()], { isMoving: () => true });
  assert.equal(nodes[0]?.context, 'domain+running+busy');
});

test('disks and interfaces are the rows of a domain, their ids stable', async () => {
  const { source, nodes } = await domainsOf([domain()]);
  const [node] = nodes;
  assert.ok(node);
  const devices = await source.children(node);
  assert.deepEqual(devices.map(row), [
    'sda | /v/a.qcow2 (qcow2, shareable)',
    'sdb | empty drive',
    '52:54:00:00:00:01 | network default',
  ]);
  assert.deepEqual(
    devices.map(({ id }) => id),
    ['kvm01/u1/sda', 'kvm01/u1/sdb', 'kvm01/u1/52:54:00:00:00:01'],
  );
});

test('a measured dirty rate stands beside the domain', async () => {
  const { source, states } = await domainsOf([domain()]);
  states.setDirtyRate('kvm01', 'web01', { median: 2 ** 20, highest: 2 ** 21, samples: 5, at: now });
  const [node] = await source.children(await host(source, 'kvm01'));
  assert.equal(node === undefined ? '' : row(node), 'web01 | running, dirties 1MiB/s');
});

test('an inventory with mistakes is a row that opens it', async () => {
  const { source } = tree({
    inventories: () =>
      Promise.resolve(
        readInventories(new Map([['file:///w/hosts.migration.yaml', `${inventory}oops: 1\n`]])),
      ),
  });
  const rows = (await source.roots()).map(row);
  assert.deepEqual(rows.slice(2), [
    'The inventory hosts.migration.yaml has errors | open it to see them',
  ]);
});

test('facts of a host that fell silent are kept for the checks', () => {
  const { states } = tree();
  const said = snapshot('kvm01');
  states.set('kvm01', { kind: 'answered', snapshot: said, connected: true });
  states.set('kvm01', {
    kind: 'failed',
    failure: { cause: say('gone'), advice: say('wait'), details: [] },
  });
  assert.equal(states.facts().hosts['kvm01'], said);
});

test('a host that left the inventory is forgotten', () => {
  const { states } = tree();
  states.set('kvm01', { kind: 'answered', snapshot: snapshot('kvm01'), connected: true });
  states.keepOnly(new Set(['kvm02']));
  assert.deepEqual(states.facts().hosts, {});
  assert.equal(states.of('kvm01').kind, 'unasked');
});
