/** What real hosts of two Debian releases tell of themselves, and what the rules make of it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Answer, DomainFacts, HostSnapshot } from '../../core/facts/snapshot.ts';
import { collectFacts } from '../../hosts/collect/collect-facts.ts';
import type { FactsRequest } from '../../hosts/collect/collect-facts.ts';
import type { PeerQuestion } from '../../hosts/collect/peer.ts';
import type { Guest, Lab } from '../lab/lab.ts';
import { openLab } from '../lab/lab.ts';
import { labHosts, openDesk } from './lab-run.ts';
import type { LabHosts } from './lab-run.ts';

/** Milliseconds, for two slow cores. */
const patience = { timeout: 180_000 } as const;

let lab: Lab;
let hosts: LabHosts;
let guest: Guest;

before(
  async () => {
    lab = await openLab({ private: true, suites: { kvm02: 'bookworm' } });
    hosts = labHosts(lab.sshConfig);
    guest = await lab.startGuest('kvm01', {
      name: 'told',
      disks: [{ at: 'local' }],
      dirtyMiBs: 10,
    });
  },
  { timeout: 15 * 60_000 },
);

after(async () => {
  await hosts.close();
  await lab.close();
}, patience);

async function ask(host: string, more: Partial<FactsRequest> = {}): Promise<HostSnapshot> {
  const session = await hosts.sessions(host);
  return collectFacts(session, { paths: [], domains: 'all', ...more }, Date.now);
}

function valueOf<T>(answer: Answer<T> | undefined): T {
  assert.ok(answer?.ok === true, JSON.stringify(answer));
  return answer.value;
}

async function told(more: Partial<FactsRequest> = {}): Promise<DomainFacts> {
  const domains = valueOf((await ask('kvm01', more)).domains);
  return domains.find(({ name }) => name === guest.name) ?? assert.fail('the guest is not there');
}

async function on(host: string, script: string): Promise<string> {
  const result = await lab.exec(host, ['sh', '-c', script], { timeoutMs: 60_000 });
  assert.equal(result.code, 0, result.stderr);
  return result.stdout;
}

const parts = [
  'identity',
  'versions',
  'capacity',
  'cpu',
  'networks',
  'bridges',
  'pools',
  'domains',
  'access',
  'clock',
  'power',
  'pressure',
  'kernel',
  'topology',
  'interfaces',
  'ports',
  'emulation',
  'configuration',
  'certificates',
  'secrets',
  'tpm',
] as const;

for (const [host, release] of [
  ['kvm01', 'Debian 13'],
  ['kvm02', 'Debian 12'],
] as const) {
  test(`every part of the facts is known of a host of ${release}`, patience, async () => {
    const said = await ask(host, { files: ['/usr/bin/qemu-system-x86_64', '/nope/x'] });
    const unknown = parts.filter((part) => said[part]?.ok !== true);
    assert.deepEqual(unknown, []);
    assert.equal(valueOf(said.files?.['/usr/bin/qemu-system-x86_64']).kind, 'file');
    assert.equal(valueOf(said.files?.['/nope/x']).kind, 'missing');
    assert.deepEqual(valueOf(said.access), { user: 'root', libvirt: true, said: undefined });
    // One machine plays both hosts: its clock is ours.
    const clock = valueOf(said.clock);
    assert.ok(Math.abs(clock.ahead) <= clock.uncertainty, JSON.stringify(clock));
    assert.ok(valueOf(said.ports).includes(22));
    assert.ok(valueOf(said.emulation).securityModels.includes('dac'));
    assert.equal(valueOf(said.configuration).user, 'root');
    const links = valueOf(said.interfaces);
    assert.equal(links.find(({ name }) => name === 'br-guest')?.kind, 'bridge');
    assert.match(links.find(({ name }) => name === 'mgmt0')?.addresses[0] ?? '', /^10\.77\.0\./);
  });
}

test(
  'a running guest tells why it runs, its block jobs and what keeps it from migrating',
  patience,
  async () => {
    const idle = await told({ monitor: [guest.name] });
    assert.equal(idle.reason, 'booted');
    assert.equal(idle.checkpoints, 0);
    assert.deepEqual(idle.blockJobs, []);
    assert.deepEqual(idle.blockers, []);
    assert.equal(idle.rebooting, false);
    const copy = `virsh blockcopy ${guest.name} vda --dest /var/lib/libvirt/images/copy.qcow2 --transient-job --bandwidth 1`;
    await on('kvm01', copy);
    try {
      const busy = await told();
      assert.deepEqual(busy.blockJobs, ['vda']);
    } finally {
      await on('kvm01', `virsh blockjob ${guest.name} vda --abort`);
    }
    assert.deepEqual((await told()).blockJobs, []);
  },
);

test('a measured dirty rate is found again with its time', patience, async () => {
  await on('kvm01', `virsh domdirtyrate-calc ${guest.name} --seconds 1 && sleep 2`);
  const { dirtyRate } = await told();
  assert.ok(dirtyRate !== undefined);
  assert.ok(dirtyRate.bytesPerSecond > 0);
  assert.equal(dirtyRate.calcTimeSeconds, 1);
  assert.ok(Math.abs(Date.now() - (dirtyRate.at ?? 0)) < 60_000, JSON.stringify(dirtyRate));
});

const peer: PeerQuestion = {
  name: 'kvm02',
  uri: 'qemu+ssh://root@kvm02/system',
  address: '10.78.0.12',
  ports: [
    { host: 'kvm02', port: 22 },
    { host: '10.78.0.12', port: 49152 },
  ],
};

test(
  'the way to the other host is tried, and a cut link or a missing key shows',
  patience,
  async () => {
    const open = valueOf((await ask('kvm01', { peer })).peers?.['kvm02']);
    assert.deepEqual(open.connection, { connects: true, said: undefined });
    assert.deepEqual(
      open.ports.map(({ state }) => state),
      ['open', 'refused'],
    );
    assert.equal(open.through?.name, 'migr0');
    await lab.cutLink('kvm02', 'migration');
    await on('kvm01', 'mv /root/.ssh /root/.ssh-away');
    try {
      const shut = valueOf((await ask('kvm01', { peer })).peers?.['kvm02']);
      assert.equal(shut.connection?.connects, false);
      assert.match(shut.connection.said ?? '', /Permission denied|publickey/);
      assert.match(shut.ports[1]?.state ?? '', /silent|unreachable/);
    } finally {
      await on('kvm01', 'mv /root/.ssh-away /root/.ssh');
      await lab.restoreLink('kvm02', 'migration');
    }
  },
);

test(
  'a preflight measures the dirty rate where the file asks, and judges it',
  patience,
  async () => {
    const desk = openDesk(lab);
    try {
      const found = await desk.preflight(
        guest,
        'policy: { bandwidth: 1MiB/s }\npreflight: { dirtyRate: { samples: 1 } }\nstorage: { mode: copy-all }\n',
      );
      const source = found.facts['source.domain'];
      assert.ok(source.known);
      assert.ok((source.value.dirtyRate?.bytesPerSecond ?? 0) > 1024 * 1024);
      const codes = found.check.problems.map(({ code }) => code);
      assert.ok(codes.includes('dirty-rate-exceeds-bandwidth'), codes.join());
    } finally {
      await desk.close();
    }
  },
);

test('a scheduled shutdown shows', patience, async () => {
  assert.equal(valueOf((await ask('kvm02')).power).scheduled, undefined);
  const file = '/run/systemd/shutdown/scheduled';
  await on(
    'kvm02',
    `mkdir -p /run/systemd/shutdown && printf 'USEC=1767272400000000\\nWARN_WALL=1\\nMODE=reboot\\n' > ${file}`,
  );
  try {
    assert.deepEqual(valueOf((await ask('kvm02')).power).scheduled, {
      mode: 'reboot',
      at: 1_767_272_400_000,
    });
  } finally {
    await on('kvm02', `rm -r /run/systemd`);
  }
});

test('a reboot that the guest has not carried out shows to root', patience, async () => {
  // The lab's guests end at a reboot; libvirt remembers one only where the guest is to go on.
  await on(
    'kvm01',
    `virsh dumpxml --inactive ${guest.name} | sed 's,<on_reboot>destroy,<on_reboot>restart,' > /root/again.xml &&
     virsh destroy ${guest.name} && virsh undefine ${guest.name} && virsh create /root/again.xml && sleep 2 && virsh reboot ${guest.name}`,
  );
  assert.equal((await told()).rebooting, true);
});
