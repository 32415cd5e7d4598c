import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Machine, obstacles } from './requirements.ts';

const good: Machine = {
  platform: 'linux',
  arch: 'x64',
  isRoot: true,
  hasNetworkNamespaces: true,
  has: () => true,
};

test('a Linux machine with root and the tools can run the lab', () => {
  assert.deepEqual(obstacles(good), []);
});

test('tools that apt-get can install are no obstacle', () => {
  assert.deepEqual(obstacles({ ...good, has: (program) => program === 'apt-get' }), []);
});

test('everything that is missing is named at once', () => {
  const named = obstacles({ ...good, arch: 'arm64', isRoot: false, has: () => false });
  assert.equal(named.length, 3);
  assert.match(named.join('\n'), /arm64[^]*root[^]*mmdebstrap, socat, iproute2/);
});

test('another system than Linux needs to hear only that', () => {
  assert.deepEqual(obstacles({ ...good, platform: 'darwin', isRoot: false }), [
    'it needs Linux (network namespaces, overlayfs); this is darwin.',
  ]);
});
