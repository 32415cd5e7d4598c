/** What is read of flow collections in one line is what the YAML library reads, to the last span. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultYamlLimits as limits } from '../../../core/yaml/limits.ts';
import { parseYaml } from '../../../core/yaml/parse.ts';
import { readPlainBlocks } from '../../../core/yaml/plain-blocks.ts';
import { parseWhole } from '../../../core/yaml/whole.ts';
import { below, randomNumbers } from '../../fuzz/cases.ts';
import type { Random } from '../../fuzz/cases.ts';

const values = ['v', 'x y', '"q"', "'s'", '1', 'true', '10.0.0.1', 'a:b', 'é', '20GiB', '/a/b'];
/** What is put into a collection by mistake, or half of what was meant. */
const pieces = [
  ...['{', '}', '[', ']', ', ', ',', ': ', ':', 'a', 'b: ', '"q"', ' ', '1', 'null', 'x y', '#'],
  ...[' # c', '-', '- ', '?', '&a ', '*a', '\n', '\n  ', '~', '!t ', '|', '"a":', '"', 'a#b', '%'],
];

function one<T>(random: Random, list: readonly T[]): T | undefined {
  return list[below(random, list.length)];
}

function collection(random: Random, depth: number): string {
  const kind = below(random, 7);
  if (depth > 3 || kind < 3) return one(random, values) ?? '';
  const members = Array.from({ length: below(random, 4) }, () => collection(random, depth + 1));
  const space = ' '.repeat(below(random, 2));
  if (kind === 3) return `[${space}${members.join(', ')}${space}]`;
  const entries = members.map((member) => `k${String(below(random, 9))}: ${member}`);
  return `{${space}${entries.join(one(random, [', ', ',', ' , ']))}${space}}`;
}

test('sound, damaged and half-typed flow collections are read as the library reads them', () => {
  const random = randomNumbers(20_261_124);
  let read = 0;
  for (let round = 0; round < 6000; round++) {
    let written = collection(random, 0);
    for (let left = below(random, 3); left > 0; left--) {
      const at = below(random, written.length + 1);
      const piece = below(random, 3) === 0 ? '' : (one(random, pieces) ?? '');
      const end = piece === '' ? at + 1 + below(random, 2) : at;
      written = written.slice(0, at) + piece + written.slice(end);
    }
    const text =
      one(random, [
        `k: ${written}\n`,
        `- ${written}\n- b\n`,
        `a:\n  k: ${written}\n  c: d\n`,
        `k: ${written} # c\nb: c`,
      ]) ?? '';
    if (readPlainBlocks(text, limits) !== undefined) read++;
    assert.deepEqual(parseYaml(text), parseWhole(text, limits), JSON.stringify(text));
  }
  assert.ok(read > 2500, `only ${String(read)} texts were read here`);
});
