import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { formatDomainXml } from '../../../../core/service/domain-xml/format.ts';
import type { Span } from '../../../../core/text/span.ts';
import { domainXml } from './documents.ts';

function formatted(text: string, range?: Span): string {
  let result = '';
  let at = 0;
  for (const { span, newText } of formatDomainXml(domainXml(text), range)) {
    assert.ok(span.start >= at);
    assert.match(text.slice(span.start, span.end) + newText, /^[ \t\r\n]*$/);
    result += text.slice(at, span.start) + newText;
    at = span.end;
  }
  return result + text.slice(at);
}

/** What an independent parser reads: tags, attributes, comments, and text that is not only layout. */
function content(text: string): readonly unknown[] {
  const events: unknown[] = [];
  const parser = new SaxesParser();
  let pending = '';
  let leaf = false;
  const flush = (closing: boolean): void => {
    const keep = pending.trim() !== '' || (closing && leaf);
    if (pending !== '' && keep) events.push(['text', pending]);
    pending = '';
  };
  parser.on('opentag', ({ name, attributes }) => {
    flush(false);
    events.push(['open', name, Object.entries(attributes)]);
    leaf = true;
  });
  parser.on('closetag', ({ name }) => {
    flush(true);
    events.push(['close', name]);
    leaf = false;
  });
  parser.on('text', (piece) => (pending += piece));
  parser.on('cdata', (piece) => {
    flush(true);
    events.push(['cdata', piece]);
  });
  parser.on('comment', (piece) => {
    flush(false);
    events.push(['comment', piece]);
    leaf = false;
  });
  parser.on('processinginstruction', ({ target, body }) => {
    flush(false);
    events.push(['instruction', target, body]);
    leaf = false;
  });
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(text).close();
  return events;
}

describe('formatting domain XML', () => {
  it('puts each element on a line of its own, two columns a level', () => {
    assert.equal(
      formatted(
        "<domain type='kvm'><name>vm</name><devices><disk><source file='a'/></disk></devices></domain>\n",
      ),
      [
        "<domain type='kvm'>",
        '  <name>vm</name>',
        '  <devices>',
        '    <disk>',
        "      <source file='a'/>",
        '    </disk>',
        '  </devices>',
        '</domain>',
        '',
      ].join('\n'),
    );
  });
  it('keeps one empty line between elements, and none behind a start tag', () => {
    assert.equal(
      formatted('<domain>\n\n\n  <name>a</name>\n\n\n\n<uuid>b</uuid>\n\n</domain>'),
      '<domain>\n  <name>a</name>\n\n  <uuid>b</uuid>\n</domain>',
    );
  });
  it('tidies tags without touching values', () => {
    assert.equal(
      formatted('<domain  type = \'kvm\'   id="1" >\n<os />\n<name >a</name ></domain>'),
      '<domain type=\'kvm\' id="1">\n  <os/>\n  <name>a</name>\n</domain>',
    );
    assert.equal(formatted("<domain type='a  >\n b'/>"), "<domain type='a  >\n b'/>");
  });
  it('keeps attributes on further lines, indented twice', () => {
    assert.equal(
      formatted("<domain>\n<disk type='file'\n device='disk'/></domain>"),
      "<domain>\n  <disk type='file'\n      device='disk'/>\n</domain>",
    );
  });
  it('keeps comments where they are: behind an element on its line, or on their own', () => {
    assert.equal(
      formatted(
        '<domain>\n<!-- one\n  two -->\n<name>a</name>   <!-- three -->\n<uuid>b</uuid></domain>',
      ),
      '<domain>\n  <!-- one\n  two -->\n  <name>a</name> <!-- three -->\n  <uuid>b</uuid>\n</domain>',
    );
  });
  it('leaves text, CDATA and what other programs keep to the letter', () => {
    for (const inner of [
      '<description> two\n   lines </description>',
      '<title></title>',
      '<cmdline>   </cmdline>',
      '<description><![CDATA[ <b>  ]]></description>',
      "<metadata>\n    <app:x xmlns:app='urn:a'>\n<app:y/>   <app:z/></app:x>\n  </metadata>",
      "<os xml:space='preserve'><type/> </os>",
      '<description>mixed <b>  bold</b>\n</description>',
    ]) {
      const result = formatted(`<domain>\n  ${inner}\n</domain>`);
      assert.equal(result, `<domain>\n  ${inner}\n</domain>`);
    }
  });
  it('keeps the line ends of the file', () => {
    assert.equal(
      formatted('<domain>\r\n<os/>\r\n</domain>\r\n'),
      '<domain>\r\n  <os/>\r\n</domain>\r\n',
    );
  });
  it('leaves a document with mistakes alone', () => {
    for (const text of ['<domain><os></domain>', '<domain', '', '<domain a=b/>', '<domain/><x/>']) {
      assert.equal(formatted(text), text);
    }
  });
  it('changes only what touches the range that is asked for', () => {
    const text = '<domain>\n<os/>\n<pm/>\n</domain>';
    const at = text.indexOf('<pm');
    assert.equal(
      formatted(text, { start: at, end: at + 5 }),
      '<domain>\n<os/>\n  <pm/>\n</domain>',
    );
  });

  const space = fc.constantFrom('', ' ', '\n', '\n   ', '\n\n\n', '\t');
  const name = fc.constantFrom('os', 'devices', 'disk', 'metadata', 'name', 'a:b');
  const text = fc.constantFrom('', ' ', 'x', ' x  y ', '&amp;', '<![CDATA[ < ]]>', '\n z\n');
  const attribute = fc.constantFrom('', " a='1'", '  b = "2"', "\n c='\t>'", "\n\n   d='&lt;' ");
  const { element } = fc.letrec<{ element: string; inner: string }>((tie) => ({
    element: fc
      .tuple(name, attribute, fc.oneof({ maxDepth: 4 }, text, tie('inner')), space, fc.boolean())
      .map(([tag, attributes, inner, gap, selfClose]) =>
        selfClose && inner === ''
          ? `<${tag}${attributes}${gap}/>`
          : `<${tag}${attributes}>${inner}</${tag}${gap}>`,
      ),
    inner: fc
      .array(
        fc.oneof(
          { maxDepth: 4 },
          fc.constantFrom('<!-- c -->', '<!--\n c\n-->', '<?pi x?>'),
          tie('element'),
        ),
        { maxLength: 4 },
      )
      .chain((parts) =>
        fc
          .array(space, { minLength: parts.length + 1, maxLength: parts.length + 1 })
          .map(
            (gaps) =>
              parts.map((part, index) => `${gaps[index] ?? ''}${part}`).join('') +
              (gaps.at(-1) ?? ''),
          ),
      ),
  }));
  const documents = fc
    .tuple(fc.constantFrom('', "<?xml version='1.0'?>\n", '<!-- head -->'), element, space)
    .map(([head, root, tail]) => head + root + tail);

  it('never changes what an XML parser reads, and twice is once', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const once = formatted(document);
        assert.deepEqual(content(once), content(document));
        assert.equal(formatted(once), once);
      }),
      { numRuns: 1500, seed: 11 },
    );
  });
});
