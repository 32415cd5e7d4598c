import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { attachRun, cancelRun } from '../../hosts/run/attach.ts';
import type { RunEntry } from '../../hosts/run/entry.ts';
import { thisProcess } from '../../hosts/run/owner.ts';
import { currentRuns, readRun } from '../../hosts/run/record.ts';
import { flaws, openLab } from '../lab/lab.ts';
import type { Guest, Lab } from '../lab/lab.ts';
import { openDesk, told } from './lab-run.ts';
import type { Desk } from './lab-run.ts';

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

async function state(host: string, guest: Guest): Promise<string> {
  const { code, stdout } = await lab.exec(host, ['virsh', 'domstate', guest.name]);
  return code === 0 ? stdout.trim() : 'absent';
}

async function exists(host: string, path: string): Promise<boolean> {
  return (await lab.exec(host, ['test', '-e', path])).code === 0;
}

async function until(what: string, done: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await done()) return;
    await sleep(200);
  }
  assert.fail(`${what} did not happen within a minute`);
}

const progressed = (events: readonly RunEntry[]): boolean =>
  events.some((event) => event.type === 'progress');
const copyWithCreate = `storage:
  mode: copy-all
  disks:
    - { target: vda, action: copy, destination: { create: true } }
`;
/** libvirt calls the lab's shared folder unsafe, because it is on a local file system. */
const unsafe = 'unsafe: { reason: "the lab shares a folder of one machine" }';

test(
  'a guest on shared storage moves, is proven on the destination, and runs on unharmed',
  limit,
  async () => {
    const guest = await startGuest('kvm01', {
      name: 'run-shared',
      disks: [{ at: 'shared' }],
      writer: {},
      dirtyMiBs: 5,
    });
    const plan = await desk.planned(guest, `policy: { ${unsafe}, maxDowntime: 500ms }\n`);
    assert.deepEqual(
      plan.disks.map(({ action }) => action),
      ['shared'],
    );
    const run = desk.start(plan);
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'completed', told(outcome));
    assert.equal(outcome.guest, 'destination');
    assert.ok((outcome.measured?.downtimeMs ?? 0) > 0, JSON.stringify(outcome.measured));
    assert.ok((outcome.measured?.totalMs ?? 0) > 0);
    assert.equal(await state('kvm02', guest), 'running');
    assert.equal(await state('kvm01', guest), 'absent');
    const report = await guest.waitForTicks(3, 'kvm02');
    assert.deepEqual(flaws(report), []);
    const blocks = await lab.verifyDisk('kvm02', guest);
    assert.ok(blocks.ok, blocks.problems.join('\n'));
    assert.equal(readRun(run.id, { folder: desk.state })?.outcome?.result, 'completed');
  },
);

test(
  'a disk of a guest that keeps writing is copied into an image made for it, no block missing',
  limit,
  async () => {
    const guest = await startGuest('kvm01', {
      name: 'run-copied',
      disks: [{ at: 'local' }],
      writer: { blocksPerSecond: 200 },
    });
    const path = guest.disks[0]?.path ?? '';
    assert.equal(await exists('kvm02', path), false);
    const plan = await desk.planned(guest, `${copyWithCreate}policy: { bandwidth: 40MiB/s }\n`);
    const run = desk.start(plan);
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'completed', told(outcome));
    assert.equal(await state('kvm02', guest), 'running');
    const report = await guest.waitForTicks(3, 'kvm02');
    assert.deepEqual(flaws(report), []);
    const blocks = await lab.verifyDisk('kvm02', guest, path);
    assert.ok(blocks.ok, blocks.problems.join('\n'));
    assert.ok(blocks.checked > 0);
    assert.ok(run.events.some((event) => event.type === 'phase' && event.phase === 'disk'));
    assert.ok(run.events.some((event) => event.type === 'image-created'));
  },
);

test(
  'cancelled half-way, the guest stays on the source and the run’s image is gone',
  limit,
  async () => {
    const guest = await startGuest('kvm01', {
      name: 'run-cancelled',
      disks: [{ at: 'local' }],
      writer: {},
    });
    const path = guest.disks[0]?.path ?? '';
    const plan = await desk.planned(guest, `${copyWithCreate}policy: { bandwidth: 2MiB/s }\n`);
    const run = desk.start(plan);
    await until('progress', () => progressed(run.events));
    assert.equal(await exists('kvm02', path), true);
    const asked = await cancelRun({
      id: run.id,
      sessions: desk.hosts.sessions,
      folder: desk.state,
    });
    assert.deepEqual(asked, { ok: true });
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'cancelled', told(outcome));
    assert.equal(outcome.guest, 'source');
    assert.deepEqual(
      outcome.undone.map(({ outcome: how }) => how),
      ['undone'],
      JSON.stringify(outcome.undone),
    );
    assert.equal(await exists('kvm02', path), false);
    assert.equal(await state('kvm01', guest), 'running');
    assert.equal(await state('kvm02', guest), 'absent');
    assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm01')), []);
  },
);

test(
  'killing the watching program does not end the migration; another finds it and proves its end',
  limit,
  async () => {
    const guest = await startGuest('kvm01', {
      name: 'run-orphaned',
      disks: [{ at: 'shared' }],
      writer: {},
    });
    const plan = await desk.planned(guest, `policy: { ${unsafe}, bandwidth: 8MiB/s }\n`);
    const planFile = join(desk.state, '..', 'plan.json');
    writeFileSync(planFile, JSON.stringify(plan));
    const program = fileURLToPath(new URL('run-and-be-killed.ts', import.meta.url));
    const child = spawn(process.execPath, [program, planFile, lab.sshConfig, desk.state], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
    await until('progress', () => said.includes('progress'));
    child.kill('SIGKILL');
    const id = said.split('\n')[0] ?? '';
    assert.deepEqual(
      currentRuns({ folder: desk.state }).map((summary) => summary.id),
      [id],
    );
    await sleep(1500);
    const job = await lab.exec('kvm01', ['virsh', 'domjobinfo', guest.name]);
    assert.match(job.stdout, /Outgoing migration/, 'the migration goes on without its program');
    const events: RunEntry[] = [];
    const outcome = await attachRun({
      id,
      owner: thisProcess('cli'),
      sessions: desk.hosts.sessions,
      folder: desk.state,
      onEvent: (entry) => events.push(entry),
    });
    assert.equal(outcome?.result, 'completed', told(outcome));
    assert.equal(await state('kvm02', guest), 'running');
    assert.equal(await state('kvm01', guest), 'absent');
    assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm02')), []);
    assert.deepEqual(currentRuns({ folder: desk.state }), []);
  },
);

test(
  'while a migration is under way a second one of the same domain is refused, the first goes on',
  limit,
  async () => {
    const guest = await startGuest('kvm01', { name: 'run-twice', disks: [{ at: 'shared' }] });
    const plan = await desk.planned(guest, `policy: { ${unsafe}, bandwidth: 8MiB/s }\n`);
    const first = desk.start(plan);
    await until('progress', () => progressed(first.events));
    const second = await desk.start(plan).outcome;
    assert.equal(second.result, 'refused', told(second));
    assert.equal(second.cause?.code, 'second-migration-same-domain');
    const replanned = await desk.plan(guest, `policy: { ${unsafe} }\n`);
    assert.ok(!replanned.ok, 'a domain with an active job is not planned for');
    assert.ok(replanned.refusals.some(({ code }) => code === 'second-migration-same-domain'));
    const outcome = await first.outcome;
    assert.equal(outcome.result, 'completed', told(outcome));
  },
);

test('two programs that launch at the same moment start one migration', limit, async () => {
  const guest = await startGuest('kvm01', { name: 'run-race', disks: [{ at: 'shared' }] });
  const plan = await desk.planned(guest, `policy: { ${unsafe}, bandwidth: 16MiB/s }\n`);
  const outcomes = await Promise.all([desk.start(plan).outcome, desk.start(plan).outcome]);
  const results = outcomes.map(({ result }) => result);
  assert.equal(
    results.filter((result) => result === 'completed').length >= 1,
    true,
    outcomes.map(told).join('\n'),
  );
  assert.equal(await state('kvm02', guest), 'running');
  assert.equal(await state('kvm01', guest), 'absent');
  assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm02')), []);
});

test(
  'an image of another size is refused by the rule’s id before anything is touched',
  limit,
  async () => {
    const guest = await startGuest('kvm01', {
      name: 'run-size',
      disks: [{ at: 'local', sizeMiB: 64 }],
    });
    const path = guest.disks[0]?.path ?? '';
    await lab.createImage('kvm02', path, 'qcow2', 65);
    const before = await lab.exec('kvm02', ['stat', '-c', '%i %Y %s', path]);
    const result = await desk.plan(guest, 'storage: { mode: copy-all }\n');
    assert.ok(!result.ok);
    assert.ok(
      result.refusals.some(({ code }) => code === 'dest-image-size-equal'),
      JSON.stringify(result.refusals),
    );
    const untouched = await lab.exec('kvm02', ['stat', '-c', '%i %Y %s', path]);
    assert.equal(untouched.stdout, before.stdout);
    assert.equal(await state('kvm01', guest), 'running');
  },
);

test(
  'an image of another size that libvirt finds ends in its own words, explained, guest unharmed',
  limit,
  async () => {
    const guest = await startGuest('kvm01', {
      name: 'run-grown',
      disks: [{ at: 'local' }],
      writer: {},
    });
    const path = guest.disks[0]?.path ?? '';
    await lab.createImage('kvm02', path, 'qcow2', 64);
    const plan = await desk.planned(guest, 'storage: { mode: copy-all }\n');
    // It changes after the plan was made: what preflight cannot see, the migration must survive.
    await lab.exec('kvm02', ['qemu-img', 'resize', '-q', path, '65M']);
    const outcome = await desk.start(plan).outcome;
    assert.equal(outcome.result, 'failed', told(outcome));
    assert.equal(outcome.guest, 'source');
    assert.equal(outcome.cause?.code, 'dest-image-size-equal', told(outcome));
    assert.equal(await exists('kvm02', path), true, 'an image that the run did not create stays');
    assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm01')), []);
  },
);

test(
  'when its time is over a migration that cannot end is aborted on the source',
  limit,
  async () => {
    const guest = await startGuest('kvm01', {
      name: 'run-overdue',
      disks: [{ at: 'shared' }],
      dirtyMiBs: 40,
      workingSetMiB: 48,
    });
    const body = `policy: { ${unsafe}, bandwidth: 4MiB/s, maxDowntime: 100ms, completionTimeout: 6s, onTimeout: abort }\n`;
    const run = desk.start(await desk.planned(guest, body));
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'timed-out', told(outcome));
    assert.equal(outcome.guest, 'source');
    assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm01')), []);
  },
);

test(
  'a link that is cut for ten seconds is lost sight of and found again; the migration is not hurt',
  limit,
  async () => {
    const guest = await startGuest('kvm01', { name: 'run-cut', disks: [{ at: 'shared' }] });
    const body = `policy: { ${unsafe}, bandwidth: 5MiB/s }\n`;
    const run = desk.start(await desk.planned(guest, body));
    await until('progress', () => progressed(run.events));
    // Carries the ssh from this machine; memory goes over the migration network.
    await lab.cutLink('kvm01', 'management');
    await sleep(10_000);
    await lab.restoreLink('kvm01', 'management');
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'completed', told(outcome));
    const sights = run.events.filter(({ type }) => type === 'lost-sight' || type === 'found-again');
    assert.deepEqual(
      sights.map(({ type }) => type),
      ['lost-sight', 'found-again'],
    );
    assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm02')), []);
  },
);
