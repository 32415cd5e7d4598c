import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
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
