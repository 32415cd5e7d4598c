/** What is put together from plain items and the library's tree is the library's tree of the whole. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultYamlLimits as limits } from '../../../core/yaml/limits.ts';
import { parseYaml } from '../../../core/yaml/parse.ts';
import { readPlainBlocks } from '../../../core/yaml/plain-blocks.ts';
import { parseSparse } from '../../../core/yaml/sparse.ts';
import { parseWhole } from '../../../core/yaml/whole.ts';
import { below, randomNumbers } from '../../fuzz/cases.ts';
import type { Random } from '../../fuzz/cases.ts';

/** Pieces that mean something to YAML; some reach over lines. */
const pieces = [
  ...['\n', '\n  ', '\n    ', '\r\n', ' ', '  ', '\t', ':', ': ', '- ', '\n- ', '#', ' # c', "'"],
  ...['"', '{', '}', '[', ']', ', ', 'true', '~', '1.5', '&a ', '*a', '|', '>', '? ', '!t ', '%'],
  ...['!!omap ', '%YAML 1.1\n---\n', '---\n', '...\n', 'a: b', '\na: 1\n', 'é', '\u2028', '\uFEFF'],
  ...['"x"', '{ a: b }', '[1, 2]', 'key:', '  key: v\n', '# comment\n', '\\', '-', ' :', '<<: a'],
  ...['|\n', '>-\n', ': |\n      text\n', ': "a\n        b"', '&a\n', 'copy\n      copy', '@'],
];

/** A disk as descriptors write it, or a rarer shape, indented. */
function itemLines(index: number, indent: string, random: Random): readonly string[] {
  const name = `vd${String(index)}`;
  const plain = (lines: readonly string[]) => lines.map((line) => `${indent}${line}`);
  const above = [
    ...(below(random, 4) === 0 ? [`${' '.repeat(below(random, 7))}# note`] : []),
    ...(below(random, 9) === 0 ? [''] : []),
  ];
  const values = Array.from({ length: 1 + below(random, 6) }, (_, at) => `  - n${String(at)}: yes`);
  const shapes: readonly (readonly string[])[] = [
    [`- { target: ${name}, action: copy }`],
    [`- ${name}`],
    [`- target: "${name}" # disk`, '  size:', '  list:', ...values],
    [`- target: ${name}`, '  empty:'],
    [
      `- target: ${name}`,
      '  action: copy',
      '  destination:',
      '    path: /images/a',
      '    create: on',
    ],
  ];
  return [...above, ...plain(shapes[below(random, shapes.length)] ?? [])];
}

/** A text with long lists. */
function listsOf(random: Random): string {
  const lines = ['apiVersion: livemigrate/v1', 'kind: Migration', 'domain: a'];
  for (let list = below(random, 3); list >= 0; list--) {
    const key = `list${String(list)}:`;
    const nested = below(random, 2) === 0;
    const indent = nested ? '    ' : ' '.repeat(2 * below(random, 2));
    lines.push(...(nested ? [`in${key}`, '  mode: mixed', `  ${key}`] : [key]));
    const many = 4 + below(random, 12);
    for (let index = 0; index < many; index++) lines.push(...itemLines(index, indent, random));
  }
  if (below(random, 3) === 0) lines.push('# end', 'policy:', '  mode: pre-copy');
  const end = below(random, 6) === 0 ? '\r\n' : '\n';
  return lines.join(end) + end.repeat(below(random, 3));
}

function mutated(text: string, random: Random): string {
  const at = below(random, text.length + 1);
  const lines = text.split('\n');
  const line = below(random, lines.length);
  switch (below(random, 9)) {
    case 0:
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + below(random, 8));
    case 2:
      lines[line] = ' '.repeat(below(random, 7)) + (lines[line] ?? '').trimStart();
      return lines.join('\n');
    case 3:
      lines.splice(line, 1);
      return lines.join('\n');
    case 4:
      lines.splice(line, 0, lines[below(random, lines.length)] ?? '');
      return lines.join('\n');
    default:
      return text.slice(0, at) + (pieces[below(random, pieces.length)] ?? '') + text.slice(at);
  }
}

test('whatever is wrong in a long text: tree, spans and problems are those of a parse of the whole', () => {
  const random = randomNumbers(20_261_123);
  let sparse = 0;
  for (let round = 0; round < 1200; round++) {
    let text = listsOf(random);
    for (let left = below(random, 4); left >= 0; left--) text = mutated(text, random);
    const whole = parseWhole(text, limits);
    assert.deepEqual(parseYaml(text), whole, JSON.stringify(text));
    const read = parseSparse(text, limits);
    if (read === undefined) continue;
    sparse++;
    assert.deepEqual(read, whole, JSON.stringify(text));
  }
  assert.ok(sparse > 350, `only ${String(sparse)} texts were read sparsely`);
});

const disk = (index: number) => `    - target: vd${String(index)}
      action: copy
      destination:
        path: /images/${String(index)}.qcow2
`;
const disks = Array.from({ length: 30 }, (_, index) => disk(index));
const [upper, lower] = [disks.slice(0, 15).join(''), disks.slice(15).join('')];
const head = 'apiVersion: livemigrate/v1\nkind: Migration\ndomain: a\n';
const storage = 'storage:\n  disks:\n';

/** What is typed, and the text before and behind it. */
const typed: readonly (readonly [string, string, string])[] = [
  [
    `${head}${storage}${upper}`,
    '    # why\n    - target: sdz\n      destination: { path: "/x y", size: 20GiB }\n',
    lower,
  ],
  [`${head}${storage}${upper}`, '      priority: "12" # why\n', lower],
  [
    head,
    'preflight:\n  maxAge: 10m\n  dirtyRate: { calcTime: 1s, samples: [1, 5] }\n',
    `${storage}${upper}`,
  ],
  [`${head}${storage}${upper}`, 'networks:\n  - mac: "52:54"\n    segment: 10.1.0.0/24\n', ''],
  [`${head}policy:\n`, '  unsafe: { reason: "one, two" }\n', `${storage}${upper}`],
];

/** The line with what an editor closes of itself: quotes and brackets. */
function closed(text: string): string {
  let quote = '';
  const open: string[] = [];
  for (const character of text.slice(text.lastIndexOf('\n') + 1)) {
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"') quote = character;
    else if (character === '{' || character === '[') open.push(character === '{' ? '}' : ']');
    else if (character === open.at(-1)) open.pop();
  }
  return text + quote + open.toReversed().join('');
}

test('no key stroke of ordinary typing makes the library read a long list', () => {
  for (const [before, words, behind] of typed) {
    for (let length = 1; length <= words.length; length++) {
      const now = closed(words.slice(0, length));
      const text = `${before}${now}${now.endsWith('\n') ? '' : '\n'}${behind}`;
      const whole = parseWhole(text, limits);
      assert.deepEqual(parseYaml(text), whole, text);
      const quick = readPlainBlocks(text, limits) ?? parseSparse(text, limits);
      assert.ok(quick !== undefined, text);
    }
  }
});

for (const [what, text] of [
  ['a directive', `%YAML 1.1\n---\n${storage}${upper}x\n`],
  ['a tag', `storage: !!map\n  disks:\n${upper}x\n`],
  ['an alias', `a: &a\n  list:\n${upper}b: *a\n`],
  ['a quote that is not closed', `${head}x: "\n${storage}${upper}`],
] as const) {
  test(`${what} may mean something to the whole text, which is read as a whole then`, () => {
    assert.equal(parseSparse(text, limits), undefined);
    assert.deepEqual(parseYaml(text), parseWhole(text, limits));
  });
}

test('list-like lines within a longer text are no items', () => {
  for (const text of [
    `a: [\n${upper}`,
    `a: |\n${upper}b: '\n`,
    `a:\n  text\n${upper}`,
    `a: '\n${upper}'\n`,
  ]) {
    assert.deepEqual(parseYaml(text), parseWhole(text, limits));
  }
});

test('bounds on depth and nodes hold for what is left out, too', () => {
  const nodes = `x\n${upper}`;
  const few = { ...limits, maxNodes: 40 };
  assert.equal(parseSparse(nodes, few), undefined);
  assert.deepEqual(parseYaml(nodes, few), parseWhole(nodes, few));
  const deep = '- a:\n    b:\n      c:\n        d: 1\n';
  const text = `${'- a: 1\n'.repeat(20)}${deep}${'- a: 1\n'.repeat(20)}- b: ~\n`;
  for (let maxDepth = 2; maxDepth < 12; maxDepth++) {
    const shallow = { ...limits, maxDepth };
    assert.deepEqual(parseYaml(text, shallow), parseWhole(text, shallow));
  }
});
