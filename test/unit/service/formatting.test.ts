import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Lexer, parse } from 'yaml';
import type { Span } from '../../../core/text/span.ts';
import { formatDocument } from '../../../core/service/formatting.ts';
import { migration } from '../../protocol/samples.ts';
import { contextOf } from './memory-workspace.ts';

function formatted(text: string, range?: Span): string {
  const edits = formatDocument(contextOf('a.migration.yaml', { 'a.migration.yaml': text }), range);
  let result = '';
  let at = 0;
  for (const { span, newText } of edits) {
    assert.ok(span.start >= at, 'edits come in order and do not meet');
    assert.match(text.slice(span.start, span.end) + newText, /^[\s:,]*$/);
    result += text.slice(at, span.start) + newText;
    at = span.end;
  }
  return result + text.slice(at);
}

const comments = (text: string): readonly string[] =>
  [...new Lexer().lex(text)]
    .filter((token) => token.startsWith('#'))
    .map((token) => token.trimEnd());

describe('formatting a descriptor', () => {
  it('leaves a well laid out one alone', () => {
    assert.equal(formatted(migration), migration);
  });
  it('indents by two, sets one space, and keeps comments with what they speak of', () => {
    const text = `

# head
apiVersion:   livemigrate/v1
kind: Migration   # what
storage:
    mode:   mixed
    disks:
    # the system disk
    -   target: sda
        action: copy
        destination: {path: /a,   size: 20GiB ,create: true}
        # of sda
    - {target: sdb,action: shared}
    # of the disks



policy: {
 bandwidth: 5MiB/s,
     parallel: { connections: 2 }
   }`;
    assert.equal(
      formatted(text),
      `# head
apiVersion: livemigrate/v1
kind: Migration   # what
storage:
  mode: mixed
  disks:
    # the system disk
    - target: sda
      action: copy
      destination: { path: /a, size: 20GiB, create: true }
      # of sda
    - { target: sdb, action: shared }
    # of the disks

policy: {
  bandwidth: 5MiB/s,
  parallel: { connections: 2 }
}
`,
    );
  });
  it('keeps texts of several lines, and line ends of Windows', () => {
    const text =
      'policy:\r\n    unsafe:\r\n        reason: |\r\n            two\r\n              lines\r\n        # end\r\n';
    const after = formatted(text);
    assert.equal(
      after,
      'policy:\r\n  unsafe:\r\n    reason: |\r\n        two\r\n          lines\r\n    # end\r\n',
    );
    assert.deepEqual(parse(after), parse(text));
  });
  it('does nothing to a text with mistakes in its syntax', () => {
    for (const text of ['a: [1,\nb:   2\n', 'a:  1\n   b: 2\n', '\ta:   1\n']) {
      assert.equal(formatted(text), text);
    }
  });
  it('of a range touches the entries of the file that the range meets, and no other', () => {
    const text = 'storage:\n    mode:   auto\npolicy:\n    mode:   pre-copy\n';
    const at = text.indexOf('pre-copy');
    assert.equal(
      formatted(text, { start: at, end: at + 1 }),
      'storage:\n    mode:   auto\npolicy:\n  mode: pre-copy\n',
    );
  });
});

/** Random documents in random layouts. */
const word = fc.constantFrom(
  'a',
  'bb',
  '"q: x"',
  "'s # y'",
  '5MiB/s',
  'tcp://10.0.0.1',
  'true',
  '-1',
);
const space = fc.constantFrom('', ' ', '   ');
const remark = fc.constantFrom('', '', ' # note', '   #  note ');
interface Layout {
  readonly lines: (column: number) => readonly string[];
}
const leaf: fc.Arbitrary<Layout> = fc.tuple(word, space, remark).map(([value, gap, note]) => ({
  lines: () => [` ${gap}${value}${note}`],
}));
const flow: fc.Arbitrary<Layout> = fc
  .tuple(fc.array(fc.tuple(word, space, space), { maxLength: 3 }), fc.boolean(), space)
  .map(([items, isMap, inner]) => ({
    lines: () => {
      const parts = items.map(([value, before, after], index) =>
        isMap
          ? `${before}k${String(index)}: ${after}${value}${before}`
          : `${after}${value}${before}`,
      );
      return [` ${isMap ? '{' : '['}${inner}${parts.join(',')}${inner}${isMap ? '}' : ']'}`];
    },
  }));
const { node } = fc.letrec<{ node: Layout; map: Layout; list: Layout }>((tie) => ({
  node: fc.oneof({ maxDepth: 4, depthSize: 'small' }, leaf, flow, tie('map'), tie('list')),
  map: fc
    .tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.tuple(tie('node'), remark, fc.boolean()), { minLength: 1, maxLength: 4 }),
    )
    .map(([indent, values]) => ({
      lines: (column) => {
        const own = column + indent;
        const pad = ' '.repeat(own);
        return [
          '',
          ...values.flatMap(([value, note, blank], index) => {
            const [first = '', ...rest] = value.lines(own);
            return [
              ...(blank ? ['', ''] : []),
              ...(note === '' ? [] : [`${pad}${note.trim()}`]),
              `${pad}key${String(index)}:${first}`,
              ...rest,
            ];
          }),
        ];
      },
    })),
  list: fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.array(tie('node'), { minLength: 1, maxLength: 3 }))
    .map(([indent, values]) => ({
      lines: (column) => {
        const own = column + indent;
        const pad = ' '.repeat(own);
        return [
          '',
          ...values.flatMap((value) => {
            const [first = '', ...rest] = value.lines(own + 1);
            return [`${pad}-${first}`, ...rest];
          }),
        ];
      },
    })),
}));

it('formatting random documents keeps what they say and every comment, and is done after one time', () => {
  let changed = 0;
  fc.assert(
    fc.property(fc.array(node, { minLength: 1, maxLength: 4 }), (nodes) => {
      const text = nodes
        .map((each, index) => `top${String(index)}:${each.lines(0).join('\n')}\n`)
        .join('');
      const before: unknown = parse(text);
      const after = formatted(text);
      if (after !== text) changed++;
      assert.deepEqual(parse(after), before);
      assert.deepEqual(comments(after), comments(text));
      assert.equal(formatted(after), after);
      assert.doesNotMatch(after, /[ \t]\n|\n\n\n/);
    }),
    { numRuns: 500, seed: 7 },
  );
  assert.ok(changed > 300, 'the layouts were changed');
});
