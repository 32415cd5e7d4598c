import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { isCertifiableName, tlsSetupScript } from '../../../core/tls/setup-script.ts';

const hosts = [
  { name: 'kvm01', ssh: ['-p', '2222', '--', 'root@kvm01'], names: ['kvm01', '10.9.0.1'] },
  { name: 'kvm02', ssh: ['--', 'kvm02'], names: ['kvm02.example.com', 'fd00::2'] },
];
const script = tlsSetupScript({ hosts, folder: '/etc/pki/qemu', days: 30 });

test('the script is one that a shell can read', () => {
  const { status, stderr } = spawnSync('/bin/sh', ['-n'], { input: script, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});

test('every name and address of a host goes into its certificate', () => {
  assert.match(script, /^host kvm01 DNS:kvm01,IP:10\.9\.0\.1 -p 2222 -- root@kvm01$/m);
  assert.match(script, /^host kvm02 DNS:kvm02,DNS:kvm02\.example\.com,IP:fd00::2 -- kvm02$/m);
});

test('the key of the authority is never part of what goes to a host', () => {
  const sent = script.split('\n').filter((line) => /ssh/i.test(line) || /^ +cat /.test(line));
  assert.ok(sent.some((line) => line.includes('ca-cert.pem')));
  assert.ok(!sent.some((line) => line.includes('ca-key')));
});

test('a name that could leave its place in the script is not taken', () => {
  for (const name of ["kvm01';id", '$(id)', '-x', 'a b', '', 'kvm01\n', 'a,DNS:b']) {
    assert.equal(isCertifiableName(name), false, name);
    assert.throws(() =>
      tlsSetupScript({ hosts: [{ name, ssh: [], names: [] }], folder: '/etc/pki/qemu', days: 1 }),
    );
  }
  assert.throws(() => tlsSetupScript({ hosts: [], folder: "/etc/'", days: 1 }));
});
