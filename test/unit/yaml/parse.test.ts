import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from '../../../core/yaml/parse.ts';
import { entry } from '../../../core/yaml/tree.ts';

test('every node knows its exact text', () => {
  const text = 'a: 1\nb:\n  - "x y"\n  - { c: true }\n';
  const { root, problems } = parseYaml(text);
  assert.deepEqual(problems, []);
  const list = entry(root, 'b')?.value;
  assert.ok(list?.kind === 'sequence');
  const slices = list.items.map((item) => text.slice(item.span.start, item.span.end));
  assert.deepEqual(slices, ['"x y"', '{ c: true }']);
});

test('values follow YAML 1.2: yes, off and 52:54 are texts, true and 12 are not', () => {
  const { root } = parseYaml('a: yes\nb: off\nc: 52:54:00\nd: true\ne: 12\nf: ~\ng:\n');
  const values = ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => {
    const value = entry(root, key)?.value;
    return value?.kind === 'scalar' ? value.value : undefined;
  });
  assert.deepEqual(values, ['yes', 'off', '52:54:00', true, 12, null]);
  assert.equal(entry(root, 'g')?.value, undefined);
});

test('an alias stands for what it names, at its own place', () => {
  const text = 'a: &x { k: 1 }\nb: *x\n';
  const value = entry(parseYaml(text).root, 'b')?.value;
  assert.ok(value?.kind === 'mapping');
  assert.equal(text.slice(value.span.start, value.span.end), '*x');
});

test('an alias bomb is stopped with one problem and in little time', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 30; i++) {
    lines.push(`a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ')}]`);
  }
  const { problems } = parseYaml(lines.join('\n'));
  assert.deepEqual(
    problems.map((problem) => problem.code),
    ['yaml-too-many-nodes'],
  );
});

test('a document that contains itself ends', () => {
  const { root } = parseYaml('a: &a\n  b: *a\n');
  assert.ok(root !== undefined);
});

for (const [what, text, code] of [
  ['a file of NULs', '\0\0\0\0', 'not-text'],
  ['a huge file', 'a: b\n'.repeat(500_000), 'file-too-large'],
  ['ten thousand nested brackets', '['.repeat(10_000), 'too-deep'],
  ['ten thousand nested dashes', '- '.repeat(10_000), 'too-deep'],
] as const) {
  test(`${what} gets one clear problem`, () => {
    const { problems } = parseYaml(text);
    assert.equal(problems[0]?.code, code);
    assert.ok(problems.length <= 2);
  });
}

test('a deeply indented mapping neither hangs nor crashes', () => {
  const text = Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}k:`).join('\n');
  const { problems } = parseYaml(text);
  assert.ok(problems.length >= 1);
});

test('a tab, a duplicate key and an open quote are each told on their line', () => {
  const lineOf = (text: string, needle: string): boolean =>
    parseYaml(text).problems.some(
      ({ span }) =>
        text.slice(0, span.start).split('\n').length ===
        text.slice(0, text.indexOf(needle)).split('\n').length,
    );
  assert.ok(lineOf('a: 1\nb:\n\tc: 2\n', '\tc'));
  assert.ok(lineOf('a: 1\na: 2\n', 'a: 2'));
  assert.ok(parseYaml('a: "open\nb: 1\n').problems.length > 0);
});
