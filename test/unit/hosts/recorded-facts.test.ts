import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseSections } from '../../../core/virsh/parse/sections.ts';
import type { Section } from '../../../core/virsh/parse/sections.ts';
import { readDetailPart } from '../../../hosts/collect/detail-part.ts';
import { readHostPart } from '../../../hosts/collect/host-part.ts';

/** Answers of real hosts: libvirt 9.0.0 with QEMU 7.2.22, libvirt 11.3.0 with QEMU 10.0.13. */
function recorded(name: string): readonly Section[] {
  const text = readFileSync(join(import.meta.dirname, 'recorded', `${name}.txt`), 'utf8');
  return parseSections(text) ?? assert.fail(`${name} is cut off`);
}

function value<T>(
  answer: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string },
): T {
  return answer.ok ? answer.value : assert.fail(answer.why);
}

const old = readHostPart(recorded('debian12-host'), 'MARK');
const young = readHostPart(recorded('debian13-host'), 'MARK');

test('identity, versions and migrate options are read', () => {
  assert.equal(value(old.identity).hostname, 'kvm03');
  assert.match(value(old.identity).uuid, /^[0-9a-f-]{36}$/);
  assert.match(value(old.identity).bootId, /^[0-9a-f-]{36}$/);
  const { migrateOptions, ...versions } = value(old.versions);
  assert.deepEqual(versions, { libvirt: '9.0.0', qemu: '7.2.22' });
  for (const option of [
    'live',
    'p2p',
    'postcopy-after-precopy',
    'migrate-disks',
    'comp-xbzrle-cache',
    'desturi',
  ])
    assert.ok(migrateOptions.includes(option), option);
  assert.equal(migrateOptions.includes('comp-zstd-level'), false);
  assert.equal(value(young.versions).libvirt, '11.3.0');
  assert.ok(value(young.versions).migrateOptions.includes('comp-zstd-level'));
});

test('capacity and CPU are read', () => {
  assert.equal(value(old.capacity).cpus, 2);
  assert.ok(value(old.capacity).memoryTotal > value(old.capacity).memoryAvailable);
  const cpu = value(old.cpu);
  assert.equal(cpu.arch, 'x86_64');
  assert.ok(cpu.machines.includes('q35') && cpu.machines.includes('pc-q35-7.2'));
  assert.equal(new Set(cpu.machines).size, cpu.machines.length);
  assert.ok(cpu.usableModels.includes('qemu64'));
  assert.ok(cpu.features.length > 10);
  assert.notEqual(cpu.modelName, undefined);
  assert.ok(value(young.cpu).machines.includes('pc-q35-10.0'));
});

test('networks and pools are read, active or not', () => {
  assert.deepEqual(value(old.networks), [
    { name: 'default', active: true, bridge: 'br-guest', forward: 'bridge' },
    { name: 'idle net', active: false, bridge: 'virbr7', forward: 'none' },
  ]);
  assert.deepEqual(value(old.bridges), ['br-guest']);
  const [first, idle] = value(old.pools);
  assert.deepEqual(
    [first?.name, first?.active, first?.path],
    ['default', true, '/var/lib/libvirt/images'],
  );
  assert.ok((first?.available ?? 0) > 0);
  assert.deepEqual(idle, { name: 'idle', active: false, path: '/srv/none', available: undefined });
});

test('domains are read, and text in a domain cannot forge an answer', () => {
  const [running, off] = value(old.domains);
  assert.deepEqual(
    [
      running?.name,
      running?.state,
      running?.persistent,
      running?.snapshots,
      running?.job,
      running?.maxDowntimeMs,
      running?.guestAgent,
    ],
    ['old1', 'running', true, 0, undefined, 300, undefined],
  );
  assert.match(running?.xml ?? '', /^<domain type='qemu' id='1'>[\s\S]*<\/domain>$/);
  assert.deepEqual(
    [off?.name, off?.state, off?.snapshots, off?.maxDowntimeMs, off?.guestAgent],
    ['-off line;"q"', 'shut off', 2, undefined, false],
  );
  // Its description holds lines that look like frames and like errors of virsh.
  assert.match(
    off?.xml ?? '',
    /<description>@end\n=0\nerror: not an error of virsh\n\|x<\/description>/,
  );
});

test('images are read: a chain, nothing, raw, below a file, a directory', () => {
  const paths = [
    `/var/lib/libvirt/images/it's a "disk".qcow2`,
    '/nope/x',
    '/var/lib/libvirt/images/base.qcow2',
    '/etc/hosts/x',
    '/var/lib/libvirt/images',
  ];
  const questions = paths.map((path, index) => ({
    path,
    mode: index === 2 ? ('raw' as const) : ('probe' as const),
  }));
  const { images } = readDetailPart(recorded('debian12-details'), {
    paths: questions,
    user: 'root',
    mark: 'MARK',
  });
  const [chain, missing, raw, below, directory] = paths.map(
    (path) => images[path] ?? assert.fail(path),
  );
  assert.ok(
    chain !== undefined &&
      missing !== undefined &&
      raw !== undefined &&
      below !== undefined &&
      directory !== undefined,
  );
  assert.deepEqual(
    [value(chain).kind, value(chain).format, value(chain).virtualSize, value(chain).backing],
    [
      'file',
      'qcow2',
      1024 ** 3,
      ['/var/lib/libvirt/images/mid.qcow2', '/var/lib/libvirt/images/base.qcow2'],
    ],
  );
  assert.equal(value(chain).filesystem?.mountPoint, '/var/lib/libvirt/images');
  assert.equal(value(missing).kind, 'missing');
  assert.equal(value(missing).filesystem?.mountPoint, '/');
  // Declared raw by a domain: what the file contains is the guest's business, not a format.
  assert.deepEqual([value(raw).format, value(raw).backing], ['raw', []]);
  assert.ok((value(raw).virtualSize ?? 0) > 190_000 && (value(raw).virtualSize ?? 0) % 512 === 0);
  assert.equal(below.ok, false);
  assert.equal(value(directory).kind, 'directory');
});

test('migration parameters and capabilities of QEMU are read', () => {
  const uuid = '2b569cc1-8dbf-4f4f-983f-16e7f6dfb500';
  const { monitors, agents } = readDetailPart(recorded('debian13-details'), {
    paths: [],
    user: 'root',
    mark: 'MARK',
  });
  const monitor = monitors.get(uuid) ?? assert.fail('not asked');
  assert.equal(monitor.parameters?.['downtime-limit'], 300);
  assert.equal(monitor.parameters['xbzrle-cache-size'], 64 * 1024 ** 2);
  assert.equal(monitor.capabilities?.['auto-converge'], false);
  assert.equal(agents.has(uuid), false);
});

test('an answer that was cut off is none', () => {
  const text = readFileSync(join(import.meta.dirname, 'recorded', 'debian12-host.txt'), 'utf8');
  for (const part of [0.1, 0.5, 0.99])
    assert.equal(parseSections(text.slice(0, text.length * part)), undefined);
});

test('a missing part of the answer leaves its facts unknown and the others known', () => {
  const without = (name: string) =>
    readHostPart(
      recorded('debian12-host').filter((section) => section.name !== name),
      'MARK',
    );
  assert.equal(without('details').domains.ok, false);
  assert.equal(without('details').versions.ok, true);
  assert.equal(without('libvirt').versions.ok, false);
  assert.equal(without('memory').capacity.ok, false);
  assert.equal(without('memory').identity.ok, true);
});
