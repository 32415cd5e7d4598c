import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain, hidesCause, recentErrors } from '../../../hosts/run/explain.ts';

/** Texts that libvirt 9.0 and 11.3 printed in trials, by the rule each belongs to. */
const seen: Readonly<Record<string, string>> = {
  "error: operation aborted: job 'migration out' canceled by client": 'cancelled',
  'error: operation aborted: migration out: canceled by client': 'cancelled',
  "error: Requested operation is not valid: another migration job is already running for domain 'vm1'":
    'second-migration-same-domain',
  'error: operation failed: migration of disk vda failed: Source and target image have different sizes':
    'dest-image-size-equal',
  "error: Storage pool not found: no storage pool with matching target path '/var/lib/libvirt/images'":
    'precreate-needs-pool',
  'error: Unsafe migration: Migration without shared storage is unsafe': 'disk-local-fs',
  'error: Unsafe migration: Migration may lead to data corruption if disks use cache other than none or directsync':
    'disk-cache-unsafe',
  "error: internal error: unable to execute QEMU command 'block-export-add': Block node is read-only":
    'self-copy-same-image',
  'error: invalid argument: disk target sdz not found': 'migrate-disks-unknown-target',
  'error: Operation not supported: Cannot migrate empty or read-only disk vda':
    'migrate-disks-readonly-or-empty',
  'error: unable to stat: /var/lib/libvirt/images/st.qcow2: No such file or directory':
    'equal-storage-access',
  "error: Cannot access storage file '/var/lib/libvirt/images/local.iso': No such file or directory":
    'equal-storage-access',
  "error: operation failed: domain 'vm1' already exists with uuid 11111111-1111-4111-8111-111111111111":
    'uuid-name-conflict',
  "error: operation failed: domain 'other' is already defined with uuid 4860d49c-ec18-4703-9482-c73fdb5825ab":
    'uuid-name-conflict',
  'error: internal error: Attempt to migrate guest to the same host bbbbbbbb-0000-4000-8000-000000000012':
    'same-host',
  'error: Requested operation is not valid: cannot migrate domain with 1 snapshots':
    'has-snapshots',
  "error: Cannot get interface MTU on 'br-vm': No such device": 'bridge-exists',
  "error: Network not found: no network with matching name 'lan'": 'network-exists-active',
  "error: Requested operation is not valid: network 'lan' is not active": 'network-exists-active',
  "error: unsupported configuration: Emulator '/usr/bin/qemu-system-x86_64' does not support machine type 'pc-q35-10.0'":
    'machine-type-supported',
  'error: unsupported configuration: Target CPU model EPYC does not match source qemu64':
    'abi-stable-xml',
  'error: Cannot recv data: ssh: Could not resolve hostname nohost: Temporary failure in name resolution: Connection reset by peer':
    'connectivity-libvirtd',
  'error: Cannot recv data: ssh: connect to host 10.77.0.99 port 22: No route to host: Connection reset by peer':
    'connectivity-libvirtd',
  'error: Cannot recv data: nobody@dst: Permission denied (publickey,keyboard-interactive).: Connection reset by peer':
    'connectivity-libvirtd',
  "error: unable to connect to server at '10.77.0.99:49152': No route to host":
    'connectivity-libvirtd',
  'error: internal error: client socket is closed': 'net-link-stable',
  "error: operation failed: job 'migration out' failed: Unable to write to socket: Connection reset by peer":
    'net-link-stable',
  "error: argument unsupported: Migration option 'compress' is not supported by QEMU binary":
    'qemu-cap-missing',
  'error: Requested operation is not valid: domain is not running': 'active-domain-required',
};

test('texts of libvirt are mapped to the rules that describe them, and kept as they are', () => {
  for (const [text, code] of Object.entries(seen)) {
    const cause = explain(`${text}\n\n`);
    assert.equal(cause.code, code, text);
    assert.equal(cause.text, text);
  }
});

test('a text that no rule fits stands for itself', () => {
  assert.equal(explain('error: something new').code, undefined);
  assert.equal(explain('error: something new').text, 'error: something new');
});

test('with --p2p the destination’s log has the real cause', () => {
  const text = 'error: End of file while reading data: : Input/output error';
  assert.equal(hidesCause(text), true);
  const log = `1795394905
2026-11-23 00:47:06.461+0000: 46: error : virNetSocketReadWire:1793 : End of file while reading data: Input/output error
2026-11-23 00:48:22.896+0000: 45: error : qemuDomainDefValidate:1 : unsupported configuration: Emulator 'x' does not support machine type 'pc-q35-10.0'
1795394901.5 kvm02 libvirtd[1]: internal error: from the journal
`;
  assert.equal(Date.parse('2026-11-23T00:48:22.896Z') / 1000, 1795394902.896);
  const recent = recentErrors(log, 60_000);
  assert.deepEqual(recent, [
    "unsupported configuration: Emulator 'x' does not support machine type 'pc-q35-10.0'",
    'internal error: from the journal',
  ]);
  assert.equal(explain(recent[0] ?? '').code, 'machine-type-supported');
  assert.deepEqual(recentErrors('', 60_000), []);
});
