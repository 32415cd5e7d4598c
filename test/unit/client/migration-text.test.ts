import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyable, diskEntries, migrationText } from '../../../client/migration/migration-text.ts';
import type { NewMigration } from '../../../client/migration/migration-text.ts';
import { loadDescriptor } from '../../../core/descriptor/load.ts';
import { readDomain } from '../../../core/domain/read.ts';
import type { Domain } from '../../../core/domain/domain.ts';
import type { ImageFacts } from '../../../core/facts/snapshot.ts';
import { parseXml } from '../../../core/xml/parse.ts';

const xml = `<domain type='kvm'><name>web01</name><devices>
<disk type='file' device='disk'><driver type='qcow2'/><source file='/v/a.qcow2'/><target dev='sda'/></disk>
<disk type='file' device='disk'><driver type='raw'/><source file='/v/s.raw'/><target dev='sdb'/><shareable/></disk>
<disk type='file' device='disk'><driver type='qcow2'/><source file='/v/ro.qcow2'/><target dev='sdc'/><readonly/></disk>
<disk type='file' device='cdrom'><target dev='sdd'/><readonly/></disk>
<disk type='block' device='disk'><driver type='raw'/><source dev='/dev/vg/b'/><target dev='sde'/></disk>
</devices></domain>`;

function theDomain(): Domain {
  const { domain } = readDomain('file:///web01.domain.xml', parseXml(xml));
  assert.ok(domain);
  return domain;
}

function image(virtualSize: number): ImageFacts {
  return {
    kind: 'file',
    virtualSize,
    format: 'qcow2',
    allocated: 1,
    backing: [],
    filesystem: undefined,
    inode: undefined,
    modified: undefined,
    deviceIdentity: undefined,
  };
}

function load(migration: Partial<NewMigration>) {
  const text = migrationText({
    domain: 'web01',
    source: 'kvm01',
    destination: 'kvm02',
    domainXml: undefined,
    storage: { mode: 'shared' },
    ...migration,
  });
  const descriptor = loadDescriptor('file:///web01.migration.yaml', text);
  assert.deepEqual(
    descriptor.problems.map(({ code, message }) => [code, message.text]),
    [],
  );
  assert.equal(descriptor.kind, 'Migration');
  return descriptor.migration;
}

test('what the wizard writes has no mistakes and says what was chosen', () => {
  const migration = load({ domainXml: './web01.domain.xml' });
  assert.equal(migration.domain?.value, 'web01');
  assert.equal(migration.domainXml?.value, './web01.domain.xml');
  assert.equal(migration.storage?.mode?.value, 'shared');
  assert.equal(migration.policy?.onTimeout?.value, 'abort');
});

test('a domain whose name YAML would read as something else is quoted', () => {
  assert.equal(load({ domain: '1e3' }).domain?.value, '1e3');
  assert.equal(load({ domain: 'on' }).domain?.value, 'on');
  assert.equal(load({ domain: 'web: 01 # x' }).domain?.value, 'web: 01 # x');
});

test('shared, read-only and removable disks are never offered for copying', () => {
  const targets = theDomain()
    .disks.filter(copyable)
    .map((disk) => disk.target.value);
  assert.deepEqual(targets, ['sda', 'sde']);
});

test('a copied disk gets an image of its exact size where the size is known', () => {
  const disks = diskEntries(theDomain(), new Set(['sda', 'sde']), { '/v/a.qcow2': image(2 ** 31) });
  const entries = load({ storage: { mode: 'mixed', disks } }).storage?.disks?.items ?? [];
  const [sda] = entries;
  assert.equal(sda?.destination?.size?.value.amount, 2 ** 31);
  assert.equal(sda.destination.format?.value, 'qcow2');
  assert.equal(sda.destination.create?.value, true);
  assert.deepEqual(
    entries.map((entry) => [entry.target?.value, entry.action?.value]),
    [
      ['sda', 'copy'],
      ['sdb', 'shared'],
      ['sdc', 'shared'],
      ['sdd', 'skip'],
      ['sde', 'copy'],
    ],
  );
});

test('an image whose size is not known is not promised', () => {
  const [sda] = diskEntries(theDomain(), new Set(['sda']), {});
  assert.deepEqual(sda, { target: 'sda', action: 'copy' });
});

test('no image is created in place of a block device', () => {
  const disks = diskEntries(theDomain(), new Set(['sde']), { '/dev/vg/b': image(2 ** 31) });
  assert.deepEqual(disks.at(-1), { target: 'sde', action: 'copy' });
});
