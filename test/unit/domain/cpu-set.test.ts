import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCpuSet } from '../../../core/domain/cpu-set.ts';

test('a list of CPUs holds ranges, single CPUs and exceptions', () => {
  assert.deepEqual([...(parseCpuSet('0-3,8,^2') ?? [])], [0, 1, 3, 8]);
  assert.deepEqual([...(parseCpuSet(' 4 , 5 ') ?? [])], [4, 5]);
});

test('what libvirt cannot read is no list', () => {
  for (const text of ['', 'a', '3-1', '1,,2', '0-99999', '-1', '1-']) {
    assert.equal(parseCpuSet(text), undefined, text);
  }
});
