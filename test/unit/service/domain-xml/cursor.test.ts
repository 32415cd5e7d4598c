import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { xmlCursor } from '../../../../core/service/domain-xml/cursor.ts';
import { atCursor } from '../cursor-text.ts';

/** The kind of place and the text that a completion would replace. */
function place(marked: string): string {
  const { text, offset } = atCursor(marked);
  const cursor = xmlCursor(text, offset);
  if (cursor === undefined) return 'none';
  const span =
    cursor.at === 'content'
      ? cursor.word
      : cursor.at === 'attribute-value'
        ? cursor.value
        : cursor.name;
  const name = cursor.at === 'attribute-value' ? `${cursor.name}=` : '';
  return `${cursor.at} ${name}[${text.slice(span.start, span.end)}]`;
}

describe('the place of a cursor in XML', () => {
  const places: readonly (readonly [string, string])[] = [
    ['|', 'content []'],
    ['<domain>|</domain>', 'content []'],
    ['<domain>\n  di|\n</domain>', 'content [di]'],
    ['<dom|', 'tag-name [dom]'],
    ['<|', 'tag-name []'],
    ['<devices><|</devices>', 'tag-name []'],
    ['<devices>\n <sou|\n</devices>', 'tag-name [sou]'],
    ['<de|vices>', 'tag-name [devices]'],
    ['<disk |', 'attribute-name []'],
    ['<disk ty|', 'attribute-name [ty]'],
    ['<disk ty|pe="file">', 'attribute-name [type]'],
    ['<disk |type="file">', 'attribute-name []'],
    ['<disk type="file" |>', 'attribute-name []'],
    ['<disk type="file" | device="disk">', 'attribute-name []'],
    ['<disk type="file"|>', 'attribute-name []'],
    ['<disk |/>', 'attribute-name []'],
    ['<disk /|>', 'none'],
    ['<disk/>|', 'content []'],
    ["<disk type='|'", 'attribute-value type=[]'],
    ["<disk type='fi|le'>", 'attribute-value type=[file]'],
    ["<disk type='|", 'attribute-value type=[]'],
    ["<disk type='|\n<driver name='qemu'/>", 'attribute-value type=[]'],
    ["<disk type='fi| device='disk'>", 'attribute-value type=[fi]'],
    ["<disk type='|>\n<driver name='qemu'/>", 'attribute-value type=[]'],
    ['<disk type=|', 'attribute-value type=[]'],
    ['<disk type=fi|', 'attribute-value type=[fi]'],
    ['<disk type = "f|"', 'attribute-value type=[f]'],
    ['<disk type="a>b" de|', 'attribute-name [de]'],
    ['<disk></di|', 'end-tag [di]'],
    ['<disk></|', 'end-tag []'],
    ['<disk><|/disk>', 'none'],
    ['<disk></|disk>', 'end-tag [disk]'],
    ['<disk></disk>|', 'content []'],
    ['<!-- <di|sk -->', 'none'],
    ['<!-- c --><di|', 'tag-name [di]'],
    ['<![CDATA[ <di|sk ]]>', 'none'],
    ['<?xml ver|sion="1.0"?>', 'none'],
    ['<?xml version="1.0"?>\n<do|', 'tag-name [do]'],
    ['<name>vm < |b</name>', 'content []'],
  ];
  for (const [marked, expected] of places) {
    it(`of ${JSON.stringify(marked)} is ${expected}`, () => {
      assert.equal(place(marked), expected);
    });
  }
  it('is found for any text, and lies in it', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '!',
      '--',
      '?',
      '=',
      "'",
      '"',
      ' ',
      '\n',
      'a',
      'disk',
      '[',
      ']',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.nat(60), (pieces, at) => {
        const text = pieces.join('');
        const offset = at % (text.length + 1);
        const cursor = xmlCursor(text, offset);
        if (cursor === undefined) return;
        const span =
          cursor.at === 'content'
            ? cursor.word
            : cursor.at === 'attribute-value'
              ? cursor.value
              : cursor.name;
        assert.ok(0 <= span.start && span.start <= span.end && span.end <= text.length);
        assert.ok(span.start <= offset && offset <= span.end, `${text} ${String(offset)}`);
      }),
      { numRuns: 2000, seed: 7 },
    );
  });
});
