import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadDescriptor } from '../../../core/descriptor/load.ts';
import type { Fact } from '../../../core/facts/fact.ts';
import { migrationFacts } from '../../../core/facts/view.ts';
import { render } from '../../../core/messages.ts';
import type { FactsSnapshot, HostSnapshot } from '../../../core/facts/snapshot.ts';
import { HostError } from '../../../hosts/host-error.ts';
import {
  parseSnapshot,
  readSnapshotFile,
  writeSnapshotFile,
} from '../../../hosts/collect/snapshot-file.ts';
import { unreachableHost } from '../../../hosts/collect/unreachable.ts';

const folder = mkdtempSync(join(tmpdir(), 'livemigrate-snapshot-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const host: HostSnapshot = {
  ...unreachableHost('kvm01', 5, 'it is off'),
  unreachable: 'it is off',
  capacity: {
    ok: true,
    value: { cpus: 2, memoryTotal: 10, memoryAvailable: 5 },
    from: '/proc/meminfo',
  },
  domains: {
    ok: true,
    from: 'virsh list --all',
    value: [
      {
        name: 'vm1',
        uuid: 'u',
        state: 'running',
        persistent: true,
        snapshots: 0,
        xml: '<domain/>',
        job: undefined,
        maxDowntimeMs: 300,
        parameters: { a: 1, b: 'x', c: true },
        capabilities: { d: false },
        guestAgent: undefined,
      },
    ],
  },
  images: { '/a': { ok: false, why: 'no', from: 'stat' } },
};
const snapshot: FactsSnapshot = { format: 'livemigrate-facts/1', hosts: { kvm01: host } };

test('what was written is read again, and only its owner can read it', async () => {
  const path = join(folder, 'facts.json');
  await writeSnapshotFile(path, snapshot);
  assert.deepEqual(readSnapshotFile(path), snapshot);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a snapshot of before, without the later parts, is read, and a rule that needs one waits', () => {
  const result = parseSnapshot(JSON.stringify(snapshot));
  assert.ok(result.ok);
  assert.equal(result.snapshot.hosts['kvm01']?.clock, undefined);
  const descriptor = loadDescriptor(
    'file:///m.migration.yaml',
    'apiVersion: livemigrate/v1\nkind: Migration\ndomain: vm1\nsource: kvm01\ndestination: kvm02\n',
  );
  assert.ok(descriptor.kind === 'Migration');
  const reached = { ...host };
  Reflect.deleteProperty(reached, 'unreachable');
  const facts = migrationFacts({
    descriptor,
    domain: undefined,
    snapshot: { ...snapshot, hosts: { kvm01: reached } },
    prefer: 'file',
  });
  for (const name of ['source.clock', 'source.peer', 'source.files'] as const) {
    const fact: Fact<unknown> = facts[name];
    assert.ok(!fact.known);
    assert.equal(render(fact.why), 'kvm01 was not asked for this');
  }
});

test('the later parts are read as they were written', async () => {
  const path = join(folder, 'later.json');
  const said = <T>(value: T) => ({ ok: true as const, value, from: 'x' });
  const certificate = {
    commonName: 'kvm01',
    dnsNames: ['kvm01'],
    addresses: [],
    validFrom: 1,
    validTo: 2,
    validity: 'valid' as const,
    fingerprints: ['ab'],
    issuedByOwnCa: true,
    issuer: 'cd',
  };
  const file = { state: 'present' as const, certificate };
  const later: HostSnapshot = {
    ...host,
    access: said({ user: 'root', libvirt: true, said: undefined }),
    clock: said({ ahead: -3, uncertainty: 1 }),
    power: said({ scheduled: { mode: 'reboot', at: 9 }, stopping: false }),
    kernel: said({ release: '6.1', unprivilegedUserfaultfd: 0, overcommitMemory: undefined }),
    topology: said({
      cpus: '0-1',
      nodes: [{ id: 0, cpus: '0-1', memoryTotal: 2, memoryFree: 1, hugePages: [] }],
      hugePages: [{ size: 2048, total: 1, free: 0 }],
      hugePageMounts: ['/dev/hugepages'],
    }),
    interfaces: said([
      {
        name: 'br0',
        kind: 'bridge',
        mac: undefined,
        mtu: 1500,
        up: true,
        master: undefined,
        parent: undefined,
        vlan: undefined,
        addresses: ['10.0.0.1/24'],
        gateways: [{ address: '10.0.0.254', mac: undefined }],
        speed: undefined,
      },
    ]),
    ports: said([22]),
    emulation: said({ emulators: [], securityModels: ['dac'], migrationTransports: ['tcp'] }),
    configuration: said({
      migrationPorts: { first: 1, last: 2 },
      migrationAddress: undefined,
      migrationHost: undefined,
      tlsVerify: true,
      tlsForce: false,
      lockManager: undefined,
      sharedFilesystems: ['/srv'],
      user: 'root',
    }),
    certificates: said({
      folder: '/etc/pki/qemu',
      ca: file,
      server: file,
      client: { state: 'missing', certificate: undefined },
      serverKey: 'present',
      clientKey: 'missing',
    }),
    secrets: said([{ uuid: 'u', usage: 'ceph x' }]),
    tpm: said({ installed: false, version: undefined, features: [] }),
    files: { '/usr/bin/qemu': said({ kind: 'file', filesystem: undefined }) },
    peers: {
      kvm02: said({
        uri: 'qemu+ssh://kvm02/system',
        connection: { connects: false, said: 'no' },
        ports: [{ host: 'kvm02', port: 22, state: 'silent' }],
        roundTrip: { milliseconds: 0.3, loss: 0 },
        through: { name: 'eth0', speed: 1e10 },
      }),
    },
  };
  await writeSnapshotFile(path, { ...snapshot, hosts: { kvm01: later } });
  assert.deepEqual(readSnapshotFile(path).hosts['kvm01'], later);
});

test('anything else is refused with the place of the mistake', () => {
  const text = JSON.stringify(snapshot);
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /not JSON/],
    ['{"hosts":', /not JSON/],
    ['[]', /not a facts file/],
    ['null', /not a facts file/],
    ['{"format":"livemigrate-facts/2","hosts":{}}', /not a facts file/],
    [text.replace('"cpus":2', '"cpus":"2"'), /hosts\.kvm01\.capacity/],
    [text.replace('"cpus":2', '"cpus":-1'), /hosts\.kvm01\.capacity/],
    [text.replace('"ok":false', '"ok":"maybe"'), /hosts\.kvm01/],
    [text.replace('"images"', '"pictures"'), /hosts\.kvm01/],
  ];
  for (const [broken, words] of cases) {
    const result = parseSnapshot(broken);
    assert.ok(!result.ok, broken);
    assert.match(render(result.problem), words);
  }
});

test('a file that is missing, a folder, or broken is an error that names it', () => {
  writeFileSync(join(folder, 'broken.json'), '{');
  for (const name of ['none.json', '', 'broken.json']) {
    assert.throws(
      () => readSnapshotFile(join(folder, name)),
      (error: unknown) => {
        assert.ok(error instanceof HostError && error.kind === 'configuration');
        assert.ok(error.message.includes(join(folder, name)), error.message);
        return true;
      },
    );
  }
});
