import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render, say } from '../../../core/messages.ts';
import { canonicalJson, planDigest } from '../../../core/planner/digest.ts';
import { destinationUri } from '../../../core/planner/destination-uri.ts';
import type { Plan } from '../../../core/planner/plan.ts';
import {
  domainFacts,
  domainXml,
  GiB,
  localDisk,
  onNfs,
  plan,
  sha256,
  sharedDisk,
} from './given.ts';
import type { Given } from './given.ts';

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

test('a domain on shared storage moves live, peer-to-peer, and is defined on one host only', () => {
  assert.equal(
    migrateArguments({}),
    'migrate --live --p2p --persistent --undefinesource --domain 6649cfac-5ad2-41d0-965b-150bff9305b1 --desturi qemu+ssh://root@kvm02/system',
  );
});

test('copied disks are always listed, so that libvirt copies what the plan says', () => {
  const disks = [localDisk, { ...sharedDisk, target: 'vdb', path: '/images/data.qcow2' }];
  const args = migrateArguments({ disks, pools: [pool] });
  assert.match(args, /--copy-storage-all --migrate-disks vda --domain/);
});
const pool = {
  name: 'default',
  active: true,
  path: '/var/lib/libvirt/images',
  available: undefined,
};

test('an image is created with the exact bytes of its source before the launch', () => {
  const { steps } = planned({ disks: [localDisk], yaml: create });
  assert.deepEqual(
    steps.map(({ id, on }) => `${id} ${on}`),
    [
      'create-image-vda destination',
      'launch source',
      'prove-destination destination',
      'prove-source source',
      'prove-statistics destination',
    ],
  );
  assert.deepEqual(steps[0]?.command.argv.slice(4), [
    '/var/lib/libvirt/images/vm.qcow2',
    'qcow2',
    String(20 * GiB),
  ]);
});

test('an image that is there already is not created over', () => {
  const disks = [{ ...localDisk, destination: {} }];
  assert.deepEqual(refusedWith({ disks, yaml: create }), ['dest-image-exists storage.disks.vda']);
});

test('a missing image without a pool and without create is refused', () => {
  const yaml = 'storage: { mode: copy-all }\n';
  assert.deepEqual(refusedWith({ disks: [localDisk], yaml }), ['dest-image-missing storage']);
  assert.match(
    migrateArguments({ disks: [localDisk], yaml, pools: [pool] }),
    /--migrate-disks vda/,
  );
  const inactive = [{ ...pool, active: false }];
  assert.deepEqual(refusedWith({ disks: [localDisk], yaml, pools: inactive }), [
    'dest-image-missing storage',
  ]);
});

test('an existing image must equal the disk in size and format, to the byte', () => {
  const yaml = 'storage: { mode: copy-all }\n';
  const existing = (destination: object): Given => ({
    disks: [{ ...localDisk, destination }],
    yaml,
  });
  assert.match(migrateArguments(existing({})), /--migrate-disks vda/);
  assert.deepEqual(refusedWith(existing({ virtualSize: 20 * GiB + 512 })), [
    'dest-image-size-equal storage',
  ]);
  assert.deepEqual(refusedWith(existing({ format: 'raw' })), ['dest-image-format-equal storage']);
  assert.deepEqual(refusedWith(existing({ backing: ['/base'] })), ['inc-base-present storage']);
  assert.ok(
    planned(existing({})).assumptions.some(({ text }) => /is overwritten/.test(text)),
    'the plan tells that the image is overwritten',
  );
});

test('an image that belongs to another domain of the destination is not overwritten', () => {
  const disks = [{ ...localDisk, destination: {} }];
  const other = {
    ...domainFacts('other', domainXml('other', disks)),
    uuid: '11111111-1111-4111-8111-111111111111',
    state: 'shut off',
  };
  const yaml = 'storage: { mode: copy-all }\n';
  assert.deepEqual(refusedWith({ disks, yaml, destinationDomains: [other] }), [
    'destination-image-in-use storage',
  ]);
});

test('what would destroy or lose data is refused whatever the rules say', () => {
  const cases: readonly (readonly [string, Given])[] = [
    ['self-copy-same-image', { yaml: 'storage: { mode: copy-all }\n', disks: [{ ...sharedDisk }] }],
    [
      'shareable-disk-copied',
      {
        disks: [{ ...localDisk, flags: '<shareable/>', destination: {} }],
        yaml: 'storage: { disks: [{ target: vda, action: copy }] }\n',
      },
    ],
    [
      'migrate-disks-readonly-or-empty',
      {
        disks: [{ ...localDisk, flags: '<readonly/>', destination: {} }],
        yaml: 'storage: { disks: [{ target: vda, action: copy }] }\n',
      },
    ],
    [
      'local-disk-not-copied',
      { disks: [{ ...localDisk, destination: {} }], yaml: 'storage: { mode: shared }\n' },
    ],
    [
      'local-disk-not-copied',
      {
        disks: [localDisk],
        yaml: 'storage: { mode: mixed, disks: [{ target: vda, action: skip }] }\n',
      },
    ],
    ['hybrid-must-list-disks', { yaml: 'storage: { mode: mixed, disks: [] }\n' }],
    [
      'hybrid-must-list-disks',
      {
        yaml: 'storage: { mode: shared, disks: [{ target: vda, action: copy }] }\n',
        disks: [localDisk],
      },
    ],
    [
      'local-disk-not-copied',
      {
        disks: [{ ...localDisk, flags: '<shareable/>', destination: {} }],
        yaml: 'storage: { mode: copy-all }\n',
      },
    ],
  ];
  for (const [code, given] of cases) {
    assert.ok(
      refusedWith(given).some((refusal) => refusal.startsWith(`${code} `)),
      `${code}: ${JSON.stringify(plan(given))}`,
    );
  }
});

test('mode auto decides from facts, says so, and refuses by name what they do not prove', () => {
  assert.match(migrateArguments({ disks: [localDisk], pools: [pool] }), /--migrate-disks vda/);
  const decided = planned({ disks: [sharedDisk] });
  assert.deepEqual(
    decided.disks.map(({ target, action }) => [target, action]),
    [['vda', 'shared']],
  );
  assert.equal(decided.assumptions.length, 1);
  const unclear = [{ ...sharedDisk, destination: { ...onNfs('42'), inode: undefined } }];
  const result = plan({ disks: unclear });
  assert.ok(!result.ok && result.refusals[0]?.code === 'auto-needs-proof');
  assert.deepEqual(result.refusals[0].message.args, ['vda']);
});

test('a disk that is said to be shared needs proof when unsafe hides libvirt’s own check', () => {
  const unclear = [{ ...sharedDisk, destination: { ...onNfs(), inode: undefined } }];
  const yaml = 'storage: { disks: [{ target: vda, action: shared }] }\n';
  assert.ok(planned({ disks: unclear, yaml }).assumptions.length > 0);
  assert.deepEqual(
    refusedWith({ disks: unclear, yaml: yaml + policy('unsafe: { reason: quiesced }') }),
    ['unsafe-flag-hides-checks storage.disks.vda'],
  );
});

test('unsafe is passed on with its reason only, and names what it skips', () => {
  const unsafe = planned({ yaml: policy('unsafe: { reason: "cache=writeback, quiesced" }') });
  assert.equal(unsafe.unsafeReason, 'cache=writeback, quiesced');
  assert.ok(unsafe.skippedChecks.some(({ id }) => id === 'disk-cache-unsafe'));
  assert.match(migrateArguments({ yaml: policy('unsafe: { reason: x }') }), / --unsafe /);
  assert.ok(!migrateArguments({}).includes('--unsafe'));
  assert.deepEqual(refusedWith({ yaml: policy('unsafe: {}') }), [
    'unsafe-needs-reason policy.unsafe',
  ]);
});

test('limits become options in libvirt’s own units, and rounding is told', () => {
  const given = { yaml: policy('bandwidth: 500MiB/s, maxDowntime: 500ms') };
  assert.match(migrateArguments(given), /--bandwidth 500 /);
  assert.equal(planned(given).assumptions.length, 1);
  const rounded = planned({ yaml: policy('bandwidth: 500Mbit/s, maxDowntime: 1.5ms') });
  assert.equal(rounded.bandwidth, 59 * 1024 ** 2);
  assert.equal(rounded.maxDowntimeMs, 1);
  assert.equal(rounded.assumptions.length, 3);
});

test('the downtime limit is set before the launch and set back after a failure', () => {
  const { steps } = planned({ yaml: policy('maxDowntime: 500ms') });
  const step = steps[0];
  assert.equal(step?.id, 'max-downtime');
  assert.deepEqual(step.command.argv.slice(3), [
    'migrate-setmaxdowntime',
    '--domain',
    '6649cfac-5ad2-41d0-965b-150bff9305b1',
    '--downtime',
    '500',
  ]);
  assert.equal(step.undo?.argv.at(-1), '300');
  const unknown = planned({
    yaml: policy('maxDowntime: 500ms'),
    domain: { maxDowntimeMs: undefined },
  });
  assert.equal(unknown.steps[0]?.undo, undefined);
});

test('a timeout suspends by virsh or aborts by the watchdog, never both', () => {
  const suspend = { yaml: policy('completionTimeout: 30m, onTimeout: suspend') };
  assert.match(migrateArguments(suspend), /--timeout 1800 --timeout-suspend/);
  assert.equal(planned(suspend).abortAfter, undefined);
  for (const text of ['completionTimeout: 30m, onTimeout: abort', 'completionTimeout: 30m']) {
    assert.ok(!migrateArguments({ yaml: policy(text) }).includes('--timeout'));
    assert.equal(planned({ yaml: policy(text) }).abortAfter, 1_800_000);
  }
  assert.deepEqual(refusedWith({ yaml: policy('onTimeout: suspend') }), [
    'timeout-action-needs-timeout policy.onTimeout',
  ]);
});

test('auto-converge passes what is set and leaves the rest to QEMU', () => {
  assert.match(
    migrateArguments({ yaml: policy('autoConverge: true') }),
    /--auto-converge --domain/,
  );
  assert.match(
    migrateArguments({ yaml: policy('autoConverge: { initial: 30, increment: 15 }') }),
    /--auto-converge --auto-converge-initial 30 --auto-converge-increment 15/,
  );
  assert.ok(!migrateArguments({ yaml: policy('autoConverge: false') }).includes('--auto'));
});

test('the migration address of the inventory is the default of migrateUri', () => {
  assert.match(
    migrateArguments({ migrationAddress: '10.9.0.2' }),
    /--migrateuri tcp:\/\/10\.9\.0\.2 /,
  );
  assert.match(
    migrateArguments({ migrationAddress: 'fd00::2' }),
    /--migrateuri tcp:\/\/\[fd00::2\] /,
  );
  const own = { migrationAddress: '10.9.0.2', yaml: policy('migrateUri: "tcp://10.8.0.2:49300"') };
  assert.match(migrateArguments(own), /--migrateuri tcp:\/\/10\.8\.0\.2:49300 /);
  assert.ok(!migrateArguments({}).includes('--migrateuri'));
});

test('every key that is not carried out is refused by its name', () => {
  const refused: Readonly<Record<string, string>> = {
    'connection: managed': 'policy.connection',
    'connection: managed, completionTimeout: 1m, mode: post-copy-by-hand': 'policy.connection',
    'parameters: { direct-io: true }': 'policy.parameters',
    'migrateUri: "rdma://10.9.0.2"': 'policy.migrateUri',
  };
  for (const [text, path] of Object.entries(refused)) {
    assert.deepEqual(refusedWith({ yaml: policy(text) }), [`not-carried-out ${path}`], text);
  }
});

test('a destination without a copy has no effect and is refused, not ignored', () => {
  const yaml = `storage: { disks: [{ target: vda, action: shared, destination: { create: true } }] }\n`;
  assert.deepEqual(refusedWith({ yaml }), ['destination-without-copy storage.disks.vda']);
});

test('every error of the rules refuses by the rule’s id', () => {
  const span = { start: 0, end: 1 };
  const problem = {
    uri: 'x',
    span,
    code: 'host-vcpu-capacity',
    severity: 'error' as const,
    message: say('too many'),
    related: [],
    evidence: [],
    fixes: [],
  };
  assert.deepEqual(refusedWith({ check: { problems: [problem] } }), ['host-vcpu-capacity']);
  assert.equal(
    planned({ check: { problems: [{ ...problem, severity: 'warning' }] } }).domain,
    'web01',
  );
  const told = planned({
    check: {
      off: ['a'],
      waiting: [
        {
          id: 'b',
          severity: 'warning',
          facts: [{ name: 'source.cpu', why: say('not connected'), host: 'kvm01' }],
        },
      ],
    },
  });
  assert.deepEqual(
    told.skippedChecks.map(({ id }) => id),
    ['a', 'b'],
  );
});

test('a check that would refuse and could not be made refuses as well: what is not known is not good', () => {
  const facts = [{ name: 'source.cpu', why: say('not connected'), host: 'kvm01' }] as const;
  assert.deepEqual(
    refusedWith({ check: { waiting: [{ id: 'same-arch', severity: 'error', facts }] } }),
    ['same-arch'],
  );
});

test('a plan names what the file lets pass, and why', () => {
  const [suppressed] = [
    {
      problem: {
        uri: 'file:///a.migration.yaml',
        span: { start: 0, end: 0 },
        code: 'usb-hostdev-openeuler',
        severity: 'error',
        message: say('Found.'),
        related: [],
        evidence: [],
        fixes: [],
      },
      reason: 'detached by hand',
      at: { uri: 'file:///a.migration.yaml', span: { start: 0, end: 0 } },
    },
  ] as const;
  const { skippedChecks } = planned({
    check: {
      off: ['host-vcpu-capacity'],
      lowered: [
        { id: 'host-vcpu-capacity', own: 'warning', level: 'off', by: 'file' },
        { id: 'same-arch', own: 'error', level: 'info', by: 'file' },
      ],
      suppressed: [suppressed],
    },
  });
  assert.deepEqual(
    skippedChecks.map(({ id, why }) => [id, render(why)]),
    [
      ['host-vcpu-capacity', 'switched off in the file'],
      ['same-arch', '“info” in the file instead of “error”'],
      ['usb-hostdev-openeuler', 'a finding is ignored in the file: detached by hand'],
    ],
  );
});

test('a file with mistakes makes no plan', () => {
  assert.ok(refusedWith({ yaml: policy('bandwith: 1MiB/s') }).length > 0);
});

test('only a running domain without jobs and snapshots moves, and only to another host', () => {
  const cases: readonly (readonly [string, Given])[] = [
    ['active-domain-required domain', { domain: { state: 'paused' } }],
    ['second-migration-same-domain domain', { domain: { job: 'Outgoing migration' } }],
    ['has-snapshots domain', { domain: { snapshots: 1 } }],
    ['same-host destination', { destinationHostUuid: 'host-1' }],
    [
      'guest-agent-required preflight.guestAgent',
      { yaml: 'preflight: { guestAgent: required }\n' },
    ],
    ['facts-unknown storage', { blind: true }],
    ['facts-unknown domain', { domain: { uuid: '11111111-1111-4111-8111-111111111111' } }],
    [
      'uuid-name-conflict destination',
      {
        destinationDomains: [
          { ...domainFacts('web01', '<domain/>'), uuid: '11111111-1111-4111-8111-111111111111' },
        ],
      },
    ],
    ['uuid-name-conflict destination', { destinationDomains: [domainFacts('web01', '<domain/>')] }],
  ];
  for (const [refusal, given] of cases) {
    assert.deepEqual(refusedWith(given), [refusal], refusal);
  }
});

test('a definition of the same domain that is shut off on the destination is not in the way', () => {
  const former = { ...domainFacts('web01', '<domain/>'), state: 'shut off' };
  assert.equal(planned({ destinationDomains: [former] }).domain, 'web01');
});

test('a plan is made for the domain that runs, not for a file that tells of another', () => {
  const seenXml = domainXml('web01', [{ ...sharedDisk, path: '/images/other.qcow2' }]);
  assert.deepEqual(refusedWith({ seenXml }), ['domain-xml-outdated domainXml']);
});

test('the guest agent is asked at the end when it answered before', () => {
  const asked = planned({ domain: { guestAgent: true } });
  assert.ok(asked.watch.guestAgent !== undefined);
  assert.equal(planned({}).watch.guestAgent, undefined);
  const ignored = { domain: { guestAgent: true }, yaml: 'preflight: { guestAgent: ignore }\n' };
  assert.equal(planned(ignored).watch.guestAgent, undefined);
});

test('no name of a domain can become a part of a command', () => {
  const hostile = planned({ name: '--unsafe; $(reboot)' });
  for (const { command, undo, cancel } of hostile.steps) {
    for (const each of [command, undo, cancel]) {
      assert.ok(each?.argv.some((word) => word.includes('reboot')) !== true);
    }
  }
});

test('a destination URI that could be an option of ssh, or names no host, is refused', () => {
  for (const uri of [
    'qemu+ssh://-oProxyCommand=reboot/system',
    'qemu+ssh://-x@kvm02/system',
    'qemu:///system',
    'qemu+ssh://kvm02/session',
    'test:///default',
    'qemu+ssh://kvm02/system --unsafe',
    'kvm02',
  ]) {
    assert.deepEqual(
      refusedWith({ destinationUri: uri }),
      ['connectivity-libvirtd destination'],
      uri,
    );
  }
  for (const uri of ['qemu+tls://kvm02/system', 'qemu+ssh://root@[fd00::2]:2222/system']) {
    assert.ok(migrateArguments({ destinationUri: uri }).endsWith(uri));
  }
});

test('the destination URI comes from the inventory, else from the address', () => {
  const located = (value: string) => ({ value, span: { start: 0, end: 0 } });
  const span = { start: 0, end: 0 };
  assert.equal(destinationUri('kvm02', undefined), 'qemu+ssh://kvm02/system');
  assert.equal(destinationUri('qemu+tls://x/system', undefined), 'qemu+tls://x/system');
  const host = {
    span,
    name: located('kvm02'),
    address: located('10.0.0.2'),
    user: located('root'),
  };
  assert.equal(destinationUri('kvm02', host), 'qemu+ssh://root@10.0.0.2/system');
  assert.equal(
    destinationUri('kvm02', { ...host, uri: located('qemu+tcp://kvm02/system') }),
    'qemu+tcp://kvm02/system',
  );
});

test('the digest vouches for every part of the plan and survives a file', () => {
  const made = planned({ yaml: policy('bandwidth: 100MiB/s') });
  assert.equal(planDigest(made, sha256), made.digest);
  const read = JSON.parse(JSON.stringify(made)) as Plan;
  assert.equal(planDigest(read, sha256), made.digest);
  const altered = { ...read, destination: { ...read.destination, uri: 'qemu+ssh://evil/system' } };
  assert.notEqual(planDigest(altered, sha256), made.digest);
  assert.deepEqual(planned({ yaml: policy('bandwidth: 100MiB/s') }), made);
});

test('equal values have equal canonical JSON, whatever the order of their keys', () => {
  assert.equal(
    canonicalJson({ b: [1, { d: 'x', c: null }], a: undefined }),
    '{"b":[1,{"c":null,"d":"x"}]}',
  );
  assert.equal(canonicalJson({ b: 1, a: 2 }), canonicalJson({ a: 2, b: 1 }));
});
