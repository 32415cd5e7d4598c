import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { HostError } from '../../../hosts/host-error.ts';
import { appendKnownHost, readKnownHosts } from '../../../hosts/ssh/known-hosts-files.ts';
import {
  fingerprint,
  judgeKey,
  keysFor,
  knownHostsAddress,
  knownHostsLine,
} from '../../../hosts/ssh/known-hosts.ts';
import { matchesPattern } from '../../../hosts/ssh/pattern.ts';

const folder = mkdtempSync(join(tmpdir(), 'livemigrate-known-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const publicKeys = Array.from(
  { length: 3 },
  () => ssh2.utils.generateKeyPairSync('ed25519').public,
);
const ecdsaKey = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).public;

function typeAndKey(publicKey: string): string {
  return publicKey.split(' ').slice(0, 2).join(' ');
}

function wire(publicKey: string): Buffer {
  return Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
}

const [keyA = '', keyB = '', keyC = ''] = publicKeys;

/** Lines that `ssh-keygen -F` finds for an address in a text. */
function linesOfSshKeygen(text: string, address: string): readonly number[] {
  const path = join(folder, 'asked');
  writeFileSync(path, text);
  const { stdout, error } = spawnSync('ssh-keygen', ['-F', address, '-f', path], {
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return [...stdout.matchAll(/found: line (\d+)/g)].map((match) => Number(match[1]));
}

function ourLines(text: string, address: string): readonly number[] {
  return keysFor(address, [{ path: 'asked', text }]).map(({ line }) => line);
}

const addresses = [
  'kvm01',
  'kvm02',
  'kvm01.example.com',
  '10.0.0.1',
  '[kvm01]:2222',
  '[10.0.0.1]:2222',
  'fe80::1',
  'other',
];

test('the same lines are found as by ssh-keygen -F: plain, patterns, negation, ports, markers, comments', () => {
  const text = [
    '# a comment',
    '',
    `kvm01 ${typeAndKey(keyA)} somebody's comment`,
    `kvm01,10.0.0.1\t${typeAndKey(keyB)}`,
    `  *.example.com,!kvm02.example.com ${typeAndKey(keyA)}`,
    `kvm0? ${typeAndKey(ecdsaKey)}`,
    `!kvm02,* ${typeAndKey(keyC)}`,
    `[kvm01]:2222 ${typeAndKey(keyA)}`,
    `[10.0.*]:2222,[kvm01]:* ${typeAndKey(keyB)}`,
    `@revoked kvm01 ${typeAndKey(keyC)}`,
    `@cert-authority *.example.com ${typeAndKey(keyC)}`,
    'kvm01 ssh-ed25519',
    `fe80::1 ${typeAndKey(keyA)}`,
    `KVM02 ${typeAndKey(keyA)}`,
    `kvm02 ${typeAndKey(keyA)}\r`,
  ].join('\n');
  for (const address of addresses) {
    assert.deepEqual(ourLines(text, address), linesOfSshKeygen(text, address), address);
  }
});

test('a line whose key cannot be read, or is of another type than it says, is passed over', () => {
  const text = [
    'kvm01 ssh-ed25519 this-is-no-key',
    'kvm01 ssh-ed25519 AAAA',
    `kvm01 ecdsa-sha2-nistp256 ${keyA.split(' ')[1] ?? ''}`,
    `@unknown-marker kvm01 ${typeAndKey(keyA)}`,
    `kvm01 ${typeAndKey(keyB)}`,
  ].join('\n');
  assert.deepEqual(ourLines(text, 'kvm01'), [5]);
});

test('names hashed by ssh-keygen -H are found, and names hashed here are found by ssh-keygen', () => {
  const path = join(folder, 'hashed');
  writeFileSync(path, `kvm01,10.0.0.1 ${typeAndKey(keyA)}\n[kvm01]:2222 ${typeAndKey(keyB)}\n`);
  execFileSync('ssh-keygen', ['-q', '-H', '-f', path], { stdio: 'ignore' });
  const hashed = readFileSync(path, 'utf8');
  assert.doesNotMatch(hashed, /kvm01/);
  for (const address of addresses)
    assert.deepEqual(ourLines(hashed, address), linesOfSshKeygen(hashed, address), address);
  for (const address of addresses) {
    const own = `${knownHostsLine(address, wire(keyA), true)}\n`;
    assert.deepEqual(linesOfSshKeygen(own, address), [1]);
    assert.deepEqual(ourLines(own, address), [1]);
    assert.equal(own.includes(address), false);
  }
});

test('any list of patterns matches as in ssh-keygen', () => {
  const part = fc.constantFrom(
    'kvm01',
    'kvm0?',
    'kvm*',
    '*',
    '?vm01',
    '*1',
    '10.0.0.*',
    '[kvm01]:2222',
    '[*]:2222',
    'other',
    '**',
    'k*m*1',
  );
  const pattern = fc
    .tuple(fc.boolean(), part)
    .map(([negated, name]) => (negated ? `!${name}` : name));
  fc.assert(
    fc.property(
      fc.array(pattern, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(...addresses),
      (patterns, address) => {
        const text = `${patterns.join(',')} ${typeAndKey(keyA)}\n`;
        assert.deepEqual(ourLines(text, address), linesOfSshKeygen(text, address));
      },
    ),
    { numRuns: 60 },
  );
});

test('a pattern made to be slow is not', () => {
  const started = performance.now();
  assert.equal(matchesPattern('a'.repeat(5000), `${'*a'.repeat(2000)}b`), false);
  assert.ok(performance.now() - started < 1000);
});

test('the fingerprint is that of ssh-keygen -l', () => {
  for (const key of [...publicKeys, ecdsaKey]) {
    const path = join(folder, 'key.pub');
    writeFileSync(path, `${typeAndKey(key)}\n`);
    const said = execFileSync('ssh-keygen', ['-l', '-f', path], { encoding: 'utf8' });
    assert.equal(said.split(' ')[1], fingerprint(wire(key)));
  }
});

test('a key is known, unknown, changed or revoked', () => {
  const text = [
    `kvm01 ${typeAndKey(keyA)}`,
    `@revoked * ${typeAndKey(keyC)}`,
    `@cert-authority kvm09 ${typeAndKey(keyB)}`,
  ].join('\n');
  const judge = (key: string, address: string) =>
    judgeKey(wire(key), address, [{ path: 'f', text }]);
  assert.equal(judge(keyA, 'kvm01').kind, 'known');
  const changed = judge(keyB, 'kvm01');
  assert.equal(changed.kind, 'changed');
  assert.deepEqual(
    changed.entries.map(({ path, line }) => [path, line]),
    [['f', 1]],
  );
  assert.equal(judge(ecdsaKey, 'kvm01').kind, 'changed');
  assert.equal(judge(keyA, 'kvm02').kind, 'unknown');
  assert.equal(judge(keyC, 'kvm01').kind, 'revoked');
  assert.equal(judge(keyB, 'kvm09').kind, 'unknown', 'an authority is no host key');
});

test('a key that is revoked in one file is revoked though another file knows it', () => {
  const files = [
    { path: 'user', text: `kvm01 ${typeAndKey(keyA)}\n` },
    { path: 'global', text: `@revoked kvm01 ${typeAndKey(keyA)}\n` },
  ];
  assert.equal(judgeKey(wire(keyA), 'kvm01', files).kind, 'revoked');
});

test('an added line starts on a line of its own, in a file for its owner alone', async () => {
  const path = join(folder, 'new', '.ssh', 'known_hosts');
  await appendKnownHost(path, knownHostsLine(knownHostsAddress('KVM01', 22), wire(keyA), false));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, 'new', '.ssh')).mode & 0o777, 0o700);
  writeFileSync(path, readFileSync(path, 'utf8').trimEnd());
  await appendKnownHost(path, knownHostsLine(knownHostsAddress('kvm02', 2222), wire(keyB), false));
  const text = readFileSync(path, 'utf8');
  assert.deepEqual(linesOfSshKeygen(text, 'kvm01'), [1]);
  assert.deepEqual(linesOfSshKeygen(text, '[kvm02]:2222'), [2]);
});

test('a file that is not there knows nobody; one that cannot be read is an error that names it', async () => {
  assert.deepEqual(await readKnownHosts('kvm01', [join(folder, 'none'), '/dev/null']), []);
  await assert.rejects(readKnownHosts('kvm01', [folder]), (error: unknown) => {
    assert.ok(error instanceof HostError);
    assert.equal(error.kind, 'known-hosts-unreadable');
    assert.ok(error.message.includes(folder));
    return true;
  });
});
