import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { bringUp, takeDown } from './bring-up.ts';
import { readImage } from './guest.ts';
import { removeHost } from './host.ts';
import { type Guest, type Lab, flaws, openLab, verifyBlocks } from './lab.ts';
import { namespacesOf } from './network.ts';
import { markedProcesses, must, pause, run } from './process.ts';
import { labId, readState } from './state.ts';

const LIMIT = { timeout: 120_000 } as const;
const CLI = fileURLToPath(new URL('cli.ts', import.meta.url));
const P2P = ['virsh', 'migrate', '--live', '--p2p'] as const;

let lab: Lab;

before(
  async () => {
    lab = await openLab({ private: true });
  },
  { timeout: 900_000 }, // the very first time the userlands are made
);

after(async () => {
  await lab.close();
}, LIMIT);

/** Runs the real ssh of this machine with the lab's configuration. */
function ssh(host: string, command: string): ReturnType<typeof run> {
  return run(['ssh', '-F', lab.sshConfig, host, command], { timeoutMs: 20_000 });
}

async function migrate(
  guest: Guest,
  from: string,
  to: string,
  ...options: string[]
): Promise<void> {
  const command = [...P2P, ...options, guest.name, `qemu+ssh://root@${to}/system`];
  const result = await lab.exec(from, command, { timeoutMs: 60_000 });
  assert.equal(result.code, 0, result.stderr);
}

test('bringing up a lab that runs leaves every host as it is', LIMIT, async () => {
  const again = await bringUp({
    stateDir: lab.stateDir,
    hosts: ['kvm01', 'kvm02'],
    suites: {},
    say: () => undefined,
  });
  assert.deepEqual(
    again.hosts.map((host) => host.init),
    lab.hosts.map((host) => host.init),
  );
});

test(
  'ssh reaches each host through its port, and each host is libvirt on its own',
  LIMIT,
  async () => {
    const uuids = new Set<string>();
    for (const host of lab.hosts) {
      const said = await ssh(host.name, 'hostname; virsh capabilities');
      assert.equal(said.code, 0, said.stderr);
      assert.match(said.stdout, new RegExp(`^${host.name}\n`));
      uuids.add(/<uuid>(.*)<\/uuid>/.exec(said.stdout)?.[1] ?? '');
    }
    assert.deepEqual([...uuids].sort(), lab.hosts.map((host) => host.uuid).sort());
  },
);

test('ssh refuses a host whose key is not the known one', LIMIT, async () => {
  const known = readFileSync(lab.knownHosts, 'utf8');
  const [first, second] = lab.hosts;
  assert.ok(first !== undefined && second !== undefined);
  const swapped = known
    .replaceAll(`:${String(first.sshPort)} `, ':X ')
    .replaceAll(`:${String(second.sshPort)} `, `:${String(first.sshPort)} `)
    .replaceAll(':X ', `:${String(second.sshPort)} `);
  writeFileSync(lab.knownHosts, swapped);
  try {
    const refused = await ssh('kvm01', 'true');
    assert.equal(refused.code, 255);
    assert.match(refused.stderr, /Host key verification failed/);
  } finally {
    writeFileSync(lab.knownHosts, known);
  }
});

test('the inventory names what reaches the hosts', LIMIT, async () => {
  const file = join(lab.stateDir, 'inventory.yaml');
  lab.writeInventory(file);
  const inventory = parse(readFileSync(file, 'utf8')) as {
    hosts: { address: string; uri: string }[];
  };
  for (const host of inventory.hosts) {
    assert.equal((await ssh(host.address, 'true')).code, 0);
    const other = lab.hosts.find((candidate) => candidate.name !== host.address);
    const list = await lab.exec(other?.name ?? '', ['virsh', '-c', host.uri, '-q', 'list']);
    assert.equal(list.code, 0, list.stderr);
  }
});

test(
  'a cut management cable ends the way to the host, and a mended one brings it back',
  LIMIT,
  async () => {
    const knock = ['timeout', '2', 'bash', '-c', 'exec 3<>/dev/tcp/10.77.0.12/22 && head -c 4 <&3'];
    assert.equal((await lab.exec('kvm01', knock)).stdout, 'SSH-');
    await lab.cutLink('kvm02', 'management');
    assert.equal((await lab.exec('kvm01', knock)).stdout, '');
    await lab.restoreLink('kvm02', 'management');
    assert.equal((await ssh('kvm02', 'true')).code, 0);
  },
);

test(
  'a guest dirties memory at the asked rate, migrates on shared storage and stays whole',
  LIMIT,
  async () => {
    const guest = await lab.startGuest('kvm01', {
      name: 'walker',
      disks: [{ at: 'shared' }],
      dirtyMiBs: 20,
      writer: { blocksPerSecond: 100 },
    });
    // A machine busy with other things may starve the guest for a second, not for ever; more than asked is never right.
    const before = await guest.waitFor('a second at the asked rate', ({ ticks }) =>
      ticks.some((tick) => tick.dirtiedKiBs > 18 * 1024),
    );
    assert.ok(before.ticks.every((tick) => tick.dirtiedKiBs < 22 * 1024));

    // No --unsafe: on Debian 13 the lab's qemu.conf says that the folder is shared.
    await migrate(guest, 'kvm01', 'kvm02', '--bandwidth', '60');
    const report = await guest.waitForTicks(2, 'kvm02');
    assert.deepEqual(flaws(report), []);
    const numbers = report.ticks.map((tick) => tick.n);
    assert.deepEqual(
      numbers,
      numbers.map((_, at) => at + 1),
      'a tick is missing or came twice',
    );
    const proof = await lab.verifyDisk('kvm02', guest);
    assert.deepEqual(proof.problems, []);
    await lab.destroyGuest(guest);
  },
);

test(
  'a copied disk holds every acknowledged block, and a spoilt one is found out',
  LIMIT,
  async () => {
    const guest = await lab.startGuest('kvm01', {
      name: 'mover',
      disks: [{ at: 'local', sizeMiB: 24 }],
      dirtyMiBs: 10,
      writer: { blocksPerSecond: 400, spanMiB: 16 },
    });
    const path = guest.disks[0]?.path ?? '';
    await lab.createImage('kvm02', path, 'qcow2', 24);
    await migrate(
      guest,
      'kvm01',
      'kvm02',
      '--copy-storage-all',
      '--migrateuri',
      'tcp://10.78.0.12',
    );
    await guest.waitForTicks(2, 'kvm02');
    assert.deepEqual(flaws(guest.report()), []);
    const proof = await lab.verifyDisk('kvm02', guest);
    assert.deepEqual(proof.problems, []);
    assert.ok(proof.ok && proof.checked === proof.slots, 'the whole span was written over');

    // The source's image stopped at the switch: the same check must say so of it.
    const old = await lab.verifyDisk('kvm01', guest, path);
    assert.equal(old.ok, false);
    assert.match(old.problems[0] ?? '', /an older one/);

    const state = await lab.exec('kvm02', ['virsh', 'suspend', guest.name]);
    assert.equal(state.code, 0, state.stderr);
    const image = await readImage(lab.host('kvm02'), path, ['-U']);
    const { acked } = guest.report();
    assert.equal(verifyBlocks(image, guest.run, acked).ok, true);
    const spoilt = Buffer.from(image);
    const slot = (acked - 5) % proof.slots;
    const byte = (1 + slot) * 4096 + 2000;
    spoilt.writeUInt8(spoilt.readUInt8(byte) ^ 1, byte);
    const found = verifyBlocks(spoilt, guest.run, acked);
    assert.equal(found.lost, 1);
    assert.match(found.problems[0] ?? '', /its checksum is wrong/);
    spoilt.fill(0, (1 + slot) * 4096, (2 + slot) * 4096);
    assert.match(verifyBlocks(spoilt, guest.run, acked).problems[0] ?? '', /missing/);
    await lab.destroyGuest(guest);
  },
);

test('a host whose libvirtd died answers again', LIMIT, async () => {
  await lab.killLibvirtd('kvm02');
  assert.notEqual((await lab.exec('kvm02', ['virsh', '-q', 'list'])).code, 0);
  await lab.startLibvirtd('kvm02');
  assert.equal((await lab.exec('kvm02', ['virsh', '-q', 'list'])).code, 0);
});

test(
  'a lab that was killed half-way comes up whole, and down leaves nothing behind',
  LIMIT,
  async () => {
    const stateDir = `${lab.stateDir}-killed`;
    for (const afterMs of [250, 700]) {
      const child = run([process.execPath, CLI, 'up', '--state', stateDir], { timeoutMs: afterMs });
      await assert.rejects(child, /not done in/);
    }
    const id = labId(stateDir);
    // Made anew at once: what the kernel has not yet cleared away, or others still believe of it, must not be in its way.
    for (let times = 0; times < 4; times++) {
      if (times > 0) await removeHost(id, stateDir, 'kvm01');
      const state = await bringUp({ stateDir, hosts: ['kvm01'], suites: {}, say: () => undefined });
      assert.equal(state.hosts.length, 1);
      const answer = await run(['ssh', '-F', state.sshConfig, 'kvm01', 'virsh', '-q', 'list'], {
        timeoutMs: 20_000,
      });
      assert.equal(answer.code, 0, answer.stderr);
    }
    await takeDown(stateDir);
    await expectNothingOf(id, stateDir);
  },
);

test(
  'without the tools and without apt-get, up names what is missing and exits with 2',
  LIMIT,
  async () => {
    const result = await run([process.execPath, CLI, 'up', '--state', '/nonexistent/lab'], {
      timeoutMs: 20_000,
      env: { PATH: '/nonexistent' },
    });
    assert.equal(result.code, 2);
    assert.match(result.stderr, /mmdebstrap/);
    assert.match(result.stderr, /no apt-get/);
  },
);

test(
  'a guest whose memory is spoilt says so; closing its lab leaves nothing behind',
  LIMIT,
  async () => {
    const other = await openLab({ private: true, hosts: ['kvm01'] });
    try {
      const guest = await other.startGuest('kvm01', { name: 'broken', spoilAfterTick: 1 });
      const report = await guest.waitForTicks(2);
      assert.match(flaws(report)[0] ?? '', /1 pages lost a write, 1 words differ/);
    } finally {
      await other.close();
    }
    await expectNothingOf(other.id, other.stateDir);
  },
);

async function expectNothingOf(id: string, stateDir: string): Promise<void> {
  assert.equal(existsSync(stateDir), false);
  assert.equal(readState(stateDir), undefined);
  assert.deepEqual(namespacesOf(id), []);
  assert.deepEqual(markedProcesses(id), []);
  assert.equal((await must(['mount'], { timeoutMs: 5000 })).includes(stateDir), false);
  // Whatever ran inside had the folder in its mounts; give the kernel a moment for the last of them.
  await pause(100);
  const holders = readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return readFileSync(`/proc/${entry}/mountinfo`, 'utf8').includes(stateDir);
    } catch {
      return false;
    }
  });
  assert.deepEqual(holders, []);
}
