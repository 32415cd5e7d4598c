import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { HostError } from '../../../hosts/host-error.ts';
import { parseJump, resolveSettings } from '../../../hosts/ssh/settings.ts';
import type { HostSettings } from '../../../hosts/ssh/settings.ts';
import type { HostTarget, SshEnvironment } from '../../../hosts/ssh/target.ts';

const folder = mkdtempSync(join(tmpdir(), 'livemigrate-config-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const configFile = join(folder, 'config');

function settings(config: string, target: HostTarget, more: SshEnvironment = {}): HostSettings {
  writeFileSync(configFile, config);
  return resolveSettings(target, { configFile, variables: {}, ...more });
}

/** What ssh itself makes of the same file; the values of each keyword. */
function sshSays(host: string): (keyword: string) => readonly string[] {
  const said = execFileSync('ssh', ['-G', '-F', configFile, host], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return (keyword) =>
    said
      .split('\n')
      .filter((line) => line.startsWith(`${keyword} `))
      .map((line) => line.slice(keyword.length + 1));
}

const config = `
# the first value wins
IdentityFile ~/.ssh/top
Host kvm01 kvm02
  HostName %h.example.com
  port 2222
  User=admin
  IdentityFile "/keys/with blank/id"
  IdentityFile /keys/%n-%h-%p-%r
Host *.example.com !kvm03.example.com
  User nobody
HOST kvm0? !kvm09
  hostkeyalias alias
  UserKnownHostsFile /a/known "/b c/known"
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking no
  ConnectTimeout 7
  ServerAliveInterval 21
  ServerAliveCountMax 5
  IdentitiesOnly yes
  HashKnownHosts yes
Match host kvm01.example.com user admin
  ProxyJump hop1,root@hop2:2200
Match originalhost kvm02,kvm04 !user admin
  ProxyJump never
Match exec "touch ${folder}/ran" host *
  User hacked
Match final host kvm04
  Port 4444
Host jumpless
  ProxyJump none
  ProxyCommand nc %h %p
Host commanded
  ProxyCommand ssh -W "%h:%p" gate
  ProxyJump too-late
Match all
  Port 99
`;

for (const host of [
  'kvm01',
  'kvm02',
  'kvm03',
  'kvm04',
  'kvm09',
  'a.example.com',
  'kvm03.example.com',
  'other',
  'jumpless',
  'commanded',
]) {
  test(`${host}: the settings are those that ssh -G prints`, () => {
    const ours = settings(config, { name: 'shown', address: host });
    // ssh would run the command of Match exec; ours is compared with a file without it.
    writeFileSync(configFile, config.replace(/Match exec.*\n.*\n/, ''));
    const ssh = sshSays(host);
    assert.equal(ours.hostName, ssh('hostname')[0]);
    assert.equal(String(ours.port), ssh('port')[0]);
    assert.equal(ours.user, ssh('user')[0]);
    const identities = ours.identityFiles.map((path) => path.replace(`${homedir()}/`, '~/'));
    const theirs = ssh('identityfile').map((path) =>
      path
        .replaceAll('%n', host)
        .replaceAll('%h', ours.hostName)
        .replaceAll('%p', String(ours.port))
        .replaceAll('%r', ours.user),
    );
    assert.deepEqual(identities, theirs);
    assert.equal(ours.identitiesOnly, ssh('identitiesonly')[0] === 'yes');
    assert.equal(ours.hashKnownHosts, ssh('hashknownhosts')[0] === 'yes');
    assert.equal(
      ours.jumps
        .map(
          (jump) =>
            `${jump.user === undefined ? '' : `${jump.user}@`}${jump.name}${jump.port === undefined ? '' : `:${String(jump.port)}`}`,
        )
        .join(','),
      ssh('proxyjump')[0] ?? '',
    );
    if (ssh('hostkeyalias').length > 0) assert.equal(ours.keyName, ssh('hostkeyalias')[0]);
  });
}

test('Match exec is never run', () => {
  assert.notEqual(settings(config, { name: 'kvm01' }).user, 'hacked');
  assert.equal(existsSync(join(folder, 'ran')), false);
});

test('quoted files, timeouts and aliases are taken over', () => {
  const ours = settings(config, { name: 'kvm01' });
  assert.deepEqual(ours.userKnownHosts, ['/a/known', '/b c/known']);
  assert.deepEqual(ours.globalKnownHosts, ['/dev/null']);
  assert.equal(ours.connectTimeout, 7000);
  assert.equal(ours.keepalive, 21_000);
  assert.equal(ours.keepaliveCount, 5);
  assert.equal(ours.keyNameTakesPort, false);
  assert.equal(ours.refuseUnknownKeys, false);
});

test('the inventory wins over the file', () => {
  const ours = settings(config, {
    name: 'x',
    address: 'kvm01',
    user: 'root',
    port: 22,
    jumpHost: 'gate',
  });
  assert.deepEqual(
    [ours.user, ours.port, ours.jumps.map(({ name }) => name)],
    ['root', 22, ['gate']],
  );
});

test('a proxy command keeps its quotes and gets its tokens', () => {
  assert.equal(settings(config, { name: 'commanded' }).proxyCommand, 'ssh -W "commanded:99" gate');
  assert.equal(settings(config, { name: 'commanded', jumpHost: 'gate' }).proxyCommand, undefined);
});

test('the agent is IdentityAgent, a variable named by it, SSH_AUTH_SOCK, or none', () => {
  const variables = { SSH_AUTH_SOCK: '/run/agent', OTHER: '/run/other' };
  const agent = (text: string): string | undefined =>
    settings(text, { name: 'h' }, { variables }).agentSocket;
  assert.equal(agent(''), '/run/agent');
  assert.equal(agent('IdentityAgent SSH_AUTH_SOCK'), '/run/agent');
  assert.equal(agent('IdentityAgent $OTHER'), '/run/other');
  assert.equal(agent('IdentityAgent /run/%n.sock'), '/run/h.sock');
  assert.equal(agent('IdentityAgent ${OTHER}x'), '/run/otherx');
  assert.equal(agent('IdentityAgent none'), undefined);
  assert.equal(
    settings('', { name: 'h' }, { variables, agentSocket: '/mine' }).agentSocket,
    '/mine',
  );
});

test('Include is followed where it stands, with wildcards, and only for the host it is written for', () => {
  mkdirSync(join(folder, 'conf.d'), { recursive: true });
  writeFileSync(join(folder, 'conf.d', '10-a.conf'), 'Host kvm01\n  User first\n');
  writeFileSync(join(folder, 'conf.d', '20-b.conf'), 'User second\n');
  writeFileSync(join(folder, 'conf.d', '.hidden.conf'), 'User hidden\n');
  writeFileSync(join(folder, 'inner'), 'Port 7\nHost *\n  IdentityFile /inner\n');
  const text = `Include ${folder}/conf.d/*.conf\nHost kvm02\n  Include ${folder}/inner\nHost *\n  Port 8\n`;
  for (const host of ['kvm01', 'kvm02']) {
    const ours = settings(text, { name: host });
    const ssh = sshSays(host);
    assert.deepEqual([ours.user, String(ours.port)], [ssh('user')[0], ssh('port')[0]], host);
  }
  assert.deepEqual(settings(text, { name: 'kvm02' }).identityFiles, ['/inner']);
});

test('a file that includes itself is refused, as is one that was named and is not there', () => {
  const refused = (work: () => unknown, words: RegExp): void => {
    assert.throws(
      work,
      (error: unknown) =>
        error instanceof HostError && error.kind === 'configuration' && words.test(error.message),
    );
  };
  refused(() => settings(`Include ${configFile}`, { name: 'h' }), /more than 16 deep/);
  refused(
    () => resolveSettings({ name: 'h' }, { configFile: join(folder, 'none') }),
    /cannot be read/,
  );
});

test('jump hosts are read with user, port and IPv6 address', () => {
  assert.deepEqual(parseJump('gate'), { name: 'gate' });
  assert.deepEqual(parseJump('me@gate:2200'), { name: 'gate', user: 'me', port: 2200 });
  assert.deepEqual(parseJump('ssh://me@[fe80::1]:22/'), { name: 'fe80::1', user: 'me', port: 22 });
});
