import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownRun } from '../../../client/runs/shown-run.ts';
import {
  describeRun,
  migrationsTreeSource,
} from '../../../client/views/migrations/migration-nodes.ts';
import { render, say } from '../../../core/messages.ts';
import type { Message } from '../../../core/messages.ts';

const now = 1_000_000;

function run(changes: Partial<ShownRun>): ShownRun {
  return {
    id: 'r1',
    domain: 'web01',
    source: 'kvm01',
    destination: 'kvm02',
    startedAt: now - 12_000,
    endedAt: undefined,
    state: 'running',
    percent: 40,
    job: undefined,
    outcome: undefined,
    reason: undefined,
    ...changes,
  };
}

function shown(value: string | Message | undefined): string {
  return value === undefined ? '' : typeof value === 'string' ? value : render(value);
}

async function rows(runs: readonly ShownRun[]): Promise<readonly string[]> {
  const nodes = await migrationsTreeSource(
    () => runs,
    () => now,
  ).roots();
  return nodes.map((node) => `${shown(node.label)} | ${shown(node.description)}`);
}

test('what runs stands above the history', async () => {
  const ended = run({ id: 'r0', state: 'succeeded', endedAt: now - 1000, startedAt: now - 90_000 });
  assert.deepEqual(await rows([ended, run({})]), ['web01 → kvm02 | 40 %, 12s', 'History | 1']);
});

test('with no run the view is empty, so that its welcome shows', async () => {
  assert.deepEqual(await rows([]), []);
});

test('a run that was lost sight of is still active and can be cancelled', async () => {
  const [node] = await migrationsTreeSource(
    () => [run({ state: 'lost-sight' })],
    () => now,
  ).roots();
  assert.equal(node?.context, 'run+lost-sight+active+cancellable');
});

test('a finished run cannot be cancelled', async () => {
  for (const state of ['succeeded', 'failed', 'refused', 'cancelled'] as const) {
    const source = migrationsTreeSource(
      () => [run({ state, endedAt: now })],
      () => now,
    );
    const [history] = await source.roots();
    assert.ok(history);
    const [node] = await source.children(history);
    assert.doesNotMatch(node?.context ?? 'cancellable', /cancellable|active/);
  }
});

test('a success tells time and pause', () => {
  const ended = run({
    state: 'succeeded',
    endedAt: now,
    outcome: {
      result: 'completed',
      guest: 'destination',
      message: say('done'),
      cause: undefined,
      measured: { totalMs: 1300, downtimeMs: 190, memoryBytes: undefined, diskBytes: undefined },
      guestAgent: 'not-asked',
      undone: [],
    },
  });
  assert.equal(render(describeRun(ended, now)), 'done in 1.3s, pause 190ms');
});

test('a running migration shows what is left and how fast the guest dirties', async () => {
  const source = migrationsTreeSource(
    () => [
      run({
        job: {
          state: 'active',
          operation: 'migration-out',
          phase: 'memory',
          elapsedMs: 12_000,
          iteration: 3,
          memory: { total: 4 * 1024 ** 3, processed: 1024 ** 3, remaining: 1024 ** 2 },
          disk: undefined,
          dirtyRate: 10 * 1024 ** 2,
          throughput: 100 * 1024 ** 2,
          expectedDowntimeMs: 210,
          totalDowntimeMs: undefined,
          throttlePercent: undefined,
          setupMs: undefined,
          errorText: undefined,
        },
      }),
    ],
    () => now,
  );
  const [node] = await source.roots();
  assert.ok(node);
  const children = await source.children(node);
  assert.deepEqual(
    children.map(({ label }) => shown(label)),
    [
      'Copying memory, pass 3',
      '1MiB of 4GiB left',
      'Sends 100MiB/s',
      'The guest dirties 10MiB/s',
      'Expected pause 210ms',
      'Started 12s ago',
    ],
  );
});
