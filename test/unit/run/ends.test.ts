/** How a run ends, and what its end says, where the guest, its image or libvirt did not go the usual way. */
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { planDigest } from '../../../core/planner/digest.ts';
import { readRun, sha256 } from '../../../hosts/run/record.ts';
import {
  active,
  completed,
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
} from './fake-run.ts';

test('an image that is gone at the end is told as loudly as can be, for the guest still runs on it', async () => {
  const { plan, image } = copyingPlan();
  const run = start(plan);
  await launched();
  rmSync(image);
  succeed();
  const outcome = await run.outcome;
  assert.equal(outcome.guest, 'destination');
  assert.equal(outcome.result, 'failed');
  assert.equal(outcome.cause?.code, 'destination-image-gone');
  assert.match(outcome.cause.remedy?.text ?? '', /Do not stop the guest/);
});

test('a guest that ended on the source never ran on a destination that does not define it', async () => {
  const { plan, image } = copyingPlan();
  const run = start(plan);
  await launched();
  source.host.put('state', 'shut off (crashed)\n');
  fail('error: operation failed: domain is not running\n');
  const outcome = await run.outcome;
  assert.equal(outcome.guest, 'off-on-source');
  assert.equal(existsSync(image), false);
});

test('that the guest ended on the source is the cause, whatever libvirt said of its end first', async () => {
  const { plan } = copyingPlan();
  const run = start(plan);
  await launched();
  source.host.put('state', 'shut off (crashed)\n');
  fail('error: operation failed: job failed: Unable to write to socket: Bad file descriptor\n');
  const outcome = await run.outcome;
  assert.equal(outcome.cause?.code, 'guest-power-op-during-migration');
  assert.match(outcome.cause.text, /Bad file descriptor/);
});

test('where the destination defines it, a guest that is off on both keeps every image', async () => {
  const { plan, image } = copyingPlan();
  const run = start(plan);
  await launched();
  source.host.put('state', 'shut off (crashed)\n');
  destination.host.put('state', 'shut off (unknown)\n');
  fail('error: operation failed: domain is not running\n');
  const outcome = await run.outcome;
  assert.equal(outcome.guest, 'nowhere');
  assert.equal(existsSync(image), true);
  assert.ok(outcome.undone.length > 0);
  assert.ok(outcome.undone.every(({ outcome: how }) => how === 'kept'));
});

test('the remedy of a step that fails is told and recorded', async () => {
  const { plan } = copyingPlan();
  const create = plan.steps.find(({ kind }) => kind === 'create-image');
  assert.ok(create !== undefined);
  const words = 'echo "qemu-img: No space left on device" >&2; exit 74';
  const broken = { ...create, command: { argv: ['sh', '-c', words] as const } };
  const steps = plan.steps.map((step) => (step === create ? broken : step));
  const altered = { ...plan, steps };
  const run = start({ ...altered, digest: planDigest(altered, sha256) });
  const outcome = await run.outcome;
  assert.equal(outcome.result, 'failed');
  assert.equal(outcome.cause?.code, 'disk-dest-free-space');
  assert.match(outcome.cause.remedy?.text ?? '', /Free space/);
  assert.deepEqual(readRun(run.id, { folder })?.outcome?.cause?.remedy, outcome.cause.remedy);
});

test('a post-copy that virsh gives up and QEMU goes on with is watched to its end', async () => {
  const run = start(planOf());
  await launched();
  source.host.put('state', 'paused (post-copy failed)\n');
  destination.host.put('state', 'running (post-copy)\n');
  const sent = (bytes: number): void => {
    source.host.put('job', active.replace('processed: 400', `processed: ${String(bytes)}`));
  };
  source.host.put(
    'words',
    "error: operation failed: job 'migration in' failed in post-copy phase\n",
  );
  source.host.put('end', '1');
  for (let bytes = 400; bytes < 460; bytes += 10) {
    sent(bytes);
    await sleep(1000);
  }
  assert.equal(readRun(run.id, { folder })?.outcome, undefined);
  source.host.put('state', 'shut off (migrated)\n');
  source.host.put('job', idle);
  destination.host.put('state', 'running (migrated)\n');
  destination.host.put('job', completed);
  const outcome = await run.outcome;
  assert.equal(outcome.result, 'completed');
  assert.match(outcome.cause?.message.text ?? '', /left the definition/);
  assert.match(outcome.cause?.remedy?.text ?? '', /undefine/);
});

test('a post-copy in which nothing moves any more is told as interrupted', async () => {
  const run = start(planOf());
  await launched();
  source.host.put('state', 'paused (post-copy failed)\n');
  destination.host.put('state', 'running (post-copy failed)\n');
  source.host.put('job', active);
  source.host.put('words', 'error: operation failed: job failed in post-copy phase\n');
  source.host.put('end', '1');
  const outcome = await run.outcome;
  assert.equal(outcome.result, 'uncertain');
  assert.equal(outcome.guest, 'split');
});

test('a recovery that does not begin is waited for a while, and told', async () => {
  const run = start(planOf());
  await launched();
  source.host.put('state', 'paused (post-copy failed)\n');
  destination.host.put('state', 'running (post-copy failed)\n');
  source.host.put('job', active);
  const outcome = await run.outcome;
  assert.equal(outcome.result, 'uncertain');
  assert.equal(outcome.guest, 'split');
  assert.match(outcome.cause?.message.text ?? '', /virsh still waits/);
  assert.match(outcome.cause?.remedy?.text ?? '', /Do not restart/);
});

for (const words of [
  "error: Storage pool not found: no storage pool with matching target path '/srv'\n",
  'error: End of file while reading data: : Input/output error\n',
])
  test(`an image that is missing at the launch is the cause, though libvirt says “${words.trim()}”`, async () => {
    const { plan, image } = copyingPlan();
    const run = start(plan);
    await launched();
    rmSync(image);
    fail(words);
    const outcome = await run.outcome;
    assert.equal(outcome.cause?.code, 'destination-image-gone');
    assert.deepEqual(outcome.cause.message.args.includes(image), true);
  });
