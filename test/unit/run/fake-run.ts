/**
 * Two fake hosts, made anew before each test of the file that imports this, and runs between them. How
 * a real libvirt behaves is shown in the lab.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Plan } from '../../../core/planner/plan.ts';
import type { RunEntry, RunOutcome } from '../../../hosts/run/entry.ts';
import { startRun } from '../../../hosts/run/execute.ts';
import type { RunInput } from '../../../hosts/run/execute.ts';
import { thisProcess } from '../../../hosts/run/owner.ts';
import { createRun } from '../../../hosts/run/record.ts';
import { localDisk, plan as planFixture, sharedDisk } from '../planner/given.ts';
import type { Given } from '../planner/given.ts';
import { fakeLink, fakeSessions } from './fake-session.ts';
import type { FakeLink } from './fake-session.ts';
import { fakeHost } from './fake-virsh.ts';

export let source: FakeLink;
export let destination: FakeLink;
/** State folder of the one who starts runs. */
export let folder: string;

beforeEach(() => {
  source = fakeLink(fakeHost());
  destination = fakeLink(fakeHost());
  folder = join(source.host.home, 'editor-state');
  source.host.put('state', 'running (booted)\n');
  source.host.put('job', 'Job type: 0\n');
});
afterEach(() => {
  source.host.dispose();
  destination.host.dispose();
});

export const idle = 'Job type: 0\n';
export const active =
  'Job type: 2\n\noperation: 5\ntime_elapsed: 100\nmemory_total: 1000\nmemory_processed: 400\nmemory_remaining: 600\nmemory_iteration: 1\n';
export const completed =
  'Job type: 3\n\noperation: 4\ntime_elapsed: 7230\ndowntime: 244\nmemory_total: 1000\nmemory_processed: 1100\nmemory_remaining: 0\n';

export function planOf(given: Given = { disks: [sharedDisk] }): Plan {
  const result = planFixture(given);
  assert.ok(result.ok, JSON.stringify(result));
  return result.plan;
}

/** A plan that creates an image in a folder of the fake destination. */
export function copyingPlan(): { readonly plan: Plan; readonly image: string } {
  const images = join(destination.host.home, 'images');
  mkdirSync(images, { recursive: true });
  const image = join(images, 'vm.qcow2');
  const plan = planOf({
    disks: [{ ...localDisk, path: image }],
    yaml: 'storage:\n  disks:\n    - { target: vda, action: copy, destination: { create: true } }\npolicy: { maxDowntime: 500ms }\n',
  });
  return { plan, image };
}

export interface Started {
  readonly id: string;
  readonly events: RunEntry[];
  readonly outcome: Promise<RunOutcome>;
}

export function start(plan: Plan, more: Partial<RunInput> = {}): Started {
  const record = createRun(plan, thisProcess('cli'), { folder });
  const events: RunEntry[] = [];
  const outcome = startRun({
    plan,
    sessions: fakeSessions({ kvm01: source, kvm02: destination }),
    record,
    onEvent: (entry) => events.push(entry),
    interval: 50,
    patience: 2000,
    ...more,
  });
  return { id: record.id, events, outcome };
}

export async function until(what: string, done: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (done()) return;
    await sleep(50);
  }
  assert.fail(`${what} did not happen`);
}

export const launched = (): Promise<void> => until('the launch', () => source.host.has('starts'));
export const types = (events: readonly RunEntry[]): readonly string[] =>
  events.map(({ type }) => type);

/** The guest goes over, as libvirt would show it. */
export function succeed(): void {
  destination.host.put('state', 'running (migrated)\n');
  destination.host.put('job', completed);
  source.host.remove('state');
  source.host.remove('job');
  source.host.put('end', '0');
}

export function fail(words: string): void {
  source.host.put('job', idle);
  source.host.put('words', words);
  source.host.put('end', '1');
}
