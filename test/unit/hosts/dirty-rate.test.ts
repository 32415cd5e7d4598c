import assert from 'node:assert/strict';
import { test } from 'node:test';
import { samplePagesFor } from '../../../core/virsh/dirty-rate.ts';
import { measureDirtyRate } from '../../../hosts/dirty-rate.ts';
import type { DirtyRateOptions, DirtyRateResult } from '../../../hosts/dirty-rate.ts';
import { HostError } from '../../../hosts/host-error.ts';
import type { HostSession } from '../../../hosts/session.ts';

const uuid = '45b0b07a-13a1-448d-bc0d-dc5efe06563f';

interface FakeQemu {
  readonly name?: string;
  readonly state?: string;
  readonly xml?: string;
  readonly kvm?: string;
  /** Answers of `query-dirty-rate`, in order; the last one is repeated. */
  readonly answers?: readonly string[];
  /** Answers of `calc-dirty-rate`, in order; then it succeeds. */
  readonly starts?: readonly string[];
}

const measured = (rate: number, more = ''): string =>
  `{"return":{"status":"measured","sample-pages":512,"dirty-rate":${rate},"mode":"page-sampling","start-time":1,"calc-time":1${more}},"id":"libvirt-1"}`;
const busy =
  '{"id":"libvirt-1","error":{"class":"GenericError","desc":"the dirty rate is already being measured."}}';

/** A host whose virsh answers as recorded; time does not pass in it. */
function host(qemu: FakeQemu): { readonly session: HostSession; readonly sent: string[] } {
  const sent: string[] = [];
  const answers = [...(qemu.answers ?? [measured(20)])];
  const starts = [...(qemu.starts ?? [])];
  const reply = (argv: readonly string[]): string => {
    const line = argv.slice(3).join(' ');
    if (line.startsWith('list'))
      return `${uuid} ${(qemu.name ?? 'vm1').padEnd(30)}\n1-not-a-uuid x\n\n`;
    if (line.startsWith('domstate')) return `${qemu.state ?? 'running (booted)'}\n\n`;
    if (line.startsWith('dumpxml'))
      return (
        qemu.xml ?? `<domain type='qemu'><name>vm1</name><memory unit='MiB'>128</memory></domain>`
      );
    if (line.includes('query-kvm'))
      return qemu.kvm ?? '{"return":{"enabled":false,"present":true}}';
    if (line.includes('calc-dirty-rate')) return starts.shift() ?? '{"return":{},"id":"libvirt-1"}';
    return answers.length > 1 ? (answers.shift() ?? '') : (answers[0] ?? '');
  };
  return {
    sent,
    session: {
      host: 'kvm01',
      closed: new Promise(() => undefined),
      close: () => Promise.resolve(),
      exec: ({ argv }) => {
        sent.push(argv.join(' '));
        return Promise.resolve({ code: 0, signal: undefined, stdout: reply(argv), stderr: '' });
      },
    },
  };
}

const once: DirtyRateOptions = { calcTimeMs: 1000, samples: 1, now: () => 5 };

async function refusal(
  qemu: FakeQemu,
  options: DirtyRateOptions = once,
  domain = 'vm1',
): Promise<{ message: string; sent: string[] }> {
  const { session, sent } = host(qemu);
  const error = await measureDirtyRate(session, domain, options).then(
    () => assert.fail('it measured'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HostError && error.kind === 'operation', String(error));
  return { message: error.message, sent };
}

test('the rate is MiB/s in bytes; median, extremes and spread are told', async () => {
  const { session, sent } = host({ answers: [measured(10), measured(40), measured(20)] });
  const seen: number[] = [];
  const result: DirtyRateResult = await measureDirtyRate(session, 'vm1', {
    ...once,
    samples: 3,
    onSample: ({ bytesPerSecond }) => seen.push(bytesPerSecond),
  });
  const mib = 1024 ** 2;
  assert.deepEqual(seen, [10 * mib, 40 * mib, 20 * mib]);
  assert.deepEqual(
    [
      result.medianBytesPerSecond,
      result.minBytesPerSecond,
      result.maxBytesPerSecond,
      result.spread,
    ],
    [20 * mib, 10 * mib, 40 * mib, 1.5],
  );
  assert.deepEqual(result.domain, { name: 'vm1', uuid });
  assert.ok(result.notes.some(({ text }) => text.includes('Page sampling')));
  assert.ok(result.notes.some(({ text }) => text.includes('differ widely')));
  assert.ok(
    sent.every((line) => !line.includes('vm1')),
    'virsh is given the UUID only',
  );
});

test('a domain is found by its exact name or UUID, whatever the name looks like', async () => {
  for (const name of ['1', '--help', '-x y', 'vm1; reboot']) {
    const { session } = host({ name });
    assert.equal((await measureDirtyRate(session, name, once)).domain.name, name);
    assert.equal((await measureDirtyRate(session, uuid, once)).domain.name, name);
  }
  assert.match((await refusal({}, once, 'vm')).message, /kvm01 has no domain vm\./);
});

test('a domain that does not run is refused', async () => {
  const { message, sent } = await refusal({ state: 'shut off (destroyed)' });
  assert.match(message, /not running but shut off/);
  assert.ok(sent.every((line) => !line.includes('calc-dirty-rate')));
});

const kvmXml = (ring: string): string =>
  `<domain type='kvm'><name>vm1</name><memory unit='GiB'>1</memory><features><kvm>${ring}</kvm></features></domain>`;
const ringOn = `<dirty-ring state='on' size='4096'/>`;
const enabled = '{"return":{"enabled":true,"present":true}}';

for (const mode of ['dirty-bitmap', 'dirty-ring'] as const) {
  const ring = mode === 'dirty-ring' ? ringOn : '';
  const unproven: readonly (readonly [string, FakeQemu])[] = [
    ['an emulated domain', {}],
    ['a domain whose QEMU says that KVM is off', { xml: kvmXml(ring) }],
    [
      'a domain whose QEMU does not answer the question',
      { xml: kvmXml(ring), kvm: 'error: timed out' },
    ],
    [
      'a domain whose QEMU refuses the question',
      { xml: kvmXml(ring), kvm: '{"error":{"class":"CommandNotFound","desc":"no"}}' },
    ],
    ['an emulated domain whose QEMU claims KVM', { kvm: enabled }],
    [
      'a domain with the other kind of dirty log',
      { xml: kvmXml(mode === 'dirty-ring' ? '' : ringOn), kvm: enabled },
    ],
  ];
  for (const [what, qemu] of unproven)
    test(`${mode} is not asked of ${what}: it could kill the guest`, async () => {
      const { sent } = await refusal(qemu, { ...once, mode });
      assert.ok(
        sent.every((line) => !line.includes('calc-dirty-rate')),
        sent.join('\n'),
      );
    });
  test(`${mode} is measured where KVM bears it`, async () => {
    const { session, sent } = host({
      xml: kvmXml(ring),
      kvm: enabled,
      answers: [measured(7).replace('page-sampling', mode)],
    });
    assert.equal(
      (await measureDirtyRate(session, 'vm1', { ...once, mode })).medianBytesPerSecond,
      7 * 1024 ** 2,
    );
    assert.ok(
      sent.some((line) => line.includes(`"mode":"${mode}"`) && !line.includes('sample-pages')),
    );
  });
}

test('an error that QEMU gives with exit code 0 is an error', async () => {
  const said =
    '{"id":"x","error":{"class":"GenericError","desc":"calc-time is out of range[1, 60]."}}';
  assert.match((await refusal({ starts: [said] })).message, /calc-time is out of range/);
  assert.match((await refusal({ starts: ['error: nonsense'] })).message, /error: nonsense/);
  assert.match(
    (await refusal({ answers: ['{"return":{"status":"unstarted"}}'] })).message,
    /lost the measurement/,
  );
});

test('a measurement of somebody else is waited for, and its result is not taken for ours', async () => {
  const { session, sent } = host({
    starts: [busy, busy],
    answers: [
      '{"return":{"status":"measuring"}}',
      measured(99).replace('"calc-time":1', '"calc-time":7'),
      measured(20),
    ],
  });
  const result = await measureDirtyRate(session, 'vm1', once);
  assert.equal(result.medianBytesPerSecond, 20 * 1024 ** 2);
  assert.equal(sent.filter((line) => line.includes('calc-dirty-rate')).length, 4);
});

test('times and counts outside of what QEMU takes are refused before anything is asked', async () => {
  const wrong: Partial<DirtyRateOptions>[] = [
    { calcTimeMs: 0 },
    { calcTimeMs: 500 },
    { calcTimeMs: 1500 },
    { calcTimeMs: 61_000 },
    { calcTimeMs: Number.NaN },
    { samples: 0 },
    { samples: 1.5 },
    { samples: 101 },
    { samplePages: 10 },
    { samplePages: 20_000 },
  ];
  for (const options of wrong)
    assert.deepEqual(
      (await refusal({}, { ...once, ...options })).sent,
      [],
      JSON.stringify(options),
    );
});

test('giving up ends the wait at once', async () => {
  const abort = new AbortController();
  setTimeout(() => {
    abort.abort();
  }, 20);
  const started = performance.now();
  await assert.rejects(
    measureDirtyRate(host({}).session, 'vm1', {
      calcTimeMs: 60_000,
      samples: 1,
      signal: abort.signal,
    }),
    (error: unknown) => error instanceof HostError && error.kind === 'cancelled',
  );
  assert.ok(performance.now() - started < 5000);
});

test('nearly all memory within one sample is told as a plateau', async () => {
  const result = await measureDirtyRate(host({ answers: [measured(125)] }).session, 'vm1', once);
  assert.ok(result.notes.some(({ text }) => text.includes('Nearly all memory')));
});

test('small guests are sampled densely, large ones at QEMU’s own default', () => {
  assert.equal(samplePagesFor(128 * 1024 ** 2), 4096);
  assert.equal(samplePagesFor(8 * 1024 ** 3), 2048);
  assert.equal(samplePagesFor(1024 ** 4), 512);
});
