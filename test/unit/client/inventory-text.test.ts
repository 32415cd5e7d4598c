import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addHost, newInventory } from '../../../client/inventory/inventory-text.ts';
import type { NewHost } from '../../../client/inventory/inventory-text.ts';
import { loadDescriptor } from '../../../core/descriptor/load.ts';

const kvm02: NewHost = { name: 'kvm02', address: '192.0.2.7', user: 'root' };

function added(text: string, host: NewHost): string {
  const insertion = addHost(text, host);
  assert.ok(insertion);
  return text.slice(0, insertion.offset) + insertion.text + text.slice(insertion.offset);
}

/** Names and addresses as the product itself reads them back; the file must have no mistakes. */
function hostsOf(text: string): readonly (readonly [string | undefined, string | undefined])[] {
  const descriptor = loadDescriptor('file:///hosts.migration.yaml', text);
  assert.deepEqual(
    descriptor.problems.map(({ code }) => code),
    [],
  );
  assert.equal(descriptor.kind, 'HostInventory');
  return (descriptor.inventory.hosts?.items ?? []).map((host) => [
    host.name?.value,
    host.address?.value,
  ]);
}

test('a new inventory lists its host and has no mistakes', () => {
  assert.deepEqual(hostsOf(newInventory(kvm02)), [['kvm02', '192.0.2.7']]);
});

test('an answer left empty leaves its key out', () => {
  const text = newInventory({ name: 'kvm01', address: '', user: '' });
  assert.doesNotMatch(text, /address|user/);
});

test('a host is added behind the last one, comments stay', () => {
  const before =
    'apiVersion: livemigrate/v1\nkind: HostInventory\nhosts:\n' +
    '  - name: kvm01 # the old one\n    address: 192.0.2.6 # rack 4\n# the end\n';
  const after = added(before, kvm02);
  assert.deepEqual(hostsOf(after), [
    ['kvm01', '192.0.2.6'],
    ['kvm02', '192.0.2.7'],
  ]);
  assert.match(after, /rack 4\n {2}- name: kvm02\n/);
  assert.match(after, /# the end\n$/);
});

test('the list keeps its own indentation', () => {
  const before =
    'apiVersion: livemigrate/v1\nkind: HostInventory\nhosts:\n- name: kvm01\n  labels: { rack: r4 }\n';
  assert.match(added(before, kvm02), /\n- name: kvm02\n {2}address: 192\.0\.2\.7\n/);
});

test('a list in flow style stays in flow style', () => {
  const before = 'apiVersion: livemigrate/v1\nkind: HostInventory\nhosts: [{ name: kvm01 }]\n';
  const after = added(before, kvm02);
  assert.deepEqual(
    hostsOf(after).map(([name]) => name),
    ['kvm01', 'kvm02'],
  );
  assert.match(after, /\[\{ name: kvm01 \}, \{ name: kvm02/);
});

test('a key without a value and a missing key both get their list', () => {
  const head = 'apiVersion: livemigrate/v1\nkind: HostInventory\n';
  assert.deepEqual(hostsOf(added(`${head}hosts:\n`, kvm02)), [['kvm02', '192.0.2.7']]);
  assert.deepEqual(hostsOf(added(head, kvm02)), [['kvm02', '192.0.2.7']]);
  assert.deepEqual(hostsOf(added(head.trimEnd(), kvm02)), [['kvm02', '192.0.2.7']]);
});

test('what YAML would read as something else is quoted', () => {
  const text = newInventory({ name: 'yes', address: '2001:db8::7', user: '0x1f' });
  const descriptor = loadDescriptor('file:///hosts.migration.yaml', text);
  assert.equal(descriptor.kind, 'HostInventory');
  const host = descriptor.inventory.hosts?.items[0];
  assert.ok(host);
  assert.equal(host.name?.value, 'yes');
  assert.equal(host.address?.value, '2001:db8::7');
  assert.equal(host.user?.value, '0x1f');
});

test('a file with mistakes is left alone', () => {
  assert.equal(addHost('hosts: [\n', kvm02), undefined);
  assert.equal(addHost('hosts: kvm01\n', kvm02), undefined);
});
