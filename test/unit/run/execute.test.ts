import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { planDigest } from '../../../core/planner/digest.ts';
import type { Plan } from '../../../core/planner/plan.ts';
import { launchCommand } from '../../../core/virsh/detached.ts';
import { attachRun, cancelRun } from '../../../hosts/run/attach.ts';
import type { RunEntry } from '../../../hosts/run/entry.ts';
import { thisProcess } from '../../../hosts/run/owner.ts';
import { createRun, currentRuns, readRun, sha256 } from '../../../hosts/run/record.ts';
import { fakeSessions } from './fake-session.ts';
import {
  active,
  copyingPlan,
  destination,
  fail,
  folder,
  idle,
  launched,
  planOf,
  source,
  start,
  succeed,
  types,
  until,
} from './fake-run.ts';

test('a run ends as completed only after both hosts have shown where the guest is', async () => {
  const run = start(planOf());
  await launched();
  source.host.put('job', active);
  await until('progress', () => types(run.events).includes('progress'));
  succeed();
  const outcome = await run.outcome;
  assert.equal(outcome.result, 'completed');
  assert.equal(outcome.guest, 'destination');
  assert.deepEqual(outcome.measured, {
    totalMs: 7230,
    downtimeMs: 244,
    memoryBytes: 1100,
    diskBytes: undefined,
  });
  assert.deepEqual(
    run.events
      .filter(({ type }) => type !== 'progress')
      .map((event) => (event.type === 'step' ? `${event.step} ${event.state}` : event.type)),
    ['launch started', 'launch done', 'launched', 'phase', 'ended'],
  );
  assert.equal(readRun(run.id, { folder })?.outcome?.result, 'completed');
});

test('an exit code of 0 is no success when the guest is not seen on the destination', async () => {
  const run = start(planOf());
  await launched();
  source.host.put('end', '0');
  const outcome = await run.outcome;
  assert.equal(outcome.result, 'failed');
  assert.equal(outcome.guest, 'source');
});

test('a guest that runs on both hosts is told as the danger it is', async () => {
  const run = start(planOf());
  await launched();
  destination.host.put('state', 'running (migrated)\n');
  source.host.put('end', '1');
  const outcome = await run.outcome;
  assert.equal(outcome.guest, 'both');
  assert.equal(outcome.result, 'failed');
});

test('after a failure the run’s own image is removed and libvirt’s text is explained', async () => {
  const { plan, image } = copyingPlan();
  const run = start(plan);
  await launched();
  assert.equal(existsSync(image), true);
  fail(
    'error: operation failed: migration of disk vda failed: Source and target image have different sizes\n',
  );
  const outcome = await run.outcome;
  assert.equal(outcome.result, 'failed');
  assert.equal(outcome.guest, 'source');
  assert.equal(outcome.cause?.code, 'dest-image-size-equal');
  assert.match(outcome.cause.text, /different sizes/);
  assert.equal(existsSync(image), false);
  assert.deepEqual(
    outcome.undone.map(({ step, outcome: how }) => `${step} ${how}`),
    ['max-downtime undone', 'create-image-vda undone'],
  );
  const downtimes = source.host.read('downtimes').trim().split('\n');
  assert.deepEqual(
    downtimes.map((line) => line.split(' ').at(-1)),
    ['500', '300'],
  );
});

test('an image stays while the destination still holds the domain or a job is active', async () => {
  const { plan, image } = copyingPlan();
  const run = start(plan);
  await launched();
  destination.host.put('state', 'paused (migrating)\n');
  fail('error: internal error: client socket is closed\n');
  const outcome = await run.outcome;
  assert.equal(outcome.undone.find(({ step }) => step === 'create-image-vda')?.outcome, 'kept');
  assert.equal(existsSync(image), true);

  const second = copyingPlan();
  destination.host.remove('state');
  source.host.remove('end');
  source.host.put('job', idle);
  const other = start(second.plan);
  const refused = await other.outcome;
  // The image of the first run is there: it is neither overwritten nor removed by the second.
  assert.equal(refused.result, 'failed');
  assert.match(refused.cause?.text ?? '', /exists already/);
  assert.equal(existsSync(image), true);
  assert.deepEqual(
    refused.undone.map(({ step, outcome: how }) => `${step} ${how}`),
    ['create-image-vda kept'],
  );
});

test('losing sight is not failing: the run goes on, is found again, and is launched once', async () => {
  const run = start(planOf());
  await launched();
  source.down = true;
  await until('lost sight', () => types(run.events).includes('lost-sight'));
  await sleep(300);
  assert.ok(!types(run.events).includes('ended'));
  source.down = false;
  await until('found again', () => types(run.events).includes('found-again'));
  succeed();
  assert.equal((await run.outcome).result, 'completed');
  assert.equal(source.host.read('starts'), 'started\n');
  assert.equal(types(run.events).filter((type) => type === 'lost-sight').length, 1);
});

test('when the answer to the launch is lost the run is found, not launched again', async () => {
  source.intercept = ({ argv }) => (argv.includes('livemigrate-launch') ? 'lose-after' : 'pass');
  const run = start(planOf());
  await launched();
  succeed();
  assert.equal((await run.outcome).result, 'completed');
  assert.equal(source.host.read('starts'), 'started\n');
});

test('a launch that never arrived is established as such, and cannot arrive later', async () => {
  source.intercept = ({ argv }) => (argv.includes('livemigrate-launch') ? 'lose-before' : 'pass');
  const { plan, image } = copyingPlan();
  const run = start(plan);
  const outcome = await run.outcome;
  assert.equal(outcome.result, 'failed');
  assert.equal(outcome.cause?.code, 'launch-lost');
  assert.equal(existsSync(image), false);
  const late = launchCommand({
    runId: run.id,
    domainUuid: plan.domainUuid,
    abortAfterSeconds: undefined,
    migrate: plan.steps.find(({ kind }) => kind === 'launch')?.command ?? { argv: ['false'] },
  });
  assert.equal(source.host.run(late).code, 73);
  assert.equal(source.host.has('starts'), false);
});

test('an altered plan, a plan of yesterday and a domain with a job are refused untouched', async () => {
  const plan = planOf();
  const forged: Plan = {
    ...plan,
    destination: { ...plan.destination, uri: 'qemu+ssh://evil/system' },
  };
  assert.equal((await start(forged).outcome).cause?.code, 'plan-altered');
  const other = { ...plan, memoryBytes: 1 };
  const valid: Plan = { ...other, digest: planDigest(other, sha256) };
  const record = createRun(plan, thisProcess('cli'), { folder });
  assert.equal((await start(valid, { record }).outcome).cause?.code, 'plan-altered');

  const stale = start(plan, { confirmFreshDigest: () => Promise.resolve('other') });
  assert.equal((await stale.outcome).cause?.code, 'plan-outdated');
  const refusedNow = start(plan, { confirmFreshDigest: () => Promise.resolve(undefined) });
  assert.equal((await refusedNow.outcome).cause?.code, 'plan-outdated');

  source.host.put('job', active);
  assert.equal((await start(plan).outcome).cause?.code, 'second-migration-same-domain');
  assert.equal(source.host.has('starts'), false);
  assert.equal(destination.commands.length, 0);
});

test('a second run for the domain is refused while the first is under way', async () => {
  const first = start(planOf());
  await launched();
  const second = start(planOf());
  const outcome = await second.outcome;
  assert.equal(outcome.result, 'refused');
  assert.equal(outcome.cause?.code, 'second-migration-same-domain');
  assert.deepEqual(outcome.cause.message.args, ['web01', first.id]);
  succeed();
  assert.equal((await first.outcome).result, 'completed');
  assert.equal(source.host.read('starts'), 'started\n');
});

test('of two runs that are launched in the same moment one is, and the other claims no part of it', async () => {
  const plan = planOf();
  const migrate = plan.steps.find(({ kind }) => kind === 'launch')?.command ?? { argv: ['false'] };
  const other = launchCommand({
    runId: 'the-other-run',
    domainUuid: plan.domainUuid,
    abortAfterSeconds: undefined,
    migrate,
  });
  let first: number | null | undefined;
  source.intercept = ({ argv }) => {
    const turnedDown = first !== undefined && !argv.includes('livemigrate-launch');
    if (turnedDown) succeed();
    // Both have looked and seen nobody; the other one's launch arrives just before this one's.
    if (argv.includes('livemigrate-launch')) first ??= source.host.run(other).code;
    return 'pass';
  };
  const run = start(plan);
  const outcome = await run.outcome;
  assert.equal(first, 0);
  assert.equal(outcome.result, 'failed');
  assert.equal(outcome.guest, 'destination');
  assert.equal(outcome.cause?.code, 'second-migration-same-domain');
  assert.deepEqual(outcome.cause.message.args, ['web01', 'the-other-run']);
  assert.equal(outcome.measured, undefined);
  assert.equal(readRun(run.id, { folder })?.launched, false);
  assert.equal(source.host.read('starts'), 'started\n');
});

test('cancelling a run whose launch was turned down leaves the other migration alone', async () => {
  const plan = planOf();
  const record = createRun(plan, thisProcess('cli'), { folder });
  record.append({ type: 'step', step: 'launch', state: 'started' });
  record.append({ type: 'not-launched' });
  const sessions = fakeSessions({ kvm01: source, kvm02: destination });
  assert.deepEqual(await cancelRun({ id: record.id, sessions, folder }), { ok: true });
  assert.deepEqual(source.commands, []);
});

test('cancelling aborts the job on the source, and the run ends as cancelled', async () => {
  const { plan, image } = copyingPlan();
  const run = start(plan);
  await launched();
  const sessions = fakeSessions({ kvm01: source, kvm02: destination });
  assert.deepEqual(await cancelRun({ id: run.id, sessions, folder }), { ok: true });
  const outcome = await run.outcome;
  assert.equal(outcome.result, 'cancelled');
  assert.equal(outcome.guest, 'source');
  assert.equal(existsSync(image), false);
  const again = await cancelRun({ id: run.id, sessions, folder });
  assert.equal(again.ok, false);
});

test('a time limit that ran out is told apart from a cancel', async () => {
  const run = start(planOf({ yaml: 'policy: { completionTimeout: 1s, onTimeout: abort }\n' }));
  const outcome = await run.outcome;
  assert.equal(outcome.result, 'timed-out');
  assert.equal(source.host.has('aborted'), true);
});

test('a signal before the launch cancels; after it the migration goes on unwatched', async () => {
  const early = await start(planOf(), { signal: AbortSignal.abort() }).outcome;
  assert.ok(early.result === 'refused' || early.result === 'cancelled');
  assert.equal(source.host.has('starts'), false);

  const stop = new AbortController();
  const run = start(planOf(), { signal: stop.signal });
  await launched();
  await until('the launch', () => types(run.events).includes('launched'));
  stop.abort();
  assert.equal((await run.outcome).result, 'detached');
  assert.equal(source.host.has('aborted'), false);
  assert.deepEqual(
    currentRuns({ folder }).map(({ id }) => id),
    [run.id],
  );
  succeed();
  const attached = await attachRun({
    id: run.id,
    owner: thisProcess('editor'),
    sessions: fakeSessions({ kvm01: source, kvm02: destination }),
    folder,
    interval: 50,
    patience: 2000,
  });
  assert.equal(attached?.result, 'completed');
  assert.deepEqual(currentRuns({ folder }), []);
});

test('a destination that cannot be asked leaves the run open, to be proven later', async () => {
  const run = start(planOf());
  await launched();
  destination.down = true;
  succeed();
  const outcome = await run.outcome;
  assert.equal(outcome.result, 'uncertain');
  assert.equal(currentRuns({ folder }).length, 1);
  destination.down = false;
  const attached = await attachRun({
    id: run.id,
    owner: thisProcess('cli'),
    sessions: fakeSessions({ kvm01: source, kvm02: destination }),
    folder,
    interval: 50,
    patience: 2000,
  });
  assert.equal(attached?.result, 'completed');
});

test('a run whose program died before the launch is taken over and taken back', async () => {
  const { plan, image } = copyingPlan();
  const gone = { ...thisProcess('editor'), birth: 'another boot 1' };
  const record = createRun(plan, gone, { folder });
  const step = plan.steps[0];
  assert.ok(step !== undefined);
  record.append({ type: 'step', step: step.id, state: 'started' });
  const made = destination.host.run(step.command);
  record.append({ type: 'image-created', step: step.id, identity: made.stdout.trim() });
  assert.equal(existsSync(image), true);
  const outcome = await attachRun({
    id: record.id,
    owner: thisProcess('cli'),
    sessions: fakeSessions({ kvm01: source, kvm02: destination }),
    folder,
    interval: 50,
    patience: 2000,
  });
  assert.equal(outcome?.guest, 'source');
  assert.equal(existsSync(image), false);
});

test('two programs follow one run and tell the same end; one of them carries it', async () => {
  const run = start(planOf());
  await launched();
  const follower: RunEntry[] = [];
  const commandsBefore = source.commands.length;
  const followed = attachRun({
    id: run.id,
    owner: thisProcess('editor'),
    sessions: () => Promise.reject(new Error('a follower needs no connection')),
    onEvent: (entry) => follower.push(entry),
    folder,
    interval: 50,
  });
  await sleep(200);
  succeed();
  const [mine, theirs] = await Promise.all([run.outcome, followed]);
  assert.deepEqual(theirs, JSON.parse(JSON.stringify(mine)));
  assert.equal(follower.at(0)?.type, 'run');
  assert.equal(follower.at(-1)?.type, 'ended');
  assert.ok(source.commands.length > commandsBefore);
});

test('an unknown run is none, and its id cannot leave the folder', async () => {
  const sessions = fakeSessions({});
  const owner = thisProcess('cli');
  assert.equal(await attachRun({ id: 'no-such-run', owner, sessions, folder }), undefined);
  assert.equal(await attachRun({ id: '../../etc/passwd', owner, sessions, folder }), undefined);
  assert.equal((await cancelRun({ id: 'no-such-run', sessions, folder })).ok, false);
});

test('a record is readable by its owner alone', async () => {
  const run = start(planOf());
  await launched();
  succeed();
  await run.outcome;
  const file = join(folder, 'runs', `${run.id}.jsonl`);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, 'runs')).mode & 0o777, 0o700);
  assert.ok(readFileSync(file, 'utf8').endsWith('\n'));
});

test('what cannot be recorded first is not done, and what was done before is taken back', async () => {
  const { plan, image } = copyingPlan();
  const runs = join(folder, 'runs');
  destination.intercept = (command) => {
    if (command.argv.includes('livemigrate-create')) renameSync(runs, `${runs}-away`);
    return 'pass';
  };
  const run = start(plan);
  const outcome = await run.outcome;
  assert.equal(outcome.result, 'failed');
  assert.equal(outcome.guest, 'source');
  assert.equal(outcome.cause?.code, 'record-unwritable');
  assert.ok(outcome.cause.remedy !== undefined);
  assert.equal(existsSync(image), false, 'the identity of the image was kept in memory');
  assert.equal(source.host.has('starts'), false);
  renameSync(`${runs}-away`, runs);
});

test('a record that is out of reach after the launch does not end the watching', async () => {
  const run = start(planOf());
  await launched();
  await until('the launch', () => types(run.events).includes('launched'));
  const runs = join(folder, 'runs');
  renameSync(runs, `${runs}-away`);
  source.host.put('job', active);
  await until('progress', () => types(run.events).includes('progress'));
  succeed();
  assert.equal((await run.outcome).result, 'completed');
  renameSync(`${runs}-away`, runs);
  assert.equal(readRun(run.id, { folder })?.outcome, undefined);
  for (let tries = 0; tries < 100; tries++) {
    if (readRun(run.id, { folder })?.outcome !== undefined) break;
    await sleep(100);
  }
  assert.equal(readRun(run.id, { folder })?.outcome?.result, 'completed', 'told when it can be');
});
