/** Every way of migrating that the file can ask for, each carried out against real hosts. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { adjustRun } from '../../hosts/run/adjust.ts';
import { cancelRun } from '../../hosts/run/attach.ts';
import type { RunEntry } from '../../hosts/run/entry.ts';
import { switchToPostCopy } from '../../hosts/run/post-copy.ts';
import { flaws, openLab } from '../lab/lab.ts';
import type { Guest, Lab } from '../lab/lab.ts';
import { openDesk, told } from './lab-run.ts';
import type { Desk, StartedRun } from './lab-run.ts';
import { until } from './until.ts';

const limit = { timeout: 180_000 } as const;
let lab: Lab;
let desk: Desk;
const guests: Guest[] = [];

before(
  async () => {
    lab = await openLab({ private: true });
    desk = openDesk(lab);
  },
  { timeout: 900_000 },
);
afterEach(async () => {
  for (const guest of guests.splice(0)) await lab.destroyGuest(guest);
}, limit);
after(async () => {
  await desk.close();
  await lab.close();
}, limit);

async function startGuest(...options: Parameters<Lab['startGuest']>): Promise<Guest> {
  const guest = await lab.startGuest(...options);
  guests.push(guest);
  return guest;
}

const unsafe = 'unsafe: { reason: "the lab shares a folder of one machine" }';
const progressed = (events: readonly RunEntry[]): boolean =>
  events.some((event) => event.type === 'progress' && event.progress.phase === 'memory');

async function monitor(guest: Guest, execute: string): Promise<string> {
  const qmp = JSON.stringify({ execute });
  const { stdout } = await lab.exec('kvm01', ['virsh', 'qemu-monitor-command', guest.name, qmp]);
  return stdout;
}

/** The guest runs on the destination alone, and neither memory nor disk has lost anything. */
async function assertMoved(guest: Guest, run: StartedRun, path?: string): Promise<void> {
  const outcome = await run.outcome;
  assert.equal(outcome.result, 'completed', told(outcome));
  assert.equal((await lab.exec('kvm01', ['virsh', 'domstate', guest.name])).code, 1);
  assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm02')), []);
  if (path === undefined) return;
  const blocks = await lab.verifyDisk('kvm02', guest, path);
  assert.ok(blocks.ok, blocks.problems.join('\n'));
  assert.ok(blocks.checked > 0);
}

const switched = ({ events }: StartedRun): boolean =>
  events.some((event) => event.type === 'phase' && event.phase === 'post-copy');

/** So slow that the phase is seen. */
const slowPostCopy = (guest: Guest) =>
  lab.exec('kvm01', ['virsh', 'migrate-setspeed', guest.name, '--postcopy', '10']);

const lift = async (run: StartedRun, more: object = { bandwidthMiB: 2000 }) =>
  adjustRun({ id: run.id, sessions: desk.hosts.sessions, folder: desk.state, ...more });

test(
  'parallel connections with zstd: QEMU is told so, and a limit is changed while it goes',
  limit,
  async () => {
    const guest = await startGuest('kvm01', { name: 'mode-zstd', dirtyMiBs: 5 });
    const policy = `parallel: { connections: 3, cpuAffinity: "1" }, compression: { method: zstd, level: 2 }`;
    const run = desk.start(await desk.planned(guest, `policy: { ${policy}, bandwidth: 2MiB/s }\n`));
    await until('progress', () => progressed(run.events));
    assert.match(
      await monitor(guest, 'query-migrate-capabilities'),
      /"state":true,"capability":"multifd"/,
    );
    const parameters = await monitor(guest, 'query-migrate-parameters');
    assert.match(parameters, /"multifd-channels":3/);
    assert.match(parameters, /"multifd-compression":"zstd"/);
    assert.match(parameters, /"multifd-zstd-level":2/);
    assert.deepEqual(await migrationThreadCpus(), ['1'], 'migration threads run where they should');
    const adjusted = await lift(run, { bandwidthMiB: 2000, maxDowntimeMs: 800 });
    assert.deepEqual(adjusted, {
      ok: true,
      adjusted: [
        { setting: 'max-downtime', to: 800, from: 300 },
        { setting: 'bandwidth', to: 2000, from: 2 },
      ],
    });
    await assertMoved(guest, run);
    const xml = await lab.exec('kvm02', ['virsh', 'dumpxml', guest.name]);
    assert.doesNotMatch(xml.stdout, /emulatorpin/, 'the pin was for the source alone');
  },
);

/** The CPUs of every thread that QEMU started for the migration. */
async function migrationThreadCpus(): Promise<readonly string[]> {
  const script = `for task in /proc/[0-9]*/task/[0-9]*; do
    case $(cat $task/comm 2>/dev/null) in mig/*|live_migration|multifdsend*)
      sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' $task/status ;;
    esac
  done | sort -u`;
  return (await lab.exec('kvm01', script)).stdout.trim().split('\n');
}

test(
  'xbzrle with a cache of its own size, and another name on the destination',
  limit,
  async () => {
    const guest = await startGuest('kvm01', { name: 'mode-xbzrle', dirtyMiBs: 20 });
    const policy =
      'compression: { method: xbzrle, cacheSize: 128MiB }, destinationName: mode-other';
    const run = desk.start(await desk.planned(guest, `policy: { ${policy}, bandwidth: 8MiB/s }\n`));
    await until('progress', () => progressed(run.events));
    assert.match(
      await monitor(guest, 'query-migrate-capabilities'),
      /"state":true,"capability":"xbzrle"/,
    );
    assert.match(await monitor(guest, 'query-migrate-parameters'), /"xbzrle-cache-size":134217728/);
    await lift(run);
    await assertMoved(guest, run);
    const named = await lab.exec('kvm02', 'virsh domuuid mode-other; virsh destroy mode-other');
    assert.ok(named.stdout.includes(guest.uuid), named.stderr);
    await lab.exec('kvm02', ['virsh', 'undefine', 'mode-other']);
  },
);

test('what QEMU no longer has is refused by name before anything is touched', limit, async () => {
  const guest = await startGuest('kvm01', { name: 'mode-mt' });
  const result = await desk.plan(guest, 'policy: { compression: { method: mt } }\n');
  assert.ok(!result.ok);
  assert.ok(result.refusals.some(({ code }) => code === 'compress-removed'));
});

test('post-copy after the first pass ends, whatever the guest writes', limit, async () => {
  const guest = await startGuest('kvm01', {
    name: 'mode-first-pass',
    disks: [{ at: 'shared' }],
    writer: {},
    dirtyMiBs: 60,
    workingSetMiB: 48,
  });
  await slowPostCopy(guest);
  const body = `policy: { ${unsafe}, mode: post-copy-after-first-pass, bandwidth: 30MiB/s }\n`;
  const run = desk.start(await desk.planned(guest, body));
  await assertMoved(guest, run, guest.disks[0]?.path);
  assert.ok(switched(run), 'the guest ran on the destination before its memory was there');
});

test('at the timeout the run switches to post-copy by itself', limit, async () => {
  const guest = await startGuest('kvm01', {
    name: 'mode-timeout',
    dirtyMiBs: 40,
    workingSetMiB: 48,
  });
  await slowPostCopy(guest);
  const policy = 'mode: post-copy-on-timeout, completionTimeout: 5s, bandwidth: 4MiB/s';
  const run = desk.start(await desk.planned(guest, `policy: { ${policy}, maxDowntime: 50ms }\n`));
  await assertMoved(guest, run);
  assert.ok(switched(run), 'the guest ran on the destination before its memory was there');
});

test(
  'switched to post-copy by hand, the run shows the phase and can no longer be cancelled',
  limit,
  async () => {
    const guest = await startGuest('kvm01', { name: 'mode-by-hand', dirtyMiBs: 20 });
    await slowPostCopy(guest);
    const body = 'policy: { mode: post-copy-by-hand, bandwidth: 4MiB/s }\n';
    const run = desk.start(await desk.planned(guest, body));
    await until('progress', () => progressed(run.events));
    const at = { id: run.id, sessions: desk.hosts.sessions, folder: desk.state };
    assert.deepEqual(await switchToPostCopy(at), { ok: true });
    await until('the phase', () => switched(run));
    const cancelled = await cancelRun(at);
    assert.ok(!cancelled.ok);
    assert.match(cancelled.why.text, /cannot be cancelled/);
    await assertMoved(guest, run);
  },
);

test(
  'raw parameters count during the run, and a cancelled run puts the old values back',
  limit,
  async () => {
    const guest = await startGuest('kvm01', { name: 'mode-parameters', dirtyMiBs: 5 });
    const policy = 'autoConverge: true, parameters: { throttle-trigger-threshold: 70 }';
    const run = desk.start(await desk.planned(guest, `policy: { ${policy}, bandwidth: 2MiB/s }\n`));
    await until('progress', () => progressed(run.events));
    const ask = () => monitor(guest, 'query-migrate-parameters');
    assert.match(await ask(), /"throttle-trigger-threshold":70/);
    assert.ok((await lift(run, { bandwidthMiB: 3 })).ok);
    const at = { id: run.id, sessions: desk.hosts.sessions, folder: desk.state };
    assert.deepEqual(await cancelRun(at), { ok: true });
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'cancelled', told(outcome));
    assert.deepEqual(
      outcome.undone.map(({ step, outcome: how }) => [step, how]),
      [
        ['parameters', 'undone'],
        ['bandwidth', 'undone'],
      ],
    );
    assert.match(await ask(), /"throttle-trigger-threshold":50/);
    const speed = await lab.exec('kvm01', ['virsh', 'migrate-getspeed', guest.name]);
    assert.notEqual(speed.stdout.trim(), '3', 'the next migration is not limited by this one');
  },
);

test('tunnelled through the daemons, and back with virsh in charge', limit, async () => {
  const guest = await startGuest('kvm01', { name: 'mode-tunnel', dirtyMiBs: 5 });
  await assertMoved(
    guest,
    desk.start(await desk.planned(guest, 'policy: { connection: tunnelled }\n')),
  );
  const body = 'policy: { connection: managed, completionTimeout: 2m }\n';
  const back = await desk.start(await desk.planned(guest, body, ['kvm02', 'kvm01'])).outcome;
  assert.equal(back.result, 'completed', told(back));
  assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm01')), []);
});
