import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { diagnose } from '../../../core/service/diagnose.ts';
import { createParseCache } from '../../../core/service/parse-cache.ts';
import { Recent } from '../../../core/service/recent.ts';
import { memoryWorkspace } from './memory-workspace.ts';

test('the last keys are kept for certain, and at most twice as many', () => {
  const recent = new Recent<number>(2);
  const has = (keys: string): string =>
    Array.from(keys)
      .filter((key) => recent.get(key) !== undefined)
      .join('');
  recent.set('a', 1);
  recent.set('b', 2);
  recent.set('a', 3);
  assert.equal(recent.get('a'), 3);
  recent.set('c', 4);
  assert.equal(has('abc'), 'abc');
  recent.set('b', 5);
  assert.equal(recent.get('b'), 5);
  recent.set('d', 6);
  assert.equal(has('abcd'), 'bcd');
});

/** Bytes of objects that have outlived two collections of young garbage. */
function old(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space');
  return space?.space_used_size ?? NaN;
}

test('versions of a document that was typed go with the young garbage', () => {
  setFlagsFromString('--expose-gc');
  const collectAll = runInNewContext('gc') as () => void;
  const disks = Array.from({ length: 60 }, (_, index) => {
    const name = `vd${String(index)}`;
    return `    - target: ${name}\n      action: copy\n      destination:\n        path: /images/${name}\n`;
  });
  const cache = createParseCache();
  const version = (number: number): void => {
    const text = `apiVersion: livemigrate/v1\nkind: Migration\ndomain: web${String(number)}\nsource: kvm01\ndestination: kvm02\nstorage:\n  mode: mixed\n  disks:\n${disks.join('')}`;
    diagnose('mem:/a.migration.yaml', memoryWorkspace({ 'a.migration.yaml': text }), cache);
  };
  const versions = 100;
  for (let number = 0; number < versions; number++) version(number);
  collectAll();
  const before = old();
  for (let number = 0; number < versions; number++) version(number);
  const bytes = (old() - before) / versions;
  // A version and what follows from it take more than 100 kB.
  assert.ok(bytes < 20_000, `${bytes.toFixed(0)} bytes of each version grew old`);
});
