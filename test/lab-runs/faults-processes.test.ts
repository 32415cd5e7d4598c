/** Processes that die in the middle of a migration: daemons, QEMU, and the guest itself. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RunOutcome } from '../../hosts/run/entry.ts';
import type { Guest } from '../lab/lab.ts';
import { assertRecorded, openFaultDesk } from './fault-desk.ts';
import type { FaultDesk } from './fault-desk.ts';
import { told } from './lab-run.ts';
import type { StartedRun } from './lab-run.ts';

const limit = { timeout: 240_000 } as const;
let faults: FaultDesk;
let guest: Guest;
/** Guests that their tests end. */
let doomed: Guest;
let leaving: Guest;

before(
  async () => {
    faults = await openFaultDesk();
    guest = await faults.startGuest('lasting');
    doomed = await faults.startGuest('doomed');
    leaving = await faults.startGuest('leaving');
  },
  { timeout: 900_000 },
);
after(async () => {
  await faults.close();
}, limit);

const killQemu = (name: string): string =>
  `kill -KILL $(ps -eo pid,args | awk '/[g]uest=${name},/ { print $1; exit }')`;

test(
  'QEMU killed on the destination: the guest runs on at the source, and the cause is named',
  limit,
  async () => {
    const run = await faults.moving(guest, 'disk');
    await faults.must('kvm02', killQemu(guest.name));
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'failed', told(outcome));
    assert.equal(outcome.cause?.code, 'destination-qemu-ended', told(outcome));
    assert.ok(outcome.cause.remedy !== undefined);
    await faults.assertUnharmed(guest, run, outcome);
  },
);

test(
  'libvirtd killed on the destination: the guest runs on at the source, nothing waits there',
  limit,
  async () => {
    const run = await faults.moving(guest, 'disk');
    await faults.lab.killLibvirtd('kvm02');
    await faults.lab.startLibvirtd('kvm02');
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'failed', told(outcome));
    assert.equal(outcome.cause?.code, 'net-link-stable', told(outcome));
    await faults.assertUnharmed(guest, run, outcome);
  },
);

/** The disks are at the source, and whole; the unfinished copy is gone, and so is the domain there. */
async function assertEndedOnSource(
  victim: Guest,
  run: StartedRun,
  outcome: RunOutcome,
): Promise<void> {
  const path = victim.disks[0]?.path ?? '';
  assert.equal(outcome.result, 'failed', told(outcome));
  assert.equal(outcome.guest, 'off-on-source', told(outcome));
  assert.match(outcome.message.text, /start it there/);
  assert.equal(outcome.cause?.code, 'guest-power-op-during-migration', told(outcome));
  assertRecorded(faults.desk, run, { outcome });
  assert.deepEqual(
    outcome.undone.map(({ step, outcome: how }) => [step, how]),
    [['create-image-vda', 'undone']],
    JSON.stringify(outcome.undone),
  );
  assert.equal(await faults.exists('kvm02', path), false);
  assert.equal(await faults.state('kvm02', victim), 'absent');
  assert.equal(await faults.state('kvm01', victim), 'shut off');
  const blocks = await faults.lab.verifyDisk('kvm01', victim);
  assert.ok(blocks.ok, blocks.problems.join('\n'));
  await faults.must('kvm01', `virsh start ${victim.name}`);
}

test(
  'QEMU killed on the source: the disks there are whole, the unfinished copy is removed',
  limit,
  async () => {
    const victim = doomed;
    const run = await faults.moving(victim, 'disk');
    await faults.must('kvm01', killQemu(victim.name));
    await assertEndedOnSource(victim, run, await run.outcome);
    await faults.lab.destroyGuest(victim);
  },
);

test(
  'a guest that powers itself off is off on the source with its disks, and can be started there',
  limit,
  async () => {
    const victim = leaving;
    const run = await faults.moving(victim, 'disk');
    // What a guest's kernel writes to the port of ACPI to switch its machine off.
    await faults.must(
      'kvm01',
      `virsh qemu-monitor-command ${victim.name} --hmp 'o /h 0x604 0x2000'`,
    );
    await assertEndedOnSource(victim, run, await run.outcome);
    await faults.lab.destroyGuest(victim);
  },
);

test(
  'libvirtd killed on the source: the guest runs on there, and the cause is the daemon',
  limit,
  async () => {
    const run = await faults.moving(guest, 'disk');
    await faults.lab.killLibvirtd('kvm01');
    await faults.lab.startLibvirtd('kvm01');
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'failed', told(outcome));
    assert.match(outcome.cause?.message.text ?? '', /^libvirtd on \{0\} ended/, told(outcome));
    assert.deepEqual(outcome.cause?.message.args, ['kvm01']);
    await faults.assertUnharmed(guest, run, outcome);
  },
);
