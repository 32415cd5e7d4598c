/** What is read line by line is what the YAML library reads, to the last span. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultYamlLimits } from '../../../core/yaml/limits.ts';
import { parseYaml } from '../../../core/yaml/parse.ts';
import { readPlainBlocks } from '../../../core/yaml/plain-blocks.ts';
import type { YamlNode } from '../../../core/yaml/tree.ts';
import { parseWhole } from '../../../core/yaml/whole.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const descriptors = globSync('{examples,test/rules/fixtures}/**/*.migration.yaml', { cwd: root })
  .sort()
  .map((path) => readFileSync(join(root, path), 'utf8'));

function plain(text: string): YamlNode | undefined {
  return readPlainBlocks(text, defaultYamlLimits);
}

test('nearly every descriptor is read line by line, and as the library reads it', () => {
  const read = descriptors.filter((text) => plain(text) !== undefined);
  assert.ok(read.length > 0.95 * descriptors.length, `${read.length} of ${descriptors.length}`);
  for (const text of descriptors)
    assert.deepEqual(parseYaml(text), parseWhole(text, defaultYamlLimits), text);
});

/** Pieces that mean something to YAML, and values that look like others. */
const pieces =
  '\n|\n  |\n    |\r\n| |  |\t|:|: |- |\n- |#| # c|\'|"|{|}|[|]|, |true|null|~|1.5|0x1f|1e3|.5|12|&a |*a|>|? |!t |%|@|---\n|...\n|a: b|\na: 1\n|é|\u2028|\uFEFF|"x"|\'y\'|{ a: b }|[1, 2]|key:|  key: v\n|# comment\n|    # deep\n|\\|-|Null|FALSE|0o7|+1|-3|10.0.0.1|1.|::| :|<<: a|\u0085|\u00a0|-0|_|.inf|.nan|+.5|1_000|12e|0x|00|1:30|2026-01-01|y|no|\ud83d\ude00|\r'.split(
    '|',
  );

/** Numbers from 0 below n that are the same in every run (a linear congruential generator). */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

function mutated(text: string, below: (n: number) => number): string {
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const lines = text.split('\n');
  const begin = below(lines.length);
  let changed = below(3) === 0 ? text : lines.slice(begin, begin + 1 + below(12)).join('\n');
  for (let left = 1 + below(4); left > 0; left--) {
    const at = below(changed.length + 1);
    const all = changed.split('\n');
    const line = below(all.length);
    switch (below(6)) {
      case 0:
        changed = changed.slice(0, at) + changed.slice(at + 1 + below(8));
        break;
      case 1:
        all[line] = ' '.repeat(below(5)) + (all[line] ?? '').trimStart();
        changed = all.join('\n');
        break;
      case 2:
        all.splice(line, below(2), ...(below(2) === 0 ? [] : [pick(lines)]));
        changed = all.join('\n');
        break;
      default:
        changed = changed.slice(0, at) + pick(pieces) + changed.slice(at);
    }
  }
  return changed;
}

test('a damaged or half-typed descriptor is read as the library reads it, or left to it', () => {
  const below = numbers(20_261_123);
  let read = 0;
  for (let round = 0; round < 6000; round++) {
    const text = mutated(descriptors[below(descriptors.length)] ?? '', below);
    const node = plain(text);
    if (node === undefined) continue;
    read++;
    assert.deepEqual(
      { root: node, problems: [] },
      parseWhole(text, defaultYamlLimits),
      JSON.stringify(text),
    );
  }
  assert.ok(read > 1000, `only ${read} texts were read line by line`);
});

test('bounds hold: what is too deep or too large is left to the library', () => {
  const limits = { maxDepth: 4, maxNodes: 10 };
  const read = (text: string) => readPlainBlocks(text, limits);
  assert.ok(read('a:\n b:\n  c:\n   d: 1\n'));
  assert.equal(read('a:\n b:\n  c:\n   d:\n    e: 1\n'), undefined);
  assert.equal(read('a:\n b:\n  c: [[1]]\n'), undefined);
  assert.ok(read('- 1\n'.repeat(9)));
  assert.equal(read('- 1\n'.repeat(10)), undefined);
});
