import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRunning, parseDomainState } from '../../../core/virsh/domain-state.ts';

const said = (code: number, stdout: string, stderr = '') =>
  parseDomainState({ code, stdout, stderr });

test('a state comes with its reason', () => {
  assert.deepEqual(said(0, 'running (migration canceled)\n\n'), {
    kind: 'present',
    state: 'running',
    reason: 'migration canceled',
  });
  assert.deepEqual(said(0, 'shut off\n'), {
    kind: 'present',
    state: 'shut off',
    reason: undefined,
  });
});

test('a warning before the answer is not taken for a state', () => {
  const state = said(
    0,
    '2026-11-23 00:47:06.461+0000: 46: warning : x:1 : (odd)\nrunning (booted)\n',
  );
  assert.equal(isRunning(state), true);
});

test('a domain that libvirt does not know is absent', () => {
  assert.deepEqual(said(1, '', "error: failed to get domain '6649cfac'\n"), { kind: 'absent' });
});

test('a daemon that does not answer leaves the state unknown, never absent', () => {
  const down = said(
    1,
    '',
    'error: failed to connect to the hypervisor\nerror: Failed to connect socket to …\n',
  );
  assert.equal(down.kind, 'unknown');
  assert.equal(said(1, '', 'error: Timed out during operation').kind, 'unknown');
  assert.equal(said(124, '').kind, 'unknown');
  assert.equal(said(0, '').kind, 'unknown');
});

test('only a running guest is running', () => {
  assert.equal(isRunning(said(0, 'running (booted)')), true);
  assert.equal(isRunning(said(0, 'paused (migrating)')), false);
  assert.equal(isRunning(said(1, '', 'error: failed to get domain')), false);
});
