import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import {
  restoreParametersCommand,
  setParametersCommand,
} from '../../../core/virsh/migration-parameters.ts';
import { fakeHost } from './fake-virsh.ts';
import type { FakeHost } from './fake-virsh.ts';

const uuid = '6649cfac-5ad2-41d0-965b-150bff9305b1';
/** As QEMU 10 answers through libvirt 11.3. */
const answer =
  '{"return":{"cpu-throttle-tailslow":false,"xbzrle-cache-size":67108864,"tls-authz":"","mode":"normal","max-postcopy-bandwidth":0},"id":"libvirt-490"}\n\n';

let host: FakeHost;
beforeEach(() => {
  host = fakeHost();
  host.put('parameters', answer);
});
afterEach(() => {
  host.dispose();
});

test('parameters are set, and what is printed puts the values back that were there', () => {
  const values = { 'max-postcopy-bandwidth': 1048576, 'cpu-throttle-tailslow': true, mode: 'x' };
  const { code, stdout, stderr } = host.run(setParametersCommand(uuid, values));
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), {
    execute: 'migrate-set-parameters',
    arguments: { 'max-postcopy-bandwidth': 0, 'cpu-throttle-tailslow': false, mode: 'normal' },
  });
  assert.ok(host.read('monitor').includes('"max-postcopy-bandwidth":1048576'));
  const restored = host.run({ ...restoreParametersCommand(uuid), stdin: `${stdout.trim()}\n` });
  assert.equal(restored.code, 0, restored.stderr);
  assert.ok(host.read('monitor').trim().endsWith(stdout.trim()));
});

test('a parameter that this QEMU does not list ends it before anything is set', () => {
  const { code, stderr } = host.run(setParametersCommand(uuid, { 'no-such': 1 }));
  assert.equal(code, 65);
  assert.match(stderr, /no migration parameter no-such/);
  assert.ok(!host.read('monitor').includes('migrate-set-parameters'));
});

test('what QEMU refuses fails although virsh ends with 0', () => {
  host.put('answer', '{"id":"libvirt-3","error":{"class":"GenericError","desc":"out of range"}}');
  const { code, stderr } = host.run(setParametersCommand(uuid, { 'max-postcopy-bandwidth': 1 }));
  assert.equal(code, 65);
  assert.match(stderr, /out of range/);
});
