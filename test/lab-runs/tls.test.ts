/** TLS with certificates that the product's own script made on real hosts. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { promisify } from 'node:util';
import { tlsSetupScript } from '../../core/tls/setup-script.ts';
import { adjustRun } from '../../hosts/run/adjust.ts';
import { flaws, openLab } from '../lab/lab.ts';
import type { Guest, Lab } from '../lab/lab.ts';
import { openDesk, told } from './lab-run.ts';
import type { Desk } from './lab-run.ts';
import { until } from './until.ts';

const limit = { timeout: 180_000 } as const;
const folder = '/etc/pki/qemu';
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

async function startGuest(name: string): Promise<Guest> {
  const guest = await lab.startGuest('kvm01', { name, dirtyMiBs: 5 });
  guests.push(guest);
  return guest;
}

const ownNames = (name: string): readonly string[] => [name, lab.host(name).migrationAddress];

async function runScript(
  names: (host: string) => readonly string[],
  hosts = lab.hosts.map(({ name }) => name),
  authority = 'ca',
): Promise<void> {
  const script = tlsSetupScript({
    hosts: hosts.map((name) => ({ name, ssh: ['--', name], names: names(name) })),
    folder,
    days: 3,
  });
  await promisify(execFile)('sh', ['-c', script], {
    timeout: 60_000,
    env: {
      ...process.env,
      SSH: `ssh -F ${lab.sshConfig}`,
      LIVEMIGRATE_CA: join(lab.stateDir, authority),
    },
  });
}

async function assertRefused(guest: Guest, policy: string, code: string): Promise<void> {
  const result = await desk.plan(guest, `policy: { ${policy} }\n`);
  assert.ok(!result.ok, 'a plan was made');
  assert.ok(
    result.refusals.some((refusal) => refusal.code === code),
    JSON.stringify(result.refusals),
  );
}

test('without certificates TLS is refused by name before anything is touched', limit, async () => {
  const guest = await startGuest('tls-none');
  await assertRefused(guest, 'tls: true', 'tls-certs-present');
});

test(
  'memory is encrypted over one channel and over several, with certificates from the script',
  limit,
  async () => {
    await runScript(ownNames);
    const keys = `stat -c '%a %U' ${folder}/server-key.pem ${folder}/client-key.pem`;
    assert.equal((await lab.exec('kvm01', keys)).stdout, '640 root\n640 root\n');
    await assert.rejects(
      runScript(ownNames),
      /exists; nothing was changed/,
      'certificates that are there are left alone',
    );
    const guest = await startGuest('tls-channels');
    await assertRefused(guest, 'tls: { destination: other.example.com }', 'tls-hostname-mismatch');
    const single = desk.start(
      await desk.planned(guest, 'policy: { tls: true, bandwidth: 2MiB/s }\n'),
    );
    await until('memory', () =>
      single.events.some((event) => event.type === 'phase' && event.phase === 'memory'),
    );
    const qmp = '{"execute":"query-migrate-parameters"}';
    const asked = await lab.exec('kvm01', ['virsh', 'qemu-monitor-command', guest.name, qmp]);
    assert.match(asked.stdout, /"tls-creds":"objlibvirt_migrate_tls0"/);
    const { sessions } = desk.hosts;
    await adjustRun({ id: single.id, sessions, folder: desk.state, bandwidthMiB: 2000 });
    const first = await single.outcome;
    assert.equal(first.result, 'completed', told(first));
    const policy = 'tls: { destination: kvm01 }, parallel: { connections: 2 }';
    const back = await desk.planned(guest, `policy: { ${policy} }\n`, ['kvm02', 'kvm01']);
    const second = await desk.start(back).outcome;
    assert.equal(second.result, 'completed', told(second));
    assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm01')), []);
  },
);

test(
  'a certificate of another authority is refused, and by libvirt if it comes late',
  limit,
  async () => {
    const guest = await startGuest('tls-stranger');
    const plan = await desk.planned(guest, 'policy: { tls: true }\n');
    await lab.exec('kvm01', ['rm', '-rf', folder]);
    await runScript(ownNames, ['kvm01'], 'another-ca');
    await assertRefused(guest, 'tls: true', 'tls-certs-present');
    const outcome = await desk.start(plan).outcome;
    assert.equal(outcome.result, 'failed', told(outcome));
    assert.equal(outcome.guest, 'source');
    assert.equal(outcome.cause?.code, 'tls-certs-present', told(outcome));
    assert.deepEqual(flaws(await guest.waitForTicks(2, 'kvm01')), []);
  },
);
