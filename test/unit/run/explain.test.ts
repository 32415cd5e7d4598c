import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hidesCause, leavesCauseToGuestLog } from '../../../core/explain/explain.ts';
import { explain, recentErrors, recentGuestErrors } from '../../../hosts/run/explain.ts';

test('a record keeps the id, the cause, what to do and the text as it was', () => {
  const cause = explain("error: Cannot get interface MTU on 'br-vm': No such device\n\n");
  assert.equal(cause.code, 'bridge-exists');
  assert.equal(cause.message.text, 'The destination has no bridge of that name.');
  assert.equal(cause.remedy?.text, 'Create the bridge there.');
  assert.equal(cause.text, "error: Cannot get interface MTU on 'br-vm': No such device");
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

test('what QEMU says of a guest is in the log of the guest', () => {
  assert.equal(leavesCauseToGuestLog('error: load of migration failed: Invalid argument'), true);
  const log = `1795394905
2026-11-23 00:48:20.000+0000: starting up libvirt version: 11.3.0
2026-11-23T00:40:00.000000Z qemu-system-x86_64: an old complaint
2026-11-23T00:48:22.896012Z qemu-system-x86_64: Unknown savevm section or instance 'virtio-gpu' 0
2026-11-23T00:48:22.900000Z qemu-system-x86_64: load of migration failed: Invalid argument
2026-11-23T00:48:23.000000Z qemu-system-x86_64: terminating on signal 15 from pid 12 (libvirtd)
2026-11-23 00:48:23.100+0000: shutting down, reason=failed
`;
  assert.deepEqual(recentGuestErrors(log, 60_000), [
    "Unknown savevm section or instance 'virtio-gpu' 0",
    'load of migration failed: Invalid argument',
  ]);
  assert.deepEqual(recentGuestErrors('', 60_000), []);
});

test('what a daemon complains of when it starts is the cause of nothing', () => {
  const log = `1795394905
2026-11-23 00:48:20.000+0000: 45: error : virHostCPUGetKVMMaxVCPUs:1 : Unable to open /dev/kvm: No such file or directory
2026-11-23 00:48:20.100+0000: 45: error : virCommandWait:1 : internal error: Child process (/sbin/dmidecode -q -t 0) unexpected exit status 1
2026-11-23 00:48:20.200+0000: 45: error : x:1 : operation failed: Lost connection to destination host
`;
  assert.deepEqual(recentErrors(log, 60_000), [
    'operation failed: Lost connection to destination host',
  ]);
});
