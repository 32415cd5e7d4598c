import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadDescriptor } from '../../../core/descriptor/load.ts';
import { migrationFields } from '../../../core/descriptor/fields.ts';
import type { Field } from '../../../core/descriptor/field-types.ts';
import { render } from '../../../core/messages.ts';

const uri = 'file:///vm.migration.yaml';
const head = 'apiVersion: livemigrate/v1\nkind: Migration\ndomain: vm\nsource: a\ndestination: b\n';

/** `code@text` of every problem. */
function found(text: string): readonly string[] {
  return loadDescriptor(uri, text).problems.map(
    ({ code, span }) => `${code}@${text.slice(span.start, span.end)}`,
  );
}

/** The text after the first fix of the first problem. */
function mended(text: string, fix = 0): string {
  const edits = loadDescriptor(uri, text).problems[0]?.fixes[fix]?.edits ?? [];
  return [...edits]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce(
      (result, { span, newText }) => result.slice(0, span.start) + newText + result.slice(span.end),
      text,
    );
}

test('a complete migration binds without a problem and keeps every range', () => {
  const text = `${head}domainXml: ./vm.domain.xml
storage:
  mode: mixed
  disks:
    - target: sda
      action: copy
      destination: { path: /mnt/vm.qcow2, format: qcow2, size: 20GiB, create: true }
    - { target: sdb, action: shared }
networks:
  - { mac: "52:54:00:12:34:56", segment: 10.1.0.0/24 }
policy:
  mode: pre-copy
  connection: peer-to-peer
  migrateUri: tcp://10.9.0.2
  persistent: true
  undefineSource: true
  bandwidth: 500MiB/s
  maxDowntime: 500ms
  completionTimeout: 30m
  onTimeout: suspend
  autoConverge: { initial: 20, increment: 10 }
  parallel: { connections: 2, cpuAffinity: "2-3" }
  compression: { method: zstd, level: 1, threads: 8, decompressThreads: 2, waitThread: true }
  tls: { verifyPeer: true, destination: kvm02.example.com }
  unsafe: { reason: "guest quiesced" }
  parameters: { xbzrle-cache-size: 64MiB }
preflight:
  maxAge: 10m
  dirtyRate: { mode: page-sampling, calcTime: 1s, samples: 5 }
  guestAgent: required
rules: { host-vcpu-capacity: off }
`;
  const descriptor = loadDescriptor(uri, text);
  assert.deepEqual(descriptor.problems, []);
  assert.equal(descriptor.kind, 'Migration');
  const { migration } = descriptor;
  const disk = migration.storage?.disks?.items[0];
  assert.equal(disk?.destination?.size?.value.amount, 20 * 1024 ** 3);
  const span = disk.target?.span;
  assert.equal(span && text.slice(span.start, span.end), 'sda');
  assert.equal(migration.policy?.bandwidth?.value.amount, 500 * 1024 ** 2);
  assert.deepEqual(
    migration.rules?.entries.map(({ key, value }) => [key.value, value.value]),
    [['host-vcpu-capacity', 'off']],
  );
});

test('the switchable fields take true, false and a mapping', () => {
  const bound = (value: string): unknown => {
    const descriptor = loadDescriptor(uri, `${head}policy:\n  autoConverge: ${value}\n`);
    assert.deepEqual(descriptor.problems, []);
    return descriptor.kind === 'Migration'
      ? descriptor.migration.policy?.autoConverge !== undefined
      : undefined;
  };
  assert.equal(bound('true'), true);
  assert.equal(bound('false'), false);
  assert.equal(bound('{ initial: 30 }'), true);
});

test('a misspelt key is found on its letters and renamed by its fix', () => {
  const text = `${head}policy:\n  bandwith: 5MiB/s\n`;
  assert.deepEqual(found(text), ['unknown-key@bandwith']);
  assert.equal(mended(text), text.replace('bandwith', 'bandwidth'));
});

test('a spelling from elsewhere is known', () => {
  const text = `${head}policy:\n  downtime: 300ms\n`;
  assert.equal(mended(text), text.replace('downtime', 'maxDowntime'));
});

test('a key that resembles nothing is told with the keys that there are', () => {
  const problem = loadDescriptor(uri, `${head}policy:\n  zzzzzz: 1\n`).problems[0];
  assert.match(render(problem?.message ?? { text: '', args: [] }), /bandwidth/);
});

test('a number without its unit is an error that offers the units, the manual’s reading first', () => {
  const text = `${head}policy:\n  bandwidth: 500\n`;
  assert.deepEqual(found(text), ['unit-missing@500']);
  assert.equal(mended(text), text.replace('500', '500MiB/s'));
  assert.match(
    render(loadDescriptor(uri, text).problems[0]?.message ?? { text: '', args: [] }),
    /MiB\/s, not Mbit\/s/,
  );
});

test('Mbps is an error that offers both meanings', () => {
  const text = `${head}policy:\n  bandwidth: 500Mbps\n`;
  assert.deepEqual(found(text), ['unit-ambiguous@500Mbps']);
  assert.equal(mended(text, 0), text.replace('500Mbps', '500Mbit/s'));
  assert.equal(mended(text, 1), text.replace('500Mbps', '500MiB/s'));
});

test('values outside their range, of another type or not in the list are each found', () => {
  assert.deepEqual(found(`${head}policy: { completionTimeout: 5ms }\n`), ['wrong-value@5ms']);
  assert.deepEqual(found(`${head}policy: { parallel: { connections: 0 } }\n`), ['wrong-value@0']);
  assert.deepEqual(found(`${head}policy: { persistent: yes }\n`), ['wrong-value@yes']);
  assert.deepEqual(found(`${head}storage: [a]\n`), ['wrong-type@[a]']);
  assert.deepEqual(found(`${head}storage: { mode: mixt }\n`), ['wrong-value@mixt']);
  assert.deepEqual(found(`${head}policy: { migrateUri: 10.0.0.1 }\n`), ['wrong-value@10.0.0.1']);
  assert.deepEqual(found(`${head}policy:\n`), ['missing-value@policy']);
});

test('a value whose range a rule judges binds outside of it, too', () => {
  const text = `${head}policy: { maxDowntime: 3000s, bandwidth: 1kB/s }\n`;
  const descriptor = loadDescriptor(uri, text);
  assert.deepEqual(descriptor.problems, []);
  assert.ok(descriptor.kind === 'Migration');
  assert.equal(descriptor.migration.policy?.maxDowntime?.value.amount, 3_000_000);
  assert.equal(descriptor.migration.policy.bandwidth?.value.amount, 1000);
});

test('a missing key is told at the mapping that lacks it', () => {
  assert.deepEqual(found('apiVersion: livemigrate/v1\nkind: Migration\ndomain: vm\nsource: a\n'), [
    'missing-key@apiVersion',
  ]);
  assert.deepEqual(
    found(`${head}storage: { disks: [{ target: sda }] }\n`).map((each) => each.split('@')[0]),
    ['missing-key'],
  );
});

test('a disk that is listed twice is an error on the second', () => {
  assert.deepEqual(
    found(
      `${head}storage: { disks: [{ target: sda, action: copy }, { target: sda, action: skip }] }\n`,
    ),
    ['duplicate-item@sda'],
  );
});

test('a misspelt kind still gets every other check', () => {
  assert.deepEqual(found(`${head.replace('kind: Migration', 'kind: migration')}polcy: {}\n`), [
    'wrong-value@migration',
    'unknown-key@polcy',
  ]);
});

test('an empty file offers the head of a migration, and that binds', () => {
  assert.deepEqual(found(''), ['empty-file@']);
  const start = mended('');
  assert.match(start, /kind: Migration/);
});

test('an inventory binds its hosts', () => {
  const text =
    'apiVersion: livemigrate/v1\nkind: HostInventory\nhosts:\n  - { name: kvm01, uri: qemu+ssh://root@kvm01/system, labels: { rack: a1 } }\n';
  const descriptor = loadDescriptor(uri, text);
  assert.deepEqual(descriptor.problems, []);
  assert.equal(
    descriptor.kind === 'HostInventory' && descriptor.inventory.hosts?.items[0]?.name?.value,
    'kvm01',
  );
});

test('a plan of several migrations is refused by name, not ignored', () => {
  assert.deepEqual(found('apiVersion: livemigrate/v1\nkind: MigrationPlan\n'), [
    'kind-not-supported@MigrationPlan',
  ]);
});

test('a path leads to the value, else to the nearest key above it', () => {
  const text = `${head}storage:\n  disks:\n    - { target: sda, action: copy }\n`;
  const descriptor = loadDescriptor(uri, text);
  const at = (...path: string[]): string => {
    const span = descriptor.at(path);
    return text.slice(span.start, span.end);
  };
  assert.equal(at('storage', 'disks', 'sda', 'action'), 'copy');
  assert.equal(at('storage', 'disks', 'sda'), 'sda');
  assert.equal(at('storage', 'disks', 'sdb'), 'disks');
  assert.equal(at('policy', 'unsafe'), 'apiVersion: livemigrate/v1');
  assert.equal(descriptor.has(['storage', 'disks', 'sdb']), false);
});

test('every field of the table explains itself', () => {
  const silent: string[] = [];
  const visit = (path: string, field: Field): void => {
    if (field.doc.text.trim() === '') silent.push(path);
    if (field.kind === 'object')
      for (const [key, each] of Object.entries(field.fields)) visit(`${path}.${key}`, each);
    if (field.kind === 'list') visit(`${path}[]`, field.item);
    if (field.kind === 'map') visit(`${path}{}`, field.value);
  };
  visit('', migrationFields);
  assert.deepEqual(silent, []);
});

test('a key that belongs elsewhere is told with its place', () => {
  const told = (lines: string) =>
    loadDescriptor(uri, head + lines).problems.map(({ message, fixes }) => {
      assert.deepEqual(fixes, []);
      return render(message);
    });
  assert.deepEqual(told('unsafe: true\nbandwith: 1MiB/s\npostcopy: true\n'), [
    'There is no key “unsafe” here; is “policy.unsafe” meant?',
    'There is no key “bandwith” here; is “policy.bandwidth” meant?',
    'There is no key “postcopy” here; is “policy.mode” meant?',
  ]);
  assert.match(told('zzzzzzzzzz: 1\n')[0] ?? '', /^There is no key “zzzzzzzzzz” here\. Keys here/);
});
