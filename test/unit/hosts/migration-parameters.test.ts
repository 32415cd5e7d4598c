import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../../core/messages.ts';
import { HostError } from '../../../hosts/host-error.ts';
import {
  changeMigrationSettings,
  readMigrationSettings,
} from '../../../hosts/migration-parameters.ts';
import type { HostSession } from '../../../hosts/session.ts';

const uuid = '45b0b07a-13a1-448d-bc0d-dc5efe06563f';
const parameters =
  '{"return":{"downtime-limit":300,"max-bandwidth":0,"xbzrle-cache-size":67108864,"multifd-channels":2,"tls-creds":"","cpu-throttle-tailslow":false,"announce-rounds":5,"x-future":1},"id":"libvirt-1"}';
const capabilities =
  '{"return":[{"state":false,"capability":"xbzrle"},{"state":false,"capability":"release-ram"},{"state":true,"capability":"late-block-activate"}],"id":"libvirt-1"}';

/** A host whose virsh answers as recorded. */
function host(answers: Readonly<Record<string, string>> = {}): {
  readonly session: HostSession;
  readonly sent: string[];
} {
  const sent: string[] = [];
  const replies: Readonly<Record<string, string>> = {
    list: `${uuid} vm1\n\n`,
    'migrate-getmaxdowntime': '300\n\n',
    'migrate-getspeed': '500\n\n',
    'query-migrate-parameters': parameters,
    'query-migrate-capabilities': capabilities,
    'migrate-set': '{"return":{},"id":"libvirt-2"}',
    ...answers,
  };
  return {
    sent,
    session: {
      host: 'kvm01',
      closed: new Promise(() => undefined),
      close: () => Promise.resolve(),
      exec: ({ argv }) => {
        const line = argv.slice(3).join(' ');
        sent.push(line);
        const reply = Object.entries(replies).findLast(([part]) => line.includes(part))?.[1] ?? '';
        return Promise.resolve({ code: 0, signal: undefined, stdout: reply, stderr: '' });
      },
    },
  };
}

test('parameters are told with unit, default and what a launch makes of them', async () => {
  const found = await readMigrationSettings(host().session, 'vm1');
  assert.equal(found.bandwidth, 500 * 1024 * 1024);
  assert.equal(found.maxDowntimeMs, 300);
  const rows = found.parameters.map(({ name, value, default: usual, atLaunch }) =>
    [name, value, usual ?? '-', render(atLaunch)].join(' | '),
  );
  assert.deepEqual(rows, [
    'downtime-limit | 300ms | 300ms | kept, unless the file sets policy.maxDowntime',
    'max-bandwidth | 0 | - | overwritten at every launch; use policy.bandwidth',
    'xbzrle-cache-size | 64MiB | 64MiB | kept, unless the file sets policy.compression.cacheSize; counts only with policy.compression',
    'multifd-channels | 2 | 2 | kept, unless the file sets policy.parallel.connections; counts only with policy.parallel',
    'tls-creds | "" | - | overwritten at every launch; use policy.tls',
    'cpu-throttle-tailslow | false | false | kept; counts only with policy.autoConverge',
    'announce-rounds | 5 | 5 | read by the destination only, whose QEMU starts anew: no effect there',
    'x-future | 1 | - | not known',
  ]);
});

test('a capability that libvirt writes itself is told apart from one that it leaves alone', async () => {
  const found = await readMigrationSettings(host().session, uuid);
  assert.deepEqual(
    found.capabilities.map(({ name, on, atLaunch }) => [name, on, render(atLaunch)]),
    [
      ['xbzrle', false, 'overwritten at every launch; use policy.compression'],
      ['release-ram', false, 'kept'],
      ['late-block-activate', true, 'overwritten at every launch by libvirt’s own choice'],
    ],
  );
});

test('values are sent to QEMU in the type of those they replace', async () => {
  const { session, sent } = host();
  await changeMigrationSettings(session, 'vm1', {
    bandwidthMiB: 20,
    maxDowntimeMs: 800,
    parameters: { 'multifd-channels': '4', 'cpu-throttle-tailslow': 'true', 'tls-creds': 'a b' },
    capabilities: { 'release-ram': true },
  });
  assert.deepEqual(
    sent.filter((line) => /set/.test(line) && !/getspeed|getmax/.test(line)),
    [
      `migrate-setmaxdowntime --domain ${uuid} --downtime 800`,
      `migrate-setspeed --domain ${uuid} --bandwidth 20`,
      `qemu-monitor-command --domain ${uuid} --cmd {"execute":"migrate-set-parameters","arguments":{"multifd-channels":4,"cpu-throttle-tailslow":true,"tls-creds":"a b"}}`,
      `qemu-monitor-command --domain ${uuid} --cmd {"execute":"migrate-set-capabilities","arguments":{"capabilities":[{"capability":"release-ram","state":true}]}}`,
    ],
  );
});

for (const [what, change, words] of [
  ['a parameter that is not there', { parameters: { 'no-such': '1' } }, /no parameter no-such/],
  ['a text for a number', { parameters: { 'multifd-channels': 'many' } }, /such as 2, not “many”/],
  ['a capability that is not there', { capabilities: { magic: true } }, /no capability magic/],
] as const) {
  test(`${what} is refused before anything is set`, async () => {
    const { session, sent } = host();
    await assert.rejects(
      changeMigrationSettings(session, 'vm1', { maxDowntimeMs: 800, ...change }),
      (error: unknown) =>
        error instanceof HostError && error.kind === 'operation' && words.test(error.message),
    );
    assert.deepEqual(
      sent.filter((line) => /-set/.test(line)),
      [],
    );
  });
}

test('what QEMU refuses is told in its words although virsh succeeds', async () => {
  const { session } = host({
    'migrate-set-parameters':
      '{"id":"libvirt-2","error":{"class":"GenericError","desc":"Parameter \'multifd_channels\' expects a value between 1 and 255"}}',
  });
  await assert.rejects(
    changeMigrationSettings(session, 'vm1', { parameters: { 'multifd-channels': '999' } }),
    /QEMU on kvm01 refused: Parameter 'multifd_channels' expects a value between 1 and 255/,
  );
});

test('a domain that does not run is told with libvirt’s answer', async () => {
  const { session } = host();
  const off: HostSession = {
    ...session,
    exec: async (command, options) =>
      command.argv.includes('list')
        ? session.exec(command, options)
        : { code: 1, signal: undefined, stdout: '', stderr: 'error: domain is not running\n' },
  };
  await assert.rejects(readMigrationSettings(off, 'vm1'), /refused: domain is not running/);
  await assert.rejects(readMigrationSettings(session, 'vm2'), /kvm01 has no domain vm2/);
});
