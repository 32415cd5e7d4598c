import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readInventories } from '../../../client/inventory/listed-inventories.ts';
import { isOfTheseHosts, rememberedRuns } from '../../../client/runs/own-runs.ts';
import { recordText } from '../../../client/runs/record-text.ts';
import { RunCenter } from '../../../client/runs/run-center.ts';
import { isActive, shownRun } from '../../../client/runs/shown-run.ts';
import { english, say } from '../../../core/messages.ts';
import { planDigest } from '../../../core/planner/digest.ts';
import type { Plan } from '../../../core/planner/plan.ts';
import { command } from '../../../core/virsh/command.ts';
import type { RunEntry, RunEvent, RunOutcome } from '../../../hosts/run/entry.ts';
import { thisProcess } from '../../../hosts/run/owner.ts';
import { createRun, readRun, sha256 } from '../../../hosts/run/record.ts';

const uri = 'qemu+ssh://root@192.0.2.2/system';

function plan(): Plan {
  const content: Omit<Plan, 'digest'> = {
    format: 'livemigrate-plan/1',
    domain: 'web01',
    domainUuid: '6e1c1d6c-0c7b-4d0c-9a39-0a5a4f6a8b11',
    destinationDomain: 'web01',
    source: { host: 'kvm01' },
    destination: { host: 'kvm02', uri },
    memoryBytes: 2 ** 30,
    disks: [],
    steps: [
      {
        id: 'launch',
        kind: 'launch',
        on: 'source',
        command: command('virsh', 'migrate', '--live', 'web01', uri),
        why: say('It moves.'),
        effect: say('It moved.'),
      },
    ],
    watch: {
      jobInfo: command('virsh', 'domjobinfo', 'web01'),
      completedJobInfo: { on: 'source', command: command('virsh', 'domjobinfo') },
      cancel: command('virsh', 'domjobabort', 'web01'),
      sourceState: command('virsh', 'domstate', 'web01'),
      destinationState: command('virsh', 'domstate', 'web01'),
      destinationLog: command('journalctl'),
    },
    abortAfter: undefined,
    maxDowntimeMs: undefined,
    bandwidth: undefined,
    unsafeReason: undefined,
    assumptions: [],
    skippedChecks: [],
  };
  return { ...content, digest: planDigest(content, sha256) };
}

function outcome(result: RunOutcome['result']): RunOutcome {
  return {
    result,
    guest: 'source',
    message: say('It ended.'),
    cause: { code: undefined, message: say('Because.'), text: 'error: because\nof that' },
    measured: undefined,
    guestAgent: 'not-asked',
    undone: [],
  };
}

function entries(...events: RunEvent[]): RunEntry[] {
  const all: RunEvent[] = [
    { type: 'run', format: 'livemigrate-run/1', id: 'r1', plan: plan() },
    ...events,
  ];
  return all.map((event, index) => ({ at: 1000 * (index + 1), ...event }));
}

function stateAfter(...events: RunEvent[]): string | undefined {
  return shownRun(entries(...events))?.state;
}

const launched: RunEvent = { type: 'launched' };
const lost: RunEvent = { type: 'lost-sight', host: 'kvm01', why: 'no route' };

test('a run is shown as far as its record goes', () => {
  assert.equal(stateAfter(), 'preparing');
  assert.equal(stateAfter(launched), 'running');
  assert.equal(stateAfter(launched, { type: 'cancel-requested' }), 'cancelling');
});

test('lost sight is a state of its own, and not for ever', () => {
  const run = shownRun(entries(launched, lost));
  assert.equal(run?.state, 'lost-sight');
  assert.equal(isActive(run), true);
  assert.deepEqual(run.reason, say('{0} cannot be seen: {1}', 'kvm01', 'no route'));
  const found: RunEvent = { type: 'found-again', host: 'kvm01', gapMs: 9000 };
  assert.equal(stateAfter(launched, lost, found), 'running');
});

test('each end has its own look', () => {
  const ended = (result: RunOutcome['result']): string | undefined =>
    stateAfter(launched, { type: 'ended', outcome: outcome(result) });
  assert.deepEqual(
    (['completed', 'failed', 'timed-out', 'cancelled', 'refused'] as const).map(ended),
    ['succeeded', 'failed', 'failed', 'cancelled', 'refused'],
  );
});

test('a record whose plan was altered is not shown', () => {
  const [first] = entries();
  assert.ok(first?.type === 'run');
  assert.equal(shownRun([{ ...first, plan: { ...first.plan, domain: 'other' } }]), undefined);
});

test('the record as text tells the commands and why it ended', () => {
  const text = recordText(
    entries(launched, { type: 'ended', outcome: outcome('failed') }),
    english,
  );
  assert.match(text, /\[launch @ kvm01\] virsh migrate --live web01/);
  assert.match(text, /It ended\.\n +Because\.\n +error: because\n +of that/);
});

function hosts(destinationAddress: string) {
  const text = `apiVersion: livemigrate/v1
kind: HostInventory
hosts:
  - name: kvm01
  - { name: kvm02, user: root, address: ${destinationAddress} }
`;
  return readInventories(new Map([['file:///hosts.migration.yaml', text]])).hosts;
}

test('a run of other hosts with the same names is not taken over', () => {
  const summary = { plan: plan() } as Parameters<typeof isOfTheseHosts>[0];
  assert.equal(isOfTheseHosts(summary, hosts('192.0.2.2')), true);
  assert.equal(isOfTheseHosts(summary, hosts('198.51.100.2')), false);
  assert.equal(isOfTheseHosts(summary, []), false);
});

test('runs that were started here are remembered', () => {
  const stored = new Map<string, unknown>();
  const memory = {
    get: (key: string) => stored.get(key),
    update: (key: string, value: readonly string[]) => {
      stored.set(key, value);
      return Promise.resolve();
    },
  };
  rememberedRuns(memory).add('r1');
  assert.equal(rememberedRuns(memory).has('r1'), true);
  assert.equal(rememberedRuns(memory).has('r2'), false);
});

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'live-migrate-runs-'));
});
after(() => {
  rmSync(folder, { recursive: true });
});

test('an open run of foreign hosts is shown and left alone', async () => {
  const gone = { ...thisProcess('cli'), pid: 2 ** 22 + 1 };
  const { id } = createRun(plan(), gone, { folder });
  const center = new RunCenter({
    folder,
    owner: () => thisProcess('editor'),
    sessions: () => Promise.reject(new Error('nobody may connect')),
    isOurs: () => Promise.resolve(false),
    warn: (text) => {
      throw new Error(text);
    },
  });
  await center.load();
  assert.equal(center.run(id)?.state, 'lost-sight');
  assert.equal(center.isMoving('kvm01', 'web01'), false);
  assert.equal(readRun(id, { folder })?.owner?.pid, gone.pid);
});
