import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Lab, flaws, openLab } from './lab.ts';

const LIMIT = { timeout: 180_000 } as const;

let lab: Lab;

before(
  async () => {
    lab = await openLab({ private: true, suites: { kvm02: 'bookworm' } });
  },
  { timeout: 900_000 }, // the very first time the userlands are made
);

after(async () => {
  await lab.close();
}, LIMIT);

test('hosts of two Debian releases run two versions of libvirt and QEMU', LIMIT, () => {
  const [newer, older] = lab.hosts;
  assert.match(newer?.libvirtVersion ?? '', /^1[1-9]\./);
  assert.match(older?.libvirtVersion ?? '', /^9\./);
  assert.match(newer?.qemuVersion ?? '', /^1\d\./);
  assert.match(older?.qemuVersion ?? '', /^7\./);
});

test(
  'a guest goes from the newer release to the older and back, over several passes, and stays whole',
  LIMIT,
  async () => {
    const guest = await lab.startGuest('kvm01', {
      name: 'traveller',
      disks: [{ at: 'shared', sizeMiB: 16 }],
      dirtyMiBs: 15,
      workingSetMiB: 32,
      writer: { blocksPerSecond: 100, spanMiB: 8 },
    });
    // The bandwidth makes memory be sent more than once: a fault of dirty tracking shows only then.
    const migrate = ['virsh', 'migrate', '--live', '--p2p', '--bandwidth', '40', guest.name];
    const there = await lab.exec('kvm01', [...migrate, 'qemu+ssh://root@kvm02/system'], {
      timeoutMs: 90_000,
    });
    assert.equal(there.code, 0, there.stderr);
    await guest.waitForTicks(1, 'kvm02');

    // libvirt 9.0 cannot be told that a folder is shared.
    const refused = await lab.exec('kvm02', [...migrate, 'qemu+ssh://root@kvm01/system']);
    assert.match(refused.stderr, /Migration without shared storage is unsafe/);

    const back = await lab.exec('kvm02', [...migrate, '--unsafe', 'qemu+ssh://root@kvm01/system'], {
      timeoutMs: 90_000,
    });
    assert.equal(back.code, 0, back.stderr);
    const last = guest.report().ticks.at(-1)?.n ?? 0;
    const report = await guest.waitFor('ticks on kvm01 again', ({ ticks }) =>
      ticks.some((tick) => tick.host === 'kvm01' && tick.n > last + 1),
    );
    assert.deepEqual(flaws(report), []);
    const jobs = await lab.exec('kvm01', ['virsh', 'domjobinfo', guest.name, '--completed']);
    assert.match(jobs.stdout, /Iteration: +([2-9]|\d\d)/, 'memory was sent in one pass only');
    assert.deepEqual((await lab.verifyDisk('kvm01', guest)).problems, []);
  },
);
