import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEntry, RunOutcome } from '../../hosts/run/entry.ts';
import { findRun, readRun } from '../../hosts/run/record.ts';
import type { RunInput } from '../../hosts/run/execute.ts';
import { flaws, openLab } from '../lab/lab.ts';
import type { Guest, GuestOptions, Lab } from '../lab/lab.ts';
import { openDesk, told } from './lab-run.ts';
import type { Desk, StartedRun } from './lab-run.ts';
import { until } from './until.ts';

/** A lab in which runs are hurt: what every fault test needs to begin one and to judge its end. */
export interface FaultDesk {
  readonly lab: Lab;
  readonly desk: Desk;
  /** A guest on kvm01 with a disk of its own that it writes to. */
  startGuest(name: string, more?: Partial<GuestOptions>): Promise<Guest>;
  /** Starts a run that copies the guest's disk from kvm01 to kvm02, slowly. */
  begin(guest: Guest, how?: Begin): Promise<StartedRun>;
  /** Begins one and waits until data is on its way in the phase. */
  moving(guest: Guest, phase: 'disk' | 'memory', how?: Begin): Promise<StartedRun>;
  state(host: string, guest: Guest): Promise<string>;
  exists(host: string, path: string): Promise<boolean>;
  /** Runs a script on a host, which must succeed. */
  must(host: string, script: string): Promise<string>;
  /** The guest is on the source as if nothing had been; the run left nothing and its record says so. */
  assertUnharmed(guest: Guest, run: StartedRun, outcome: RunOutcome, torn?: number): Promise<void>;
  /** The guest is on the destination, whole; the source does not know it any more. */
  assertMoved(guest: Guest, run: StartedRun, outcome: RunOutcome): Promise<void>;
  close(): Promise<void>;
}

export interface Begin {
  /** Lines of `policy`; default a bandwidth at which a copy takes many seconds. */
  readonly policy?: string;
  /** Keys of the disk's `destination`. */
  readonly destination?: string;
  readonly more?: Partial<RunInput>;
}

export async function openFaultDesk(): Promise<FaultDesk> {
  const lab = await openLab({ private: true });
  const desk = openDesk(lab);
  const state: FaultDesk['state'] = async (host, guest) => {
    const { code, stdout } = await lab.exec(host, ['virsh', 'domstate', guest.name]);
    return code === 0 ? stdout.trim() : 'absent';
  };
  const exists: FaultDesk['exists'] = async (host, path) =>
    (await lab.exec(host, ['test', '-e', path])).code === 0;
  const must: FaultDesk['must'] = async (host, script) => {
    const { code, stdout, stderr } = await lab.exec(host, script);
    assert.equal(code, 0, `${script}: ${stderr}`);
    return stdout.trim();
  };
  const begin: FaultDesk['begin'] = async (guest, how = {}) => {
    const { policy = 'bandwidth: 2MiB/s', destination = 'create: true', more = {} } = how;
    const body = `storage:
  mode: copy-all
  disks:
    - { target: vda, action: copy, destination: { ${destination} } }
policy: { ${policy} }
`;
    return desk.start(await desk.planned(guest, body), more);
  };
  return {
    lab,
    desk,
    state,
    exists,
    must,
    begin,
    startGuest: (name, more = {}) =>
      lab.startGuest('kvm01', {
        name,
        memoryMiB: 112,
        workingSetMiB: 16,
        // More than the bandwidth of a run that is to be hurt: it cannot end before it is.
        dirtyMiBs: 4,
        disks: [{ at: 'local', sizeMiB: 32 }],
        writer: { blocksPerSecond: 50, spanMiB: 8 },
        ...more,
      }),
    async moving(guest, phase, how) {
      const run = await begin(guest, how);
      await until(`the phase ${phase}`, () => isMoving(run.events, phase));
      return run;
    },
    async assertUnharmed(guest, run, outcome, torn = 0) {
      assert.equal(outcome.guest, 'source', told(outcome));
      assertRecorded(desk, run, { outcome, torn });
      assert.equal(await state('kvm01', guest), 'running');
      assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm01', 60_000)), []);
      const blocks = await lab.verifyDisk('kvm01', guest);
      assert.ok(blocks.ok, blocks.problems.join('\n'));
      const job = await must('kvm01', `virsh domjobinfo ${guest.name}`);
      assert.match(job, /Job type: +None/, 'no job is left');
      await assertNothingLeft(guest);
    },
    async assertMoved(guest, run, outcome) {
      assert.equal(outcome.result, 'completed', told(outcome));
      assertRecorded(desk, run, { outcome });
      assert.equal(await state('kvm02', guest), 'running');
      assert.equal(await state('kvm01', guest), 'absent');
      assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm02', 60_000)), []);
      const blocks = await lab.verifyDisk('kvm02', guest);
      assert.ok(blocks.ok, blocks.problems.join('\n'));
    },
    async close() {
      await desk.close();
      await lab.close();
    },
  };

  async function assertNothingLeft(guest: Guest): Promise<void> {
    assert.equal(await state('kvm02', guest), 'absent');
    const images = guest.disks.map(({ path }) => path);
    for (const path of images) assert.equal(await exists('kvm02', path), false, path);
    const qemu = await must('kvm02', `ps -eo args | grep -c "[g]uest=${guest.name}," || true`);
    assert.equal(qemu, '0', 'no QEMU waits on the destination');
    const xml = 'find /root/.local/state/livemigrate -name "*.xml" 2>/dev/null || true';
    assert.equal(await must('kvm01', xml), '', 'no domain XML is left');
  }
}

function isMoving(events: readonly RunEntry[], phase: 'disk' | 'memory'): boolean {
  return events.some((event) => event.type === 'progress' && event.progress.phase === phase);
}

/**
 * The last line of the record is the end and says what the user saw. Every line can be read, but for
 * `torn` of them: where a disk filled up in the middle of one, the line is written again after it.
 */
export function assertRecorded(
  desk: Desk,
  run: StartedRun,
  { outcome, torn = 0 }: { readonly outcome: RunOutcome; readonly torn?: number },
): void {
  const file = join(desk.state, 'runs', `${run.id}.jsonl`);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const whole = findRun(run.id, { folder: desk.state })?.entries() ?? [];
  assert.ok(lines.length - whole.length <= torn, `${String(lines.length)} lines`);
  const last = JSON.parse(lines.at(-1) ?? '') as RunEntry;
  assert.equal(last.type, 'ended', JSON.stringify(last));
  assert.deepEqual(last.outcome, JSON.parse(JSON.stringify(outcome)));
  assert.deepEqual(readRun(run.id, { folder: desk.state })?.outcome, last.outcome);
}
