import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../../../core/planner/plan.ts';
import { domainFacts, GiB, localDisk, onNfs, plan, uuid } from './given.ts';
import type { Given, GivenDisk } from './given.ts';

function planned(given: Given): Plan {
  const result = plan(given);
  assert.ok(result.ok, JSON.stringify(result, undefined, 1));
  return result.plan;
}

function refusedWith(given: Given): readonly string[] {
  const result = plan(given);
  assert.equal(result.ok, false, 'a plan was made');
  return result.refusals.map(({ code, path }) => `${code} ${path.join('.')}`.trim());
}

function migrateArguments(given: Given): string {
  const launch = planned(given).steps.find(({ kind }) => kind === 'launch');
  return launch?.command.argv.slice(3).join(' ') ?? '';
}

const create = `storage:
  mode: copy-all
  disks:
    - { target: vda, action: copy, destination: { create: true } }
`;
const policy = (text: string): string => `policy: { ${text} }\n`;

test('parallel connections, compression and TLS become the options of virsh', () => {
  const cases: Readonly<Record<string, RegExp>> = {
    'parallel: true': /--parallel --domain/,
    'parallel: { connections: 4 }': /--parallel --parallel-connections 4 --domain/,
    'parallel: true, compression: { method: zstd, level: 12 }':
      /--parallel --compressed --comp-methods zstd --comp-zstd-level 12 --domain/,
    'parallel: true, compression: { method: zlib }': /--compressed --comp-methods zlib --domain/,
    'compression: { method: xbzrle, cacheSize: 128MiB }':
      /--compressed --comp-methods xbzrle --comp-xbzrle-cache 134217728 --domain/,
    'compression: { method: mt, level: 3, threads: 4, decompressThreads: 2 }':
      /--comp-methods mt --comp-mt-level 3 --comp-mt-threads 4 --comp-mt-dthreads 2 --domain/,
    'tls: true': /--tls --domain/,
    'tls: { destination: kvm02.example.com }':
      /--tls --tls-destination kvm02\.example\.com --domain/,
  };
  for (const [text, expected] of Object.entries(cases)) {
    assert.match(migrateArguments({ yaml: policy(text) }), expected, text);
  }
});

test('a stream that libvirt would refuse, or a key without effect, is refused by name', () => {
  const cases: Readonly<Record<string, string>> = {
    'compression: { method: zstd }': 'comp-zlib-needs-parallel policy.compression',
    'parallel: true, compression: { method: xbzrle }': 'comp-mt-xbzrle-parallel policy.compression',
    'parallel: true, compression: { method: zstd, threads: 4 }': 'comp-mt-tune policy.compression',
    'compression: { method: xbzrle, level: 1 }': 'comp-mt-tune policy.compression',
    'compression: { method: mt, cacheSize: 64MiB }': 'comp-xbzrle-tune policy.compression',
    'compression: { method: xbzrle, cacheSize: 65MiB }':
      'xbzrle-cache-power-of-two policy.compression',
    'parallel: true, compression: { method: zlib, level: 10 }':
      'comp-level-range policy.compression',
    'tls: { destination: "-x" }': 'tls-hostname-mismatch policy.tls',
  };
  for (const [text, expected] of Object.entries(cases)) {
    assert.deepEqual(refusedWith({ yaml: policy(text) }), [expected], text);
  }
});

test('post-copy is asked for when the migration begins, and the plan holds the switch', () => {
  const cases: Readonly<Record<string, RegExp>> = {
    'mode: post-copy-by-hand': /--postcopy --domain/,
    'mode: post-copy-after-first-pass': /--postcopy --postcopy-after-precopy --domain/,
    'mode: post-copy-on-timeout, completionTimeout: 90s':
      /--postcopy --timeout 90 --timeout-postcopy --domain/,
  };
  for (const [text, expected] of Object.entries(cases)) {
    assert.match(migrateArguments({ yaml: policy(text) }), expected, text);
    const { watch, assumptions } = planned({ yaml: policy(text) });
    assert.deepEqual(watch.switchToPostCopy?.argv.slice(3, 4), ['migrate-postcopy'], text);
    assert.ok(
      assumptions.some(({ text: said }) => /the guest is lost/.test(said)),
      text,
    );
  }
  assert.equal(planned({}).watch.switchToPostCopy, undefined);
});

test('post-copy and the timeout exclude what contradicts them', () => {
  const cases: Readonly<Record<string, string>> = {
    'mode: post-copy-on-timeout': 'timeout-action-needs-timeout policy.mode',
    'completionTimeout: 1m, onTimeout: post-copy': 'postcopy-subopts policy.onTimeout',
    'mode: post-copy-on-timeout, completionTimeout: 1m, onTimeout: abort':
      'timeout-actions-exclusive policy.onTimeout',
    'mode: post-copy-by-hand, completionTimeout: 1m, onTimeout: suspend':
      'timeout-actions-exclusive policy.onTimeout',
  };
  for (const [text, expected] of Object.entries(cases)) {
    assert.deepEqual(refusedWith({ yaml: policy(text) }), [expected], text);
  }
});

test('an interrupted post-copy can be resumed where libvirt can, never where its daemon crashes', () => {
  const yaml = policy('mode: post-copy-after-first-pass');
  const migrateOptions = [
    'postcopy-resume',
    'live',
    'p2p',
    'persistent',
    'undefinesource',
    'postcopy',
    'postcopy-after-precopy',
    'domain',
    'desturi',
  ];
  const resumed = planned({ yaml, migrateOptions, destinationLibvirt: '9.0.0' }).watch
    .resumePostCopy;
  assert.match(resumed?.argv.join(' ') ?? '', /--postcopy --postcopy-resume --domain/);
  assert.ok(!resumed?.argv.includes('--postcopy-after-precopy'));
  assert.equal(
    planned({ yaml, migrateOptions, destinationLibvirt: '11.3.0' }).watch.resumePostCopy,
    undefined,
  );
  const old = migrateOptions.slice(1);
  assert.equal(
    planned({ yaml, migrateOptions: old, destinationLibvirt: '9.0.0' }).watch.resumePostCopy,
    undefined,
  );
});

test('an option that virsh on the source does not list is refused by its name', () => {
  const result = plan({
    yaml: policy('parallel: true'),
    migrateOptions: ['live', 'p2p', 'persistent', 'undefinesource', 'domain', 'desturi'],
  });
  assert.ok(!result.ok);
  assert.deepEqual(
    result.refusals.map(({ code, message }) => [code, message.args[2]]),
    [['virsh-option-missing', 'parallel']],
  );
});

test('a copy to another path moves the disk in the XML and in the definition', () => {
  const result = planned({
    disks: [localDisk],
    missing: ['/elsewhere/vm.qcow2'],
    yaml: 'storage: { disks: [{ target: vda, action: copy, destination: { path: /elsewhere/vm.qcow2, create: true } }] }\n',
  });
  const launch = result.steps.find(({ kind }) => kind === 'launch');
  assert.match(
    launch?.command.argv.join(' ') ?? '',
    /--xml destination\.xml --persistent-xml destination-persistent\.xml /,
  );
  assert.deepEqual(launch?.destinationXml?.moved, [
    {
      target: 'vda',
      from: { type: 'file', path: '/var/lib/libvirt/images/vm.qcow2' },
      to: { type: 'file', path: '/elsewhere/vm.qcow2' },
    },
  ]);
  assert.ok(launch.destinationXml.definition?.argv.includes('--inactive'));
});

test('without a definition on the destination only the live XML is changed', () => {
  const launch = planned({
    disks: [localDisk],
    missing: ['/elsewhere/vm.qcow2'],
    yaml: `storage: { disks: [{ target: vda, action: copy, destination: { path: /elsewhere/vm.qcow2, create: true } }] }
policy: { persistent: false, undefineSource: false }
`,
  }).steps.find(({ kind }) => kind === 'launch');
  assert.ok(!launch?.command.argv.includes('--persistent-xml'));
  assert.equal(launch?.destinationXml?.definition, undefined);
});

const overBase = { backing: ['/base.qcow2'] };
const incremental = (more: string, proof = ''): string =>
  `storage: { mode: copy-incremental, ${proof} disks: [{ target: vda, action: copy, ${more} }] }\n`;

test('a full copy of a disk over a base needs room for the whole disk and has no base', () => {
  const disks = [{ ...localDisk, source: overBase }];
  const { steps } = planned({ disks, yaml: create });
  const made = steps.find(({ kind }) => kind === 'create-image');
  assert.ok(!made?.command.argv.includes('-b'));
  const full = { ...localDisk, source: { ...overBase, virtualSize: 200 * GiB, allocated: 1 } };
  assert.deepEqual(refusedWith({ disks: [full], yaml: create }), [
    'disk-dest-free-space storage.disks.vda',
  ]);
});

test('an incremental copy is planned only when the base is proven', () => {
  const given = (base: Pick<GivenDisk, 'source' | 'destination'>, proof = ''): Given => ({
    disks: [{ ...localDisk, source: overBase }],
    bases: [{ target: '', path: '/base.qcow2', ...base }],
    yaml: incremental('destination: { create: true }', proof),
  });
  const one = { source: onNfs(), destination: onNfs() };
  const { steps } = planned(given(one));
  const made = steps.find(({ kind }) => kind === 'create-image');
  assert.deepEqual(made?.command.argv.slice(-4), ['-b', '/base.qcow2', '-F', 'qcow2']);
  assert.match(migrateArguments(given(one)), /--copy-storage-inc --migrate-disks vda/);
  assert.deepEqual(refusedWith(given({})), ['inc-base-present storage.disks.vda']);
  assert.deepEqual(refusedWith(given({ destination: 'missing' })), [
    'inc-base-present storage.disks.vda',
  ]);
  const other = { destination: { virtualSize: GiB } };
  assert.deepEqual(refusedWith(given(other, 'baseProof: sha256,')), [
    'inc-base-present storage.disks.vda',
  ]);
  const compared = planned(given({}, 'baseProof: sha256,'));
  assert.deepEqual(compared.steps.map(({ id }) => id).slice(0, 3), [
    'hash-base-vda-1',
    'compare-base-vda-1',
    'create-image-vda',
  ]);
  assert.equal(compared.steps[1]?.inputFrom, 'hash-base-vda-1');
});

test('a base that nobody looked at, and an image that lies on another base, are refused', () => {
  const disks = [{ ...localDisk, source: overBase }];
  assert.deepEqual(refusedWith({ disks, yaml: incremental('destination: { create: true }') }), [
    'inc-base-present storage.disks.vda',
  ]);
  const there = [{ ...localDisk, source: overBase, destination: { backing: ['/other.qcow2'] } }];
  const bases = [{ target: '', path: '/base.qcow2', source: onNfs(), destination: onNfs() }];
  assert.deepEqual(
    refusedWith({ disks: there, bases, yaml: 'storage: { mode: copy-incremental }\n' }),
    ['inc-base-present storage'],
  );
});

test('a block device is copied to a file, and onto a device only when the file says so', () => {
  const device = {
    target: 'vda',
    path: '/dev/vg/vm',
    type: 'block',
    format: 'raw',
    source: { kind: 'block' as const, format: 'raw' },
    destination: 'missing' as const,
  };
  const to = (more: string): string =>
    `storage: { disks: [{ target: vda, action: copy, destination: { ${more} } }] }\n`;
  const file = planned({
    disks: [device],
    missing: ['/i/vm.raw'],
    yaml: to('path: /i/vm.raw, create: true'),
  });
  assert.deepEqual(file.steps.find(({ kind }) => kind === 'launch')?.destinationXml?.moved, [
    {
      target: 'vda',
      from: { type: 'block', path: '/dev/vg/vm' },
      to: { type: 'file', path: '/i/vm.raw' },
    },
  ]);
  const raw = { ...localDisk, format: 'raw', source: { format: 'raw' } };
  const onto = (more: string, found: object): Given => ({
    disks: [raw],
    bases: [
      { target: '', path: '/dev/vg/x', destination: { kind: 'block', format: 'raw', ...found } },
    ],
    yaml: to(`path: /dev/vg/x${more}`),
  });
  assert.deepEqual(refusedWith(onto('', {})), ['dest-block-device storage.disks.vda']);
  assert.deepEqual(refusedWith(onto(', device: true', { virtualSize: 20 * GiB + 512 })), [
    'dest-image-size-equal storage.disks.vda',
  ]);
  const made = planned(onto(', device: true', {}));
  assert.deepEqual(made.steps.find(({ kind }) => kind === 'launch')?.destinationXml?.moved[0]?.to, {
    type: 'block',
    path: '/dev/vg/x',
  });
  assert.deepEqual(
    refusedWith({ ...onto(', device: true', {}), disks: [{ ...localDisk }] }),
    ['dest-block-device storage.disks.vda'],
    'a qcow2 image does not go onto a device',
  );
});

test('raw parameters that libvirt leaves alone are set before the launch and put back after a failure', () => {
  const yaml = policy(
    'mode: post-copy-by-hand, parameters: { max-postcopy-bandwidth: 10MiB/s, throttle-trigger-threshold: 60 }',
  );
  const { steps } = planned({ yaml });
  const at = steps.findIndex(({ id }) => id === 'parameters');
  const step = steps[at];
  assert.equal(steps[at + 1]?.kind, 'launch');
  assert.equal(
    step?.command.argv[5],
    '{"execute":"migrate-set-parameters","arguments":{"max-postcopy-bandwidth":10485760,"throttle-trigger-threshold":60}}',
  );
  assert.equal(step.remembers, true);
  assert.ok(step.undo !== undefined);
});

test('a raw parameter that would not count is refused by its name', () => {
  const cases: Readonly<Record<string, string>> = {
    'parameters: { max-bandwidth: 1 }': 'parameter-overwritten',
    'parameters: { no-such: 1 }': 'parameter-unknown',
    'parameters: { announce-rounds: 3 }': 'parameter-one-sided',
    'parallel: true, parameters: { multifd-channels: 4 }': 'parameter-one-sided',
    'autoConverge: { initial: 30 }, parameters: { cpu-throttle-initial: 40 }':
      'parameter-overwritten',
    'maxDowntime: 1s, parameters: { downtime-limit: 500 }': 'parameter-overwritten',
    'parameters: { throttle-trigger-threshold: 101 }': 'parameter-range',
    'parameters: { cpu-throttle-tailslow: 1 }': 'parameter-range',
  };
  for (const [text, code] of Object.entries(cases)) {
    assert.deepEqual(refusedWith({ yaml: policy(text) }), [`${code} policy.parameters`], text);
  }
});

test('under another name the domain is looked for and kept on the destination', () => {
  const yaml = policy('destinationName: web01-new');
  assert.match(migrateArguments({ yaml }), /--dname web01-new --persistent/);
  assert.equal(planned({ yaml }).destinationDomain, 'web01-new');
  assert.ok(!migrateArguments({ yaml: policy('destinationName: web01') }).includes('--dname'));
  const other = { ...domainFacts('web01-new', ''), uuid: '00000000-0000-4000-8000-000000000001' };
  assert.deepEqual(refusedWith({ yaml, destinationDomains: [other] }), [
    'uuid-name-conflict destination',
  ]);
});

test('a managed migration is virsh’s own and has an end; a tunnelled one has no address', () => {
  const managed = { yaml: policy('connection: managed, completionTimeout: 10m') };
  assert.match(migrateArguments(managed), /^migrate --live --persistent/);
  assert.ok(planned(managed).assumptions.some(({ text }) => /virsh on the source/.test(text)));
  const tunnelled = { yaml: policy('connection: tunnelled'), migrationAddress: '10.9.0.2' };
  assert.match(migrateArguments(tunnelled), /^migrate --live --p2p --tunnelled --persistent/);
  assert.ok(!migrateArguments(tunnelled).includes('--migrateuri'));
});

test('what a tunnel excludes is refused by its name', () => {
  const cases: Readonly<Record<string, string>> = {
    'parallel: true': 'tunnelled-parallel',
    'mode: post-copy-by-hand': 'tunnelled-postcopy',
    'migrateUri: "tcp://10.9.0.2"': 'tunnelled-uri',
    'tls: true': 'tunnelled-tls',
  };
  for (const [text, code] of Object.entries(cases)) {
    const yaml = policy(`connection: tunnelled, ${text}`);
    assert.deepEqual(refusedWith({ yaml }), [`${code} policy.connection`], text);
  }
  const auto = { disks: [localDisk], yaml: policy('connection: tunnelled') };
  assert.ok(refusedWith(auto).includes('copy-tunnelled policy.connection'));
});

test('migration threads are pinned for the run; the destination’s XML is made without the pin', () => {
  const { steps } = planned({ yaml: policy('parallel: { cpuAffinity: "2-3" }') });
  const step = steps.find(({ id }) => id === 'pin-migration-threads');
  assert.equal(
    step?.command.argv.slice(3).join(' '),
    `emulatorpin --domain ${uuid} --cpulist 2-3 --live`,
  );
  assert.equal(step.undo?.argv.at(-2), 'r');
  const launch = steps.find(({ kind }) => kind === 'launch');
  assert.match(launch?.command.argv.join(' ') ?? '', /--xml destination\.xml --persistent-xml /);
  assert.deepEqual(launch?.destinationXml?.emulatorPin, { former: undefined });
});

test('an image that is there already takes an incremental copy only when its top layer is empty', () => {
  const { steps, assumptions } = planned({
    disks: [{ ...localDisk, source: overBase, destination: { backing: ['/base.qcow2'] } }],
    bases: [{ target: '', path: '/base.qcow2', source: onNfs(), destination: onNfs() }],
    yaml: 'storage: { mode: copy-incremental }\n',
  });
  assert.equal(steps[0]?.id, 'require-empty-vda');
  assert.ok(!assumptions.some(({ text }) => /is overwritten/.test(text)));
});
