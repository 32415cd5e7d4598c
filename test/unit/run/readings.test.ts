/** How a run is watched: the host tells by itself, and is asked when it does not. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchCommand } from '../../../core/virsh/detached.ts';
import { createLinks } from '../../../hosts/run/links.ts';
import { readingsOf } from '../../../hosts/run/readings.ts';
import type { Readings } from '../../../hosts/run/readings.ts';
import { fakeLink, fakeSessions } from './fake-session.ts';
import type { FakeLink } from './fake-session.ts';
import { active, planOf } from './fake-run.ts';
import { fakeHost } from './fake-virsh.ts';

const uuid = planOf().domainUuid;
let link: FakeLink;
let readings: Readings;

beforeEach(() => {
  const host = fakeHost();
  link = fakeLink(host);
  host.put('job', active);
  host.put('state', 'running (booted)\n');
  readings = readingsOf({
    runId: 'told',
    plan: planOf(),
    links: createLinks(fakeSessions({ kvm01: link })),
    signal: new AbortController().signal,
  });
});
afterEach(() => {
  readings.close();
  link.host.dispose();
});

function launch(): void {
  const migrate = { argv: ['virsh', '-c', 'qemu:///system', 'migrate', uuid] } as const;
  const started = link.host.run(
    launchCommand({ runId: 'told', domainUuid: uuid, abortAfterSeconds: undefined, migrate }),
  );
  assert.equal(started.code, 0, started.stderr);
}

const commands = (name: string): number =>
  link.commands.filter(({ argv }) => argv.includes(`livemigrate-${name}`)).length;

test('one command tells reading after reading, and the end as soon as it is there', async () => {
  launch();
  for (let count = 0; count < 5; count++) {
    const reading = await readings.next(100, 100);
    assert.equal(reading.state, 'running');
    assert.equal(reading.job?.state, 'active');
    assert.deepEqual(reading.domain, { kind: 'present', state: 'running', reason: 'booted' });
    assert.equal(reading.lockHolder, 'told');
    assert.ok(reading.startedAt !== undefined && reading.now >= reading.startedAt);
    assert.ok(reading.elapsedMs !== undefined);
  }
  assert.equal(commands('watch'), 1);
  assert.equal(commands('read'), 0);
  link.host.put('end', '0');
  for (let tries = 0; tries < 100; tries++) {
    const reading = await readings.next(100, 100);
    if (reading.state !== 'finished') continue;
    assert.equal(reading.exitCode, 0);
    assert.equal(commands('read'), 0);
    return;
  }
  assert.fail('the end was not told');
});

test('the end is not waited for until the next look: the lock tells of it', async () => {
  launch();
  assert.equal((await readings.next(8000, 100)).state, 'running');
  const begun = performance.now();
  link.host.put('end', '0');
  assert.equal((await readings.next(8000, 100)).state, 'finished');
  assert.ok(performance.now() - begun < 7000, 'it was seen only at the next look');
});

test('words of virsh and its supervisor’s end are told in full, and no look is made in a row', async () => {
  launch();
  assert.equal((await readings.next(100, 300)).state, 'running');
  const [supervisor] = link.host
    .run({ argv: ['sh', '-c', 'cat ~/.local/state/livemigrate/runs/told/identity'] })
    .stdout.split(' ');
  process.kill(Number(supervisor), 'SIGKILL');
  let reading = await readings.next(100, 300);
  for (let tries = 0; reading.state === 'running' && tries < 50; tries++) {
    reading = await readings.next(100, 300);
  }
  assert.equal(reading.state, 'orphaned');
  const before = commands('watch');
  const begun = performance.now();
  for (let count = 0; count < 3; count++) {
    assert.equal((await readings.next(100, 300)).state, 'orphaned');
  }
  assert.ok(commands('watch') - before <= 3);
  assert.ok(performance.now() - begun >= 600);
});

test('a libvirt that answers with an error is told as it is told to a question', async () => {
  launch();
  assert.equal((await readings.next(100, 100)).job?.state, 'active');
  link.host.remove('job');
  let reading = await readings.next(100, 100);
  for (let tries = 0; reading.job !== undefined && tries < 50; tries++) {
    reading = await readings.next(100, 100);
  }
  assert.equal(reading.job, undefined);
  assert.equal(reading.state, 'running');
  link.host.put('job', active);
  assert.equal((await readings.next(100, 100)).job?.state, 'active');
});

test('a virsh that reads no questions is asked one by one', async () => {
  link.host.put('dumb', '');
  launch();
  for (let count = 0; count < 2; count++) {
    assert.equal((await readings.next(100, 100)).state, 'running');
  }
});

test('a virsh that hangs is given up, and the host asked', { timeout: 60_000 }, async () => {
  link.host.put('hang', '');
  launch();
  const begun = performance.now();
  assert.equal((await readings.next(100, 100)).state, 'running');
  assert.ok(performance.now() - begun < 25_000);
  assert.equal(commands('read'), 1);
});

test('a host that knows nothing of the run says so at once', async () => {
  assert.equal((await readings.next(100, 100)).state, 'absent');
});

test('of many runs on one host a few are told: channels are left for commands that must not wait', async () => {
  launch();
  const links = createLinks(fakeSessions({ kvm01: link }));
  const open = (): Readings =>
    readingsOf({ runId: 'told', plan: planOf(), links, signal: new AbortController().signal });
  const many = Array.from({ length: 6 }, open);
  for (const each of many) assert.equal((await each.next(500, 50)).state, 'running');
  assert.equal(commands('watch'), 4);
  assert.equal(commands('read'), 2);
  for (const each of many) each.close();
  await sleep(200);
  const later = open();
  assert.equal((await later.next(500, 50)).state, 'running');
  assert.equal(commands('watch'), 5);
  later.close();
});
