import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { yamlCursor } from '../../../core/service/yaml-cursor.ts';
import type { YamlCursor } from '../../../core/service/yaml-cursor.ts';
import { atCursor } from './cursor-text.ts';

interface Expected {
  readonly at: YamlCursor['at'];
  readonly path: string;
  /** The word that a completion replaces. */
  readonly word?: string;
  readonly siblings?: readonly string[];
}

function cursorIn(marked: string): YamlCursor | undefined {
  const { text, offset } = atCursor(marked);
  return yamlCursor(text, offset);
}

function expectCursor(marked: string, expected: Expected): void {
  const { text, offset } = atCursor(marked);
  const cursor = yamlCursor(text, offset);
  assert.ok(cursor, `no place found in ${JSON.stringify(marked)}`);
  assert.equal(cursor.at, expected.at);
  assert.equal(cursor.path.join('.'), expected.path);
  if (expected.word !== undefined) {
    assert.equal(text.slice(cursor.span.start, cursor.span.end), expected.word);
  }
  if (expected.siblings !== undefined) {
    assert.deepEqual([...(cursor.scopes.at(-1)?.keys() ?? [])], expected.siblings);
  }
}

describe('the cursor in block style', () => {
  it('stands at a key of the root in an empty file', () => {
    expectCursor('|', { at: 'key', path: '', word: '' });
  });
  it('stands at a key of the root with the keys above and below as siblings', () => {
    expectCursor('kind: Migration\n|\nsource: a\n', {
      at: 'key',
      path: '',
      siblings: ['kind', 'source'],
    });
  });
  it('stands at a half-typed key, which is what gets replaced', () => {
    expectCursor('policy:\n  band|', { at: 'key', path: 'policy', word: 'band' });
  });
  it('stands at a key below a key that has no value yet', () => {
    expectCursor('policy:\n  |\npreflight:\n', { at: 'key', path: 'policy', siblings: [] });
  });
  it('stands at a key of the root again in column 0', () => {
    expectCursor('policy:\n  mode: pre-copy\n|', { at: 'key', path: '', siblings: ['policy'] });
  });
  it('stands at a value behind the colon, whole value replaced, comment kept', () => {
    expectCursor('policy:\n  mode: pre|-copy # why', {
      at: 'value',
      path: 'policy.mode',
      word: 'pre-copy',
    });
  });
  it('stands at a value right behind the colon, where a space is needed', () => {
    assert.equal(cursorIn('kind:|')?.spaceNeeded, true);
    assert.equal(cursorIn('kind: |')?.spaceNeeded, false);
  });
  it('stands at a key of a new list item behind its dash', () => {
    expectCursor('storage:\n  disks:\n    - target: sda\n      action: copy\n    - |', {
      at: 'key',
      path: 'storage.disks.1',
      siblings: [],
    });
  });
  it('stands at a further key of a list item', () => {
    expectCursor('storage:\n  disks:\n    - target: sda\n      |\n    - target: sdb\n', {
      at: 'key',
      path: 'storage.disks.0',
      siblings: ['target'],
    });
  });
  it('stands in the list itself where an item is due', () => {
    expectCursor('storage:\n  disks:\n    - target: sda\n    |', {
      at: 'key',
      path: 'storage.disks',
    });
    expectCursor('storage:\n  disks:\n    |', { at: 'key', path: 'storage.disks' });
  });
  it('understands lists whose dashes stand under their key', () => {
    expectCursor('hosts:\n- name: a\n- name: |', { at: 'value', path: 'hosts.1.name' });
  });
  it('understands Windows line ends', () => {
    expectCursor('policy:\r\n  mode: |\r\n  bandwidth: 1MiB/s\r\n', {
      at: 'value',
      path: 'policy.mode',
      word: '',
      siblings: ['mode', 'bandwidth'],
    });
  });
  it('knows that a colon follows the key', () => {
    assert.equal(cursorIn('policy:\n  mo|de: pre-copy')?.colonFollows, true);
    assert.equal(cursorIn('policy:\n  mo|')?.colonFollows, false);
  });
  it('is nowhere in comments, block texts and behind complete values', () => {
    for (const marked of [
      '# kind: |',
      'kind: Migration # |',
      'policy:\n  unsafe:\n    reason: >\n      because |',
      'kind: Migration\n    |',
      'hosts:\n  -|',
    ]) {
      assert.equal(cursorIn(marked), undefined, marked);
    }
  });
});

describe('the cursor in flow style', () => {
  it('stands at a key behind the brace and behind a comma', () => {
    expectCursor('policy:\n  autoConverge: { | }', { at: 'key', path: 'policy.autoConverge' });
    expectCursor('policy:\n  autoConverge: { initial: 20, inc|', {
      at: 'key',
      path: 'policy.autoConverge',
      word: 'inc',
      siblings: ['initial'],
    });
  });
  it('knows the keys behind the cursor too', () => {
    expectCursor('policy:\n  autoConverge: { |, increment: 5 }', {
      at: 'key',
      path: 'policy.autoConverge',
      siblings: ['increment'],
    });
  });
  it('stands at values in nested collections', () => {
    expectCursor('storage: { disks: [ { target: sda, action: c| } ] }', {
      at: 'value',
      path: 'storage.disks.0.action',
      word: 'c',
    });
    expectCursor('storage:\n  disks:\n    - { target: sda, destination: { format: | } }', {
      at: 'value',
      path: 'storage.disks.0.destination.format',
      word: '',
    });
  });
  it('goes on over several lines', () => {
    expectCursor('policy:\n  tls: {\n    verifyPeer: true,\n    dest|\n  }\n', {
      at: 'key',
      path: 'policy.tls',
      word: 'dest',
    });
  });
  it('does not swallow the rest of the file when a brace is left open', () => {
    expectCursor('policy:\n  tls: { verifyPeer: true\n  mode: |\n', {
      at: 'value',
      path: 'policy.mode',
    });
  });
  it('is nowhere behind the closing brace', () => {
    assert.equal(cursorIn('policy:\n  tls: { verifyPeer: true } |'), undefined);
  });
});

it('the cursor is found, or not, in any text at any offset without an exception', () => {
  const piece = fc.constantFrom(
    'kind',
    ': ',
    ':',
    '\n',
    '\n  ',
    '\n    ',
    '- ',
    '-',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '#',
    ' #',
    '|',
    '>',
    'a: b',
    '\r\n',
    '\t',
    '---\n',
    '\\',
    '&x',
    '*x',
    'é',
    '😀',
  );
  const texts = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(texts, fc.nat(120), (text, at) => {
      const offset = Math.min(at, text.length);
      const cursor = yamlCursor(text, offset);
      if (cursor === undefined) return;
      assert.ok(cursor.span.start <= offset && offset <= cursor.span.end);
      assert.ok(cursor.span.end <= text.length);
    }),
    { numRuns: 3000 },
  );
});
