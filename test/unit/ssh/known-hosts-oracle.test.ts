/** The lines that we find in known_hosts beside those of `ssh-keygen -F`, over generated files. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import ssh2 from 'ssh2';
import { keysFor, knownHostsLine } from '../../../hosts/ssh/known-hosts.ts';
import type { KnownKey } from '../../../hosts/ssh/known-hosts.ts';
import { requireTools } from '../../../scripts/debian-tools.ts';
import { randomFrom } from './config-generator.ts';

const files = 240;
const seed = 20_261_123;

const folder = mkdtempSync(join(tmpdir(), 'livemigrate-known-'));
before(() => {
  requireTools({ 'ssh-keygen': 'openssh-client' });
});
after(() => {
  rmSync(folder, { recursive: true });
});

const keys = [
  ssh2.utils.generateKeyPairSync('ed25519'),
  ssh2.utils.generateKeyPairSync('ed25519'),
  ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }),
  ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }),
].map((pair) => pair.public.split(' ').slice(0, 2).join(' '));

const addresses = [
  'kvm01',
  'KVM01',
  'kvm02.example.com',
  '10.0.0.7',
  '[kvm01]:2222',
  '[10.0.0.7]:2200',
  'fe80::1',
  '[fe80::1]:2222',
  'gate',
] as const;
const names = [
  ...addresses,
  '*',
  'kvm*',
  'kvm0?',
  'KVM*',
  '*.example.com',
  '10.0.0.*',
  '[*]:2222',
  '[kvm01]:*',
  '[10.*]:22??',
  'other',
  '?????',
];

function generate(random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const chance = (share: number): boolean => random() < share;
  const blank = (): string => pick([' ', ' ', '\t', '  ', ' \t']);
  const plain = (): string =>
    Array.from(
      { length: 1 + Math.floor(random() * 3) },
      () => (chance(0.2) ? '!' : '') + pick(names),
    ).join(',');
  const hashed = (): string => {
    const key = Buffer.from(pick(keys).split(' ')[1] ?? '', 'base64');
    const [name = ''] = knownHostsLine(pick(addresses).toLowerCase(), key, true).split(' ');
    return chance(0.1) ? pick([`${name}x`, `|1|bad`, `${name},kvm01`, name.slice(0, -3)]) : name;
  };
  const entry = (): string => {
    // Behind a marker OpenSSH looks for a space first and a tab only then, and passes over a line
    // with a tab there and a space later; a key revoked in such a line is revoked here.
    const marker = chance(0.2) ? pick(['@revoked ', '@revoked  ', '@cert-authority ']) : '';
    const comment = chance(0.3)
      ? `${blank()}${pick(['# made by hand', 'root@kvm01', '2024'])}`
      : '';
    const name = chance(0.3) ? hashed() : plain();
    return `${pick(['', '', '', ' ', '\t'])}${marker}${name}${blank()}${pick(keys)}${comment}`;
  };
  const broken = (): string => {
    const [type = '', key = ''] = pick(keys).split(' ');
    return pick([
      '',
      '#',
      `# kvm01 ${type} ${key}`,
      `#kvm01 ${type} ${key}`,
      'kvm01',
      `kvm01 ${type}`,
      `kvm01 ${type} AAAA`,
      `kvm01 ${type} not-base64!`,
      `kvm01 ${type} ${key.slice(0, -8)}`,
      `kvm01 ssh-unknown ${key}`,
      `kvm01 ssh-rsa ${keys[0]?.split(' ')[1] ?? ''}`,
      `@unknown kvm01 ${type} ${key}`,
      `@revoked kvm01`,
      `@revoked @revoked kvm01 ${type} ${key}`,
      `@revoked  `,
      `kvm01,gate 1024 65537 123456789`,
      `|1| ${type} ${key}`,
    ]);
  };
  const lines = Array.from({ length: 3 + Math.floor(random() * 10) }, () =>
    chance(0.25) ? broken() : entry(),
  );
  return lines.join(chance(0.1) ? '\r\n' : '\n') + (chance(0.8) ? '\n' : '');
}

interface Found {
  readonly line: number;
  readonly marker: KnownKey['marker'];
}

/** Lines that `ssh-keygen -F` finds, with their markers; `-l` makes it read the keys, as ssh does. */
async function sshKeygenFinds(path: string, address: string): Promise<readonly Found[]> {
  const stdout = await new Promise<string>((done) => {
    execFile(
      'ssh-keygen',
      ['-l', '-F', address, '-f', path],
      { timeout: 10_000 },
      (_error, out) => {
        done(out);
      },
    );
  });
  return [...stdout.matchAll(/^# Host .* found: line (\d+) ?(CA|REVOKED)?/gm)].map(
    ([, line, marker]) => ({
      line: Number(line),
      marker: marker === 'CA' ? 'cert-authority' : marker === 'REVOKED' ? 'revoked' : 'none',
    }),
  );
}

test(`over ${String(files)} generated files the same lines are found as by ssh-keygen -F`, async () => {
  const random = randomFrom(seed);
  let found = 0;
  for (let number = 0; number < files; number += 4) {
    await Promise.all(
      [0, 1, 2, 3].map(async (more) => {
        const text = generate(random);
        const address = addresses[Math.floor(random() * addresses.length)] ?? 'kvm01';
        const path = join(folder, String(number + more));
        writeFileSync(path, text);
        const ours = keysFor(address, [{ path, text }]).map(({ line, marker }) => ({
          line,
          marker,
        }));
        const theirs = await sshKeygenFinds(path, address);
        found += theirs.length;
        assert.deepEqual(ours, theirs, `${address}\n${text}`);
      }),
    );
  }
  assert.ok(found > files, `${String(found)} lines`);
});

test('a whole generated file that ssh-keygen hashed answers as before', () => {
  const random = randomFrom(seed + 1);
  const path = join(folder, 'hashed');
  // ssh asks for names in lower case; ssh-keygen -H hashes them as they stand.
  const asked = addresses.filter((address) => address === address.toLowerCase());
  const lines = Array.from({ length: 12 }, (_, at) => {
    const address = asked[Math.floor(random() * asked.length)] ?? 'gate';
    return `${address} ${keys[at % keys.length] ?? ''}`;
  });
  writeFileSync(path, `${lines.join('\n')}\n`);
  execFileSync('ssh-keygen', ['-q', '-H', '-f', path], { stdio: 'ignore' });
  const text = readFileSync(path, 'utf8');
  const names = text
    .trimEnd()
    .split('\n', lines.length + 1)
    .map((line) => line.split(' ')[0]);
  assert.equal(names.length, lines.length);
  for (const name of names) assert.match(name ?? '', /^\|1\|[\w+/]{27}=\|[\w+/]{27}=$/);
  const keysOf = (from: string, address: string): readonly string[] =>
    keysFor(address, [{ path, text: from }]).map(({ key }) => key.toString('base64'));
  for (const address of asked)
    assert.deepEqual(keysOf(text, address), keysOf(lines.join('\n'), address), address);
});
