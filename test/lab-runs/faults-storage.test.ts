/** Disks and folders that fill up, vanish or refuse while a guest is on its way. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cancelRun } from '../../hosts/run/attach.ts';
import { readRun } from '../../hosts/run/record.ts';
import { RecordUnwritable } from '../../hosts/run/record-unwritable.ts';
import type { Guest } from '../lab/lab.ts';
import { openFaultDesk } from './fault-desk.ts';
import type { FaultDesk } from './fault-desk.ts';
import { told } from './lab-run.ts';
import { until } from './until.ts';

const limit = { timeout: 240_000 } as const;
let faults: FaultDesk;
let guest: Guest;

before(
  async () => {
    faults = await openFaultDesk();
    guest = await faults.startGuest('stored', {
      writer: { blocksPerSecond: 50, spanMiB: 28 },
    });
  },
  { timeout: 900_000 },
);
after(async () => {
  await faults.close();
}, limit);

test(
  'the destination’s disk fills up in the copy: the guest runs on, the copy is gone, the cause is named',
  limit,
  async () => {
    const folder = '/srv/small';
    await faults.must('kvm02', `mkdir ${folder} && mount -t tmpfs -o size=48M small ${folder}`);
    const run = await faults.begin(guest, {
      destination: `path: ${folder}/stored.qcow2, create: true`,
      policy: 'bandwidth: 1MiB/s',
    });
    await until('the launch', () => run.events.some(({ type }) => type === 'launched'));
    await faults.must('kvm02', `dd if=/dev/zero of=${folder}/other bs=64k 2>/dev/null || true`);
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'failed', told(outcome));
    assert.equal(outcome.cause?.code, 'disk-dest-free-space', told(outcome));
    await faults.assertUnharmed(guest, run, outcome);
    assert.equal(await faults.must('kvm02', `ls -A ${folder}`), 'other');
    await faults.must('kvm02', `umount ${folder}`);
  },
);

test(
  'the destination’s image is removed in the copy: the migration ends before the guest depends on it',
  limit,
  async () => {
    const path = guest.disks[0]?.path ?? '';
    const run = await faults.moving(guest, 'disk', { policy: 'bandwidth: 1MiB/s' });
    await faults.must('kvm02', `rm ${path}`);
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'failed', told(outcome));
    assert.equal(outcome.cause?.code, 'destination-image-gone', told(outcome));
    assert.ok(outcome.cause.message.args.includes(path));
    await faults.assertUnharmed(guest, run, outcome);
  },
);

test(
  'an image that was prepared is removed after the plan was made: the cause is named, nothing is left',
  limit,
  async () => {
    const path = '/srv/prepared.qcow2';
    await faults.lab.createImage('kvm02', path, 'qcow2', 32);
    const body = `storage:
  mode: copy-all
  disks:
    - { target: vda, action: copy, destination: { path: ${path} } }
`;
    const plan = await faults.desk.planned(guest, body);
    await faults.must('kvm02', `rm ${path}`);
    const run = faults.desk.start(plan);
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'failed', told(outcome));
    assert.equal(outcome.cause?.code, 'destination-image-gone', told(outcome));
    await faults.assertUnharmed(guest, run, outcome);
    assert.equal(await faults.exists('kvm02', path), false);
  },
);

/** A folder of records on a small file system of its own. */
function smallFolder(): { readonly mount: (how: string) => void; readonly end: () => void } {
  const { state } = faults.desk;
  mkdirSync(state, { recursive: true });
  const mount = (how: string): void => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', how, 'records', state]);
  };
  mount('size=256k');
  return {
    mount,
    end: () => {
      execFileSync('umount', [state]);
    },
  };
}

/** Takes what room there is; gives the file that holds it. */
function fill(folder: string): string {
  const file = join(folder, 'filler');
  try {
    for (;;) writeFileSync(file, Buffer.alloc(512), { flag: 'a' });
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  }
  return file;
}

test(
  'a record folder that is full or read-only: nothing is begun, and no half of a record stays',
  limit,
  async () => {
    const path = guest.disks[0]?.path ?? '';
    const { mount, end } = smallFolder();
    try {
      const filler = fill(faults.desk.state);
      await assert.rejects(faults.begin(guest), (error: unknown) => {
        assert.ok(error instanceof RecordUnwritable, String(error));
        assert.match(error.message, /ENOSPC/);
        return true;
      });
      assert.deepEqual(readdirSync(join(faults.desk.state, 'runs')), []);
      rmSync(filler);
      mount('remount,ro');
      await assert.rejects(faults.begin(guest), (error: unknown) => {
        assert.ok(error instanceof RecordUnwritable, String(error));
        assert.match(error.message, /EROFS/);
        return true;
      });
      assert.equal(await faults.exists('kvm02', path), false);
      assert.equal(await faults.state('kvm01', guest), 'running');
    } finally {
      end();
    }
  },
);

for (const [how, why] of [
  ['full', 'fills up'],
  ['read-only', 'becomes read-only'],
] as const) {
  test(
    `a record folder that ${why} during a run: it is watched on, can be cancelled, and tells its end later`,
    limit,
    async () => {
      const { mount, end } = smallFolder();
      try {
        const run = await faults.moving(guest, 'disk');
        let mend = (): void => {
          mount('remount,rw');
        };
        if (how === 'full') {
          const filler = fill(faults.desk.state);
          const record = join(faults.desk.state, 'runs', `${run.id}.jsonl`);
          // What is left of the record's last page can still be written to.
          await until('a full record', () => statSync(record).size % 4096 === 0);
          mend = () => {
            rmSync(filler);
          };
        } else mount('remount,ro');
        const seen = run.events.length;
        await until('more progress', () => run.events.length > seen + 2);
        const asked = await cancelRun({
          id: run.id,
          sessions: faults.desk.hosts.sessions,
          folder: faults.desk.state,
        });
        assert.deepEqual(asked, { ok: true });
        const outcome = await run.outcome;
        assert.equal(outcome.result, 'cancelled', told(outcome));
        assert.equal(readRun(run.id, { folder: faults.desk.state })?.outcome, undefined);
        mend();
        await until(
          'the end in the record',
          () => readRun(run.id, { folder: faults.desk.state })?.outcome !== undefined,
        );
        // A disk that is full can take the beginning of a line.
        await faults.assertUnharmed(guest, run, outcome, how === 'full' ? 1 : 0);
      } finally {
        end();
      }
    },
  );
}
