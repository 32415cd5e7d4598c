/** Links, ssh servers and clocks that fail while a guest is on its way. */
import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import { cancelRun } from '../../hosts/run/attach.ts';
import type { RunEntry } from '../../hosts/run/entry.ts';
import { flaws } from '../lab/lab.ts';
import type { Guest } from '../lab/lab.ts';
import { assertRecorded, openFaultDesk } from './fault-desk.ts';
import type { FaultDesk } from './fault-desk.ts';
import { told } from './lab-run.ts';
import type { StartedRun } from './lab-run.ts';
import { until } from './until.ts';

const limit = { timeout: 240_000 } as const;
let faults: FaultDesk;
let guest: Guest;

before(
  async () => {
    faults = await openFaultDesk();
    guest = await faults.startGuest('linked');
    // libvirt counts a silent peer out after 30 s; 6 s show the same.
    for (const host of ['kvm01', 'kvm02']) {
      const settings = 'printf "keepalive_interval = 2\\nkeepalive_count = 2\\n"';
      await faults.must(host, `${settings} >>/etc/libvirt/qemu.conf`);
      await faults.lab.killLibvirtd(host);
      await faults.lab.startLibvirtd(host);
    }
  },
  { timeout: 900_000 },
);
after(async () => {
  await faults.close();
}, limit);

const lost = ({ events }: StartedRun): readonly Extract<RunEntry, { type: 'lost-sight' }>[] =>
  events.filter((event) => event.type === 'lost-sight');
const found = ({ events }: StartedRun): boolean =>
  events.some(({ type }) => type === 'found-again');
const cancel = (run: StartedRun) =>
  cancelRun({ id: run.id, sessions: faults.desk.hosts.sessions, folder: faults.desk.state });

/** Ends the processes that serve a connection; the one that listens stays. */
const serving = (signal: string): string =>
  `for process in $(ps -eo pid,args | awk '/sshd/ && !/listener|sbin.sshd|awk/ { print $1 }'); do
     kill -${signal} "$process" 2>/dev/null
   done; true`;

test(
  'ssh to the source cut during a run: it is seen again over a new connection',
  limit,
  async () => {
    const run = await faults.moving(guest, 'disk');
    const progress = run.events.length;
    await faults.must('kvm01', serving('KILL'));
    await until('progress over a new connection', () =>
      run.events.slice(progress + 2).some(({ type }) => type === 'progress'),
    );
    assert.deepEqual(await cancel(run), { ok: true });
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'cancelled', told(outcome));
    await faults.assertUnharmed(guest, run, outcome);
  },
);

test(
  'an ssh server that stalls without closing: lost sight of within bounds, and found again',
  limit,
  async () => {
    const run = await faults.moving(guest, 'disk');
    const all = `for process in $(ps -eo pid,comm | awk '/sshd/ { print $1 }'); do`;
    await faults.must('kvm01', `${all} kill -STOP "$process"; done`);
    await until('losing sight', () => lost(run).length === 1);
    await faults.must('kvm01', `${all} kill -CONT "$process"; done`);
    await until('finding again', () => found(run));
    assert.deepEqual(await cancel(run), { ok: true });
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'cancelled', told(outcome));
    await faults.assertUnharmed(guest, run, outcome);
  },
);

test(
  'a host key that changes in between: the new one is not believed, the migration goes on unseen',
  limit,
  async () => {
    const run = await faults.moving(guest, 'disk');
    const keys = '/etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub';
    const reload = 'kill -HUP $(cat /run/sshd.pid)';
    await faults.must(
      'kvm01',
      `mkdir /root/keys && mv ${keys} /root/keys/ && ssh-keygen -q -A && ${reload}`,
    );
    try {
      await faults.must('kvm01', serving('KILL'));
      await until('the refusal', () => lost(run).some(({ why }) => /key/i.test(why)));
      await assert.rejects(
        faults.desk.hosts.sessions('kvm01'),
        /host key of kvm01 has changed/,
        'nothing else is asked of a host that is not believed',
      );
    } finally {
      await faults.must('kvm01', `rm ${keys} && mv /root/keys/* /etc/ssh/ && ${reload}`);
    }
    await until('finding again', () => found(run));
    assert.deepEqual(await cancel(run), { ok: true });
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'cancelled', told(outcome));
    await faults.assertUnharmed(guest, run, outcome);
  },
);

test(
  'the management link down: libvirt ends the migration, and the run says so when it sees again',
  limit,
  async () => {
    const run = await faults.moving(guest, 'disk');
    await faults.lab.cutLink('kvm01', 'management');
    await until('losing sight', () => lost(run).length > 0);
    // Neither daemon hears the other: both end it by themselves.
    await until('the end of the job', async () =>
      /None/.test(await faults.must('kvm01', `virsh domjobinfo ${guest.name}`)),
    );
    await faults.lab.restoreLink('kvm01', 'management');
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'failed', told(outcome));
    assert.equal(outcome.cause?.code, 'net-link-stable', told(outcome));
    await faults.assertUnharmed(guest, run, outcome);
  },
);

test(
  'the migration link down for good: that nothing moves is told, and the timeout ends it with that cause',
  limit,
  async () => {
    const { desk, lab } = faults;
    const diskless = await lab.startGuest('kvm01', {
      name: 'diskless',
      memoryMiB: 112,
      workingSetMiB: 16,
      dirtyMiBs: 4,
    });
    const policy = 'bandwidth: 2MiB/s, completionTimeout: 40s, onTimeout: abort';
    const run = desk.start(await desk.planned(diskless, `policy: { ${policy} }\n`));
    try {
      await until('memory on its way', () =>
        run.events.some((event) => event.type === 'phase' && event.phase === 'memory'),
      );
      await lab.cutLink('kvm02', 'migration');
      await until('the stall', () => run.events.some(({ type }) => type === 'stalled'));
      const outcome = await run.outcome;
      assert.equal(outcome.result, 'timed-out', told(outcome));
      assert.equal(outcome.cause?.code, 'net-link-stable', told(outcome));
      assert.match(outcome.cause.message.text, /nothing was sent/);
      assert.equal(outcome.guest, 'source');
      assertRecorded(desk, run, { outcome });
      assert.equal(await faults.state('kvm02', diskless), 'absent');
      assert.deepEqual(flaws(await diskless.waitForTicks(2, 'kvm01', 60_000)), []);
    } finally {
      await lab.restoreLink('kvm02', 'migration');
      await lab.destroyGuest(diskless);
    }
  },
);

test(
  'the same while disks are copied: QEMU lets go of a dead connection only when the link is back',
  limit,
  async () => {
    const run = await faults.moving(guest, 'disk', {
      policy: 'bandwidth: 1MiB/s, completionTimeout: 26s, onTimeout: abort',
    });
    try {
      await faults.lab.cutLink('kvm02', 'migration');
      await until('the stall', () => run.events.some(({ type }) => type === 'stalled'));
      await until('libvirt’s abort', async () =>
        /Cancelled|None/.test(await faults.must('kvm01', `virsh domjobinfo ${guest.name}`)),
      );
      assert.equal(await faults.state('kvm01', guest), 'running');
    } finally {
      await faults.lab.restoreLink('kvm02', 'migration');
    }
    const outcome = await run.outcome;
    assert.equal(outcome.result, 'timed-out', told(outcome));
    assert.equal(outcome.cause?.code, 'net-link-stable', told(outcome));
    await faults.assertUnharmed(guest, run, outcome);
  },
);

test(
  'clocks that jump back and forth, here and on the source, end nothing early and hide no cause',
  limit,
  async () => {
    const run = await faults.moving(guest, 'disk', {
      policy: 'bandwidth: 2MiB/s, completionTimeout: 3m, onTimeout: abort',
    });
    try {
      mock.timers.enable({ apis: ['Date'], now: Date.now() - 7_200_000 });
      // Found before the real one by every script on the host.
      const wrong = '#!/bin/sh\nexec /usr/bin/date -d "+1 day" "$@"\n';
      await faults.must(
        'kvm01',
        `printf '${wrong}' >/usr/local/bin/date; chmod 755 /usr/local/bin/date`,
      );
      const seen = run.events.length;
      await until('more progress', () => run.events.length > seen + 3);
      await faults.must(
        'kvm02',
        `kill -KILL $(ps -eo pid,args | awk '/[g]uest=${guest.name},/ { print $1; exit }')`,
      );
      const outcome = await run.outcome;
      assert.equal(outcome.result, 'failed', told(outcome));
      assert.equal(outcome.cause?.code, 'destination-qemu-ended', told(outcome));
      await faults.assertUnharmed(guest, run, outcome);
    } finally {
      mock.timers.reset();
      await faults.must('kvm01', 'rm -f /usr/local/bin/date');
    }
  },
);
