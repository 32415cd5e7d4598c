/** The answer of our resolver beside that of `ssh -G`, over generated configurations. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { HostError } from '../../../hosts/host-error.ts';
import { resolveSettings } from '../../../hosts/ssh/settings.ts';
import type { HostSettings } from '../../../hosts/ssh/settings.ts';
import { requireTools } from '../../../scripts/debian-tools.ts';
import { askedHosts, generateConfig, randomFrom } from './config-generator.ts';

const files = 260;
const seed = 20_261_123;

const folder = mkdtempSync(join(tmpdir(), 'livemigrate-oracle-'));
// ssh takes the home folder of the user database, not $HOME.
const { homedir: home, username } = userInfo();
const variables = { AGENT: '/run/other agent', FOLDER: '/from/variable', SSH_AUTH_SOCK: '/run/a' };

before(() => {
  requireTools({ ssh: 'openssh-client' });
});
after(() => {
  rmSync(folder, { recursive: true });
});

/** Values by keyword, or what ssh says when it refuses the file. */
async function sshSays(file: string, host: string): Promise<Map<string, string[]> | string> {
  const { code, stdout, stderr } = await new Promise<Finished>((done) => {
    execFile(
      'ssh',
      ['-G', '-F', file, host],
      { env: { PATH: process.env['PATH'], ...variables }, timeout: 10_000 },
      (error, out, err) => {
        done({ code: error === null ? 0 : 1, stdout: out, stderr: err });
      },
    );
  });
  if (code !== 0) return stderr;
  const values = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const [, keyword = '', value = ''] = /^(\S+) ?(.*)$/s.exec(line) ?? [];
    values.set(keyword, [...(values.get(keyword) ?? []), value]);
  }
  return values;
}

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What ssh -G prints, made comparable: it leaves some tokens for the moment of connecting. */
function theirs(said: Map<string, string[]>, host: string): Record<string, unknown> {
  const first = (keyword: string): string | undefined => said.get(keyword)?.[0];
  const alias = first('hostkeyalias');
  const tokens: Record<string, string> = {
    '%': '%',
    h: first('hostname') ?? '',
    n: host,
    p: first('port') ?? '',
    r: first('user') ?? '',
    u: username,
    d: home,
    i: String(process.getuid?.()),
    k: alias ?? host,
  };
  const expand = (text: string): string =>
    text.replace(/%(.)/g, (whole, token: string) => tokens[token] ?? whole);
  const path = (text: string): string =>
    resolve(expand(text).replace('${FOLDER}', variables.FOLDER).replace(/^~/, home));
  const identities = said.get('identityfile') ?? [];
  const agent = first('identityagent');
  const jump = first('proxyjump');
  const command = first('proxycommand');
  const yes = (keyword: string): boolean => /^(yes|true)$/.test(first(keyword) ?? '');
  return {
    hostName: first('hostname'),
    port: Number(first('port')),
    user: first('user'),
    alias: alias?.toLowerCase(),
    identityFiles: identities.includes('~/.ssh/id_xmss')
      ? 'the usual ones'
      : identities.filter((each) => each !== 'none').map(path),
    identitiesOnly: yes('identitiesonly'),
    hashKnownHosts: yes('hashknownhosts'),
    refuseUnknownKeys: yes('stricthostkeychecking'),
    agentSocket:
      agent === undefined || agent === 'SSH_AUTH_SOCK'
        ? variables.SSH_AUTH_SOCK
        : agent === 'none'
          ? undefined
          : agent === '$AGENT'
            ? variables.AGENT
            : resolve(agent),
    userKnownHosts: knownHosts(first('userknownhostsfile') ?? ''),
    globalKnownHosts: knownHosts(first('globalknownhostsfile') ?? ''),
    jumps: jump === undefined ? '' : jumpsAsOurs(expand(jump)),
    proxyCommand: command === undefined ? undefined : expand(command),
    connectTimeout: first('connecttimeout') === 'none' ? 0 : Number(first('connecttimeout')) * 1000,
    keepalive: Number(first('serveraliveinterval')) * 1000,
    keepaliveCount: Number(first('serveralivecountmax')),
  };
}

/** Without `ssh://`, the default port, and brackets, which ssh -G puts around IPv4 addresses, too. */
function jumpsAsOurs(printed: string): string {
  return printed
    .replaceAll('ssh://', '')
    .replaceAll(/[[\]]/g, '')
    .replaceAll(/:22(?!\d)/g, '');
}

/** ssh -G parts several files by blanks, so their own blanks are lost. */
function knownHosts(printed: string): string {
  return printed === 'none'
    ? ''
    : printed
        .split(' ')
        .map((each) => (/^[.~]\//.test(each) ? resolve(each) : each))
        .join(' ');
}

function ours(settings: HostSettings): Record<string, unknown> {
  const jump = ({ name, user, port }: HostSettings['jumps'][number]): string =>
    `${user === undefined ? '' : `${user}@`}${name}${port === undefined || port === 22 ? '' : `:${String(port)}`}`;
  return {
    hostName: settings.hostName,
    port: settings.port,
    user: settings.user,
    alias: settings.keyNameTakesPort ? undefined : settings.keyName.toLowerCase(),
    identityFiles: settings.identitiesNamed ? settings.identityFiles : 'the usual ones',
    identitiesOnly: settings.identitiesOnly,
    hashKnownHosts: settings.hashKnownHosts,
    refuseUnknownKeys: settings.refuseUnknownKeys,
    agentSocket: settings.agentSocket,
    userKnownHosts: settings.userKnownHosts.join(' '),
    globalKnownHosts: settings.globalKnownHosts.join(' '),
    jumps: settings.jumps.map(jump).join(','),
    proxyCommand: settings.proxyCommand,
    // Our own bounds stand where ssh has none.
    connectTimeout: settings.connectTimeout === 20_000 ? 0 : settings.connectTimeout,
    keepalive: settings.keepalive === 15_000 ? 0 : settings.keepalive,
    keepaliveCount: settings.keepaliveCount,
  };
}

function ourAnswer(file: string, host: string): Record<string, unknown> | 'refused' {
  try {
    const target = { name: 'shown', address: host };
    return ours(resolveSettings(target, { configFile: file, home, variables }));
  } catch (error) {
    if (error instanceof HostError && error.kind === 'configuration') return 'refused';
    throw error;
  }
}

test(`over ${String(files)} generated configurations every setting is the one that ssh -G prints`, async () => {
  const random = randomFrom(seed);
  let refused = 0;
  const told: string[] = [];
  for (let number = 0; number < files; number += 4) {
    await Promise.all(
      [0, 1, 2, 3].map(async (more) => {
        const at = join(folder, String(number + more));
        const { main, others } = generateConfig(random);
        const place = (text: string): string =>
          text
            .replaceAll('{folder}', folder)
            .replaceAll('{home-folder}', `~/${relative(home, folder)}`)
            .replaceAll(/\/(part-[^/\n]*)/g, `/${String(number + more)}-$1`);
        for (const [name, text] of Object.entries(others))
          writeFileSync(`${at}-${name}`, place(text));
        writeFileSync(at, place(main));
        const host = askedHosts[Math.floor(random() * askedHosts.length)] ?? 'kvm01';
        const said = await sshSays(at, host);
        // A host that is its own jump host: ssh gives up, and we reach it without that jump.
        if (typeof said === 'string' && said.includes('jumphost loop')) return;
        const expected = typeof said === 'string' ? 'refused' : theirs(said, host);
        if (expected === 'refused') refused++;
        else told.push(JSON.stringify(expected));
        assert.deepEqual(
          ourAnswer(at, host),
          expected,
          `${host}: ${typeof said === 'string' ? said : ''}\n${place(main)}\n${JSON.stringify(others, null, 1)}`,
        );
      }),
    );
  }
  // A comparison of nothing with nothing would prove nothing.
  assert.ok(refused > 5 && refused < files / 4, `${String(refused)} refused`);
  assert.ok(new Set(told).size > files / 3, `${String(new Set(told).size)} different answers`);
});

test('identity files are expanded as ssh expands them', async () => {
  const file = join(folder, 'identities');
  const names = ['~/.ssh/%n-%h-%p-%r-%u-%i-%k-%%', '/d%d/x', './rel', '"/a b"', '${FOLDER}/z'];
  writeFileSync(
    file,
    `Host kvm01\n  HostName %h.example.com\n  Port 2222\n  HostKeyAlias other\n${names.map((name) => `  IdentityFile ${name}\n`).join('')}`,
  );
  const stderr = await new Promise<string>((done) => {
    execFile(
      'ssh',
      ['-v', '-F', file, '-o', 'ProxyCommand=false', '-o', 'BatchMode=yes', 'kvm01'],
      { env: { PATH: process.env['PATH'], ...variables }, timeout: 10_000 },
      (_error, _out, err) => {
        done(err);
      },
    ).stdin?.end();
  });
  const paths = [...stderr.matchAll(/identity file (.*) type -?\d+/g)]
    .map(([, path = '']) => path)
    .filter((path) => !path.endsWith('-cert'));
  assert.equal(paths.length, names.length);
  const settings = resolveSettings({ name: 'kvm01' }, { configFile: file, home, variables });
  assert.deepEqual(
    settings.identityFiles,
    paths.map((path) => resolve(path)),
  );
});
