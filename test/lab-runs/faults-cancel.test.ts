/** Cancelling, in every phase of a run. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cancelRun } from '../../hosts/run/attach.ts';
import type { CancelResult } from '../../hosts/run/attach.ts';
import type { RunEntry } from '../../hosts/run/entry.ts';
import type { Guest } from '../lab/lab.ts';
import { openFaultDesk } from './fault-desk.ts';
import type { FaultDesk } from './fault-desk.ts';
import { told } from './lab-run.ts';
import type { StartedRun } from './lab-run.ts';

const limit = { timeout: 240_000 } as const;
let faults: FaultDesk;
let guest: Guest;

before(
  async () => {
    faults = await openFaultDesk();
    guest = await faults.startGuest('cancelled', { dirtyMiBs: 12 });
  },
  { timeout: 900_000 },
);
after(async () => {
  await faults.close();
}, limit);

const cancel = (id: string): Promise<CancelResult> =>
  cancelRun({ id, sessions: faults.desk.hosts.sessions, folder: faults.desk.state });

/** Cancels at the first event that `when` knows; the guest writes faster than it is moved. */
async function cancelledWhen(when: (event: RunEntry) => boolean): Promise<StartedRun> {
  let asked: Promise<CancelResult> | undefined;
  let id = '';
  const early: RunEntry[] = [];
  const look = (event: RunEntry): void => {
    if (asked === undefined && id !== '' && when(event)) asked = cancel(id);
  };
  const events: RunEntry[] = [];
  const started = await faults.begin(guest, {
    policy: 'bandwidth: 8MiB/s, maxDowntime: 1ms',
    more: {
      onEvent: (event) => {
        events.push(event);
        if (id === '') early.push(event);
        look(event);
      },
    },
  });
  ({ id } = started);
  early.forEach(look);
  const run = { ...started, events };
  const outcome = await run.outcome;
  assert.ok(asked !== undefined, 'the phase was seen');
  assert.deepEqual(await asked, { ok: true });
  assert.equal(outcome.result, 'cancelled', told(outcome));
  assert.equal(outcome.cause?.code, 'cancelled', told(outcome));
  await faults.assertUnharmed(guest, run, outcome);
  return run;
}

const begins =
  (step: string) =>
  (event: RunEntry): boolean =>
    event.type === 'step' && event.step === step && event.state === 'started';
const launched = ({ events }: StartedRun): boolean =>
  events.some(({ type }) => type === 'launched');

test('in the preflight: nothing is touched', limit, async () => {
  const plan = await faults.desk.planned(
    guest,
    'storage: { mode: copy-all, disks: [{ target: vda, action: copy, destination: { create: true } }] }\n',
  );
  const stop = new AbortController();
  const run = faults.desk.start(plan, {
    signal: stop.signal,
    confirmFreshDigest: () => {
      stop.abort();
      return Promise.resolve(plan.digest);
    },
  });
  const outcome = await run.outcome;
  assert.ok(['refused', 'cancelled'].includes(outcome.result), told(outcome));
  assert.equal(
    run.events.some(({ type }) => type === 'step'),
    false,
  );
  assert.equal(await faults.exists('kvm02', guest.disks[0]?.path ?? ''), false);
  assert.equal(await faults.state('kvm01', guest), 'running');
});

test('while the image is created: it is removed again, nothing is launched', limit, async () => {
  const run = await cancelledWhen(begins('create-image-vda'));
  assert.equal(launched(run), false);
});

test(
  'while the launch is on its way: the migration is aborted as soon as it is one',
  limit,
  async () => {
    assert.equal(launched(await cancelledWhen(begins('launch'))), true);
  },
);

test('while disks are copied', limit, async () => {
  await cancelledWhen((event) => event.type === 'progress' && event.progress.phase === 'disk');
});

test('in the first pass over memory', limit, async () => {
  await cancelledWhen((event) => event.type === 'progress' && event.progress.phase === 'memory');
});

test('in a later pass', limit, async () => {
  await cancelledWhen(
    (event) =>
      event.type === 'progress' &&
      event.progress.phase === 'memory' &&
      (event.progress.iteration ?? 0) >= 3,
  );
});

test(
  'after its end: it is told that there is nothing to cancel, and nothing changes',
  limit,
  async () => {
    const run = await faults.begin(guest, { policy: 'maxDowntime: 1s' });
    const outcome = await run.outcome;
    const asked = await cancel(run.id);
    assert.ok(!asked.ok);
    assert.match(asked.why.text, /has ended already/);
    await faults.assertMoved(guest, run, outcome);
  },
);
