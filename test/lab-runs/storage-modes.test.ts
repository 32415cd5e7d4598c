/** Every way of copying disks, each carried out against real hosts, with the disk's content verified. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { collectFacts } from '../../hosts/collect/collect-facts.ts';
import { probeStorage } from '../../hosts/preflight/probe-storage.ts';
import type { HostSession } from '../../hosts/session.ts';
import { flaws, openLab } from '../lab/lab.ts';
import type { Guest, Lab } from '../lab/lab.ts';
import { openDesk, told } from './lab-run.ts';
import type { Desk } from './lab-run.ts';

const limit = { timeout: 180_000 } as const;
const images = '/var/lib/libvirt/images';
let lab: Lab;
let desk: Desk;
const guests: Guest[] = [];

before(
  async () => {
    lab = await openLab({ private: true });
    desk = openDesk(lab);
  },
  { timeout: 900_000 },
);
afterEach(async () => {
  for (const guest of guests.splice(0)) await lab.destroyGuest(guest);
}, limit);
after(async () => {
  await desk.close();
  await lab.close();
}, limit);

async function startGuest(...options: Parameters<Lab['startGuest']>): Promise<Guest> {
  const guest = await lab.startGuest(...options);
  guests.push(guest);
  return guest;
}

/** Runs a script on a host, which must succeed. */
async function must(host: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await lab.exec(host, script);
  assert.equal(code, 0, `${script}: ${stderr}`);
  return stdout.trim();
}

async function assertWhole(guest: Guest, path: string): Promise<void> {
  assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm02')), []);
  const blocks = await lab.verifyDisk('kvm02', guest, path);
  assert.ok(blocks.ok, blocks.problems.join('\n'));
  assert.ok(blocks.checked > 0);
}

const copied = (destination: string): string =>
  `disks: [{ target: vda, action: copy, destination: { ${destination} } }]`;

test(
  'a disk is copied to another path: the guest and its definition have it there',
  limit,
  async () => {
    const guest = await startGuest('kvm01', {
      name: 'disk-moved',
      disks: [{ at: 'local' }],
      writer: {},
    });
    const path = "/srv/it's elsewhere/vm <1> & 2.qcow2";
    await must('kvm02', `mkdir -p "/srv/it's elsewhere"`);
    const body = `storage: { ${copied(`path: "${path}", create: true`)} }\n`;
    const plan = await desk.planned(guest, body);
    assert.ok(!JSON.stringify(plan).includes('<domain'), 'no plan or record holds the XML');
    const outcome = await desk.start(plan).outcome;
    assert.equal(outcome.result, 'completed', told(outcome));
    await assertWhole(guest, path);
    for (const which of ['', '--inactive']) {
      assert.ok(
        (await must('kvm02', `virsh domblklist disk-moved ${which}`)).includes(path),
        which,
      );
    }
    const left = 'find /root/.local/state/livemigrate -name "*.xml"';
    assert.equal(await must('kvm01', left), '', 'the XML is gone with the run');
    assert.equal((await lab.exec('kvm01', 'virsh domstate disk-moved')).code, 1);
  },
);

/** A guest whose disk lies over `base`; the base holds what only it holds. */
async function startOverBase(name: string, base: string): Promise<Guest> {
  const top = `${images}/${name}.qcow2`;
  await must(
    'kvm01',
    `qemu-img create -q -f qcow2 ${base} 64M && qemu-io -c 'write -P 90 40M 4M' ${base} >/dev/null &&
     qemu-img create -q -f qcow2 -b ${base} -F qcow2 ${top}`,
  );
  return startGuest('kvm01', {
    name,
    disks: [{ path: top, create: false }],
    writer: {},
  });
}

/** What the base held is read through the copy. */
async function assertBaseIsThere(path: string): Promise<void> {
  const said = await must('kvm02', `qemu-io -U -r -c 'read -P 90 40M 4M' ${path}`);
  assert.doesNotMatch(said, /verification failed/);
}

test('a full copy of a disk over a base holds everything itself', limit, async () => {
  const guest = await startOverBase('disk-flat', `${images}/flat-base.qcow2`);
  const path = `${images}/disk-flat.qcow2`;
  const plan = await desk.planned(
    guest,
    `storage: { mode: copy-all, ${copied('create: true')} }\n`,
  );
  const outcome = await desk.start(plan).outcome;
  assert.equal(outcome.result, 'completed', told(outcome));
  assert.doesNotMatch(await must('kvm02', `qemu-img info -U ${path}`), /backing file/);
  await assertBaseIsThere(path);
  await assertWhole(guest, path);
});

const incremental = (proof = ''): string =>
  `storage: { mode: copy-incremental, ${proof} ${copied('create: true')} }\n`;

test(
  'an incremental copy goes over a base of equal content, and over no other',
  { timeout: 240_000 },
  async () => {
    const base = `${images}/inc-base.qcow2`;
    const guest = await startOverBase('disk-inc', base);
    const path = `${images}/disk-inc.qcow2`;
    await must('kvm01', `cp ${base} /srv/shared/inc-base`);
    await must(
      'kvm02',
      `cp /srv/shared/inc-base ${base} && qemu-io -c 'write -P 91 42M 64k' ${base}`,
    );
    const unproven = await desk.plan(guest, incremental());
    assert.ok(!unproven.ok);
    assert.deepEqual(
      unproven.refusals.map(({ code }) => code),
      ['inc-base-present'],
    );
    const plan = await desk.planned(guest, incremental('baseProof: sha256,'));
    const refused = await desk.start(plan).outcome;
    assert.equal(refused.result, 'failed', told(refused));
    assert.equal(refused.guest, 'source');
    assert.match(refused.cause?.text ?? '', /its SHA-256 differs/);
    assert.equal((await lab.exec('kvm02', ['test', '-e', path])).code, 1, 'nothing was created');
    await must('kvm02', `cp /srv/shared/inc-base ${base}`);
    // An image that somebody prepared, and that holds something where the disk may hold nothing.
    const own = `qemu-img create -q -f qcow2 -b ${base} -F qcow2 ${path}`;
    await must('kvm02', `${own} && qemu-io -c 'write -P 1 60M 64k' ${path}`);
    const prepared = incremental('baseProof: sha256,').replace('create: true', '');
    const stale = await desk.start(await desk.planned(guest, prepared)).outcome;
    assert.equal(stale.result, 'failed', told(stale));
    assert.match(stale.cause?.text ?? '', /is not empty/);
    await must('kvm02', `rm ${path} && ${own}`);
    const empty = await desk.planned(guest, prepared);
    const check = empty.steps.find(({ id }) => id === 'require-empty-vda')?.command.argv ?? [];
    assert.equal((await lab.exec('kvm02', check)).code, 0, 'an empty one is taken');
    await must('kvm02', `rm ${path}`);
    const outcome = await desk.start(plan).outcome;
    assert.equal(outcome.result, 'completed', told(outcome));
    assert.match(
      await must('kvm02', `qemu-img info -U ${path}`),
      new RegExp(`backing file: ${base}`),
    );
    await assertBaseIsThere(path);
    await assertWhole(guest, path);
  },
);

test('a base on shared storage is proven by its identity', limit, async () => {
  const base = '/srv/shared/one-base.qcow2';
  const guest = await startOverBase('disk-one', base);
  const path = `${images}/disk-one.qcow2`;
  const outcome = await desk.start(await desk.planned(guest, incremental())).outcome;
  assert.equal(outcome.result, 'completed', told(outcome));
  await assertBaseIsThere(path);
  await assertWhole(guest, path);
});

/** A loop device over a new file; it goes with its host's file at the end. */
async function device(host: string, file: string): Promise<string> {
  return must(
    host,
    `[ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
     truncate -s 64M ${file}
     path=$(losetup -f | cut -d " " -f 1) && { [ -e "$path" ] || mknod "$path" b 7 "\${path#/dev/loop}"; } &&
     losetup "$path" ${file} && echo "$path"`,
  );
}

test(
  'a file is copied onto a block device that was offered, and a block device into a file',
  limit,
  async () => {
    const [here, there] = [`${images}/here.img`, `${images}/there.img`];
    const from = await device('kvm01', here);
    const onto = await device('kvm02', there);
    try {
      await must('kvm01', `qemu-io -f raw -c 'write -P 77 8M 4M' ${from}`);
      const guest = await startGuest('kvm01', {
        name: 'disk-device',
        disks: [{ at: 'local', format: 'raw' }],
        writer: {},
        devices: `<disk type='block' device='disk'><driver name='qemu' type='raw' cache='none'/>
          <source dev='${from}'/><target dev='vdb' bus='virtio'/></disk>\n`,
      });
      const disks = (offer: string): string => `storage:
  disks:
    - { target: vda, action: copy, destination: { path: ${onto}${offer} } }
    - { target: vdb, action: copy, destination: { path: ${images}/vdb.raw, create: true } }
`;
      const refused = await desk.plan(guest, disks(''));
      assert.ok(!refused.ok);
      assert.ok(refused.refusals.some(({ code }) => code === 'dest-block-device'));
      const outcome = await desk.start(await desk.planned(guest, disks(', device: true'))).outcome;
      assert.equal(outcome.result, 'completed', told(outcome));
      const listed = await must('kvm02', 'virsh domblklist --details --inactive disk-device');
      assert.match(listed, new RegExp(`block +disk +vda +${onto}`));
      assert.match(listed, new RegExp(`file +disk +vdb +${images}/vdb.raw`));
      const said = await must(
        'kvm02',
        `qemu-io -U -r -f raw -c 'read -P 77 8M 4M' ${images}/vdb.raw`,
      );
      assert.doesNotMatch(said, /verification failed/);
      await assertWhole(guest, onto);
    } finally {
      for (const guest of guests.splice(0)) await lab.destroyGuest(guest);
      await lab.exec('kvm01', ['losetup', '-d', from]);
      await lab.exec('kvm02', ['losetup', '-d', onto]);
    }
  },
);

test(
  'a probe file proves a shared folder, finds nothing in another, and is gone afterwards',
  limit,
  async () => {
    const files = ['/srv/shared/probe.raw', `${images}/probe.raw`];
    for (const file of files) {
      await must('kvm01', `truncate -s 1M ${file}`);
      await must('kvm02', `truncate -s 1M ${file}`);
    }
    const [source, destination] = await Promise.all([
      desk.hosts.sessions('kvm01'),
      desk.hosts.sessions('kvm02'),
    ]);
    const signal = AbortSignal.timeout(60_000);
    const ask = async (session: HostSession) => {
      const said = await collectFacts(session, { paths: files, domains: [], signal }, Date.now);
      // As if no inode told them apart: the probe alone must.
      const same = Object.entries(said.images).map(([path, answer]) => [
        path,
        answer.ok ? { ...answer, value: { ...answer.value, inode: '1' } } : answer,
      ]);
      return { ...said, images: Object.fromEntries(same) as typeof said.images };
    };
    const hosts = { kvm01: await ask(source), kvm02: await ask(destination) };
    const snapshot = { format: 'livemigrate-facts/1' as const, hosts };
    const probed = await probeStorage({ snapshot, source, destination, signal });
    assert.deepEqual(
      files.map((file) => {
        const answer = probed.hosts['kvm02']?.images[file];
        return answer?.ok === true ? answer.value.probed : 'unknown';
      }),
      [true, undefined],
    );
    for (const host of ['kvm01', 'kvm02']) {
      assert.equal(await must(host, `find /srv/shared ${images} -name '.livemigrate*'`), '');
    }
    await must('kvm01', `rm -f ${files.join(' ')}`);
    await must('kvm02', `rm -f ${files.join(' ')}`);
  },
);
