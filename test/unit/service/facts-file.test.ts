import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSnapshot } from '../../../server/facts-file.ts';

const answer = { ok: false, why: 'no', from: 'x' };
const parts = [
  'identity',
  'versions',
  'capacity',
  'cpu',
  'networks',
  'bridges',
  'pools',
  'domains',
];
const host = {
  name: 'kvm01',
  at: 1,
  images: {},
  ...Object.fromEntries(parts.map((part) => [part, answer])),
};

function read(more: Readonly<Record<string, unknown>>) {
  return readSnapshot({ format: 'livemigrate-facts/1', hosts: { kvm01: { ...host, ...more } } });
}

test('a snapshot of before, and one with the later parts, are snapshots', () => {
  assert.notEqual(read({}), undefined);
  assert.notEqual(read({ clock: answer, files: { '/x': answer }, peers: {} }), undefined);
});

test('a later part that is no answer makes the file no snapshot', () => {
  for (const wrong of [null, 5, 'x', [], { from: 'x' }]) {
    assert.equal(read({ clock: wrong }), undefined, JSON.stringify(wrong));
    assert.equal(read({ files: { '/x': wrong } }), undefined, JSON.stringify(wrong));
  }
  for (const wrong of [null, 5, 'x', []]) assert.equal(read({ peers: wrong }), undefined);
});
