import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { parseXml } from '../../../core/xml/parse.ts';
import { child, children } from '../../../core/xml/tree.ts';
import type { XmlElement } from '../../../core/xml/tree.ts';
import { sampleDomain } from './sample.ts';

/** `code@text` of every problem. */
function found(text: string): readonly string[] {
  return parseXml(text).problems.map(
    ({ code, span }) => `${code}@${text.slice(span.start, span.end)}`,
  );
}

/** The text after the first fix of the first problem. */
function mended(text: string): string {
  const edits = parseXml(text).problems[0]?.fixes[0]?.edits ?? [];
  return edits.reduce(
    (result, { span, newText }) => result.slice(0, span.start) + newText + result.slice(span.end),
    text,
  );
}

test('a well-formed document has no problem and every range is exact', () => {
  const { root, problems } = parseXml(sampleDomain);
  assert.deepEqual(problems, []);
  const disk = children(child(root, 'devices'), 'disk')[0];
  const source = child(disk, 'source')?.attributes[0];
  assert.equal(source?.value, '/var/lib/libvirt/images/web01 & co.qcow2');
  assert.equal(
    sampleDomain.slice(source.valueSpan.start, source.valueSpan.end),
    '/var/lib/libvirt/images/web01 &amp; co.qcow2',
  );
  const name = child(root, 'name')?.text;
  assert.equal(name && sampleDomain.slice(name.span.start, name.span.end), 'web01');
  assert.equal(disk && sampleDomain.slice(disk.span.end - 7, disk.span.end), '</disk>');
  assert.equal(disk?.parent?.name, 'devices');
});

test('text is joined over comments and CDATA, and trimmed', () => {
  const { root } = parseXml('<a>\n one <!-- x --><![CDATA[<two>]]> \n</a>');
  assert.equal(root?.text.value, 'one <two>');
});

test('the raw text of an element without children keeps its white space', () => {
  for (const [text, raw] of [
    ['<a> 1\n</a>', ' 1\n'],
    ['<a> </a>', ' '],
    ['<a></a>', ''],
    ['<a/>', ''],
    ['<a> <!-- x --> 1 <?y?> </a>', '  1  '],
    ['<a>&#32;1<![CDATA[ ]]></a>', ' 1 '],
    ['<a> <b/> 1 <b/> 2 </a>', '1  2'],
    ['<a>1\r\n2\r3&#13;</a>', '1\n2\n3\r'],
    ['<a>\r\n</a>', '\n'],
    ['<a><![CDATA[1\r\n]]></a>', '1\n'],
  ] as const) {
    const { root, problems } = parseXml(text);
    assert.deepEqual([problems, root?.rawText], [[], raw], text);
  }
});

test('text keeps the white space between its pieces, and its range ends with the last word', () => {
  const text = '<a>one<!-- x --> <!-- y -->two\n  <b/>\n</a>';
  const { root } = parseXml(text);
  assert.equal(root?.text.value, 'one two');
  assert.equal(text.slice(root.text.span.start, root.text.span.end), 'one<!-- x --> <!-- y -->two');
});

test('line ends in an attribute value are spaces, as XML has it', () => {
  const { root, problems } = parseXml('<a b="1\r\n\t2&#10;3"/>');
  assert.deepEqual(problems, []);
  assert.equal(root?.attributes[0]?.value, '1  2\n3');
});

test('a tag cut within its name is completed by its end tag, so that what is in it keeps its path', () => {
  const { root } = parseXml('<domain>\n  <dev\n    <disk/>\n  </devices>\n</domain>');
  assert.equal(root?.children[0]?.name, 'devices');
  assert.equal(child(root.children[0], 'disk')?.parent, root.children[0]);
});

test('a text without indentation is not torn apart by its columns', () => {
  const disk = '<disk>\n<source/>\n<target/>\n</disk>\n';
  const text = `<domain>\n<devices>\n${disk.repeat(9)}<disk>\n</devices>\n</domain>`;
  const { root, problems } = parseXml(text);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['xml-unclosed-element'],
  );
  assert.equal(child(root, 'devices')?.children.length, 10);
});

for (const [what, text, expected] of [
  ['a missing end tag', '<a>\n  <b>\n  <c/>\n</a>', ['xml-unclosed-element@b']],
  ['a misspelt end tag', '<a><b></c></a>', ['xml-mismatched-end-tag@c']],
  ['an end tag that closes nothing', '<a></b></a>', ['xml-stray-end-tag@</b>']],
  ['a tag without its end', '<a>\n  <b x="1"\n  <c/>\n</a>', ['xml-unclosed-tag@b']],
  ['an attribute without a value', '<a b/>', ['xml-attribute-no-value@b']],
  ['a value without quotes', '<a b=1/>', ['xml-unquoted-value@1']],
  ['a value without its closing quote', "<a>\n<b c='1/>\n</a>", ['xml-unclosed-value@1']],
  ['attributes without a space', '<a b="1"c="2"/>', ['xml-missing-space@c']],
  ['an attribute twice', '<a b="1" b="2"/>', ['xml-duplicate-attribute@b']],
  ['a bare ampersand', '<a>x & y</a>', ['xml-bad-entity@&']],
  ['an unknown entity', '<a>&nbsp;</a>', ['xml-bad-entity@&nbsp;']],
  ['text outside of the root', '<a/>hello', ['xml-stray-text@hello']],
  ['two roots', '<a/><b/>', ['xml-several-roots@b']],
  ['a comment that is never closed', '<a/><!-- x', ['xml-unclosed-comment@<!--']],
  ['a control character', '<a>\u0001</a>', ['xml-bad-character@\u0001']],
  ['no element at all', '<!-- nothing -->', ['xml-no-root@<']],
  ['an end tag left off', '<a>\n  <bus>\n  </bu\n</a>', ['xml-unclosed-tag@bu']],
  ['an end tag without a name yet', '<a>\n  <b>x</\n</a>', ['xml-unclosed-tag@</']],
  [
    'a name cut in the middle',
    '<a>\n  <dev\n    <b/>\n  </devices>\n</a>',
    ['xml-unclosed-tag@dev'],
  ],
  ['“<” alone', '<a>\n  <\n  <b/>\n</a>', ['xml-stray-lt@<']],
  [
    'a comment begun before another',
    '<a>\n<!-- x\n<b/><!-- y -->\n</a>',
    ['xml-unclosed-comment@<!--'],
  ],
  ['“<!” of a comment to be', '<a>\n<!-\n<b/>\n</a>', ['xml-bad-markup@<!']],
  ['a no-break space outside of the root', '<a/>\u00a0', ['xml-stray-text@\u00a0']],
  ['an instruction without its end', '<a>\n<?x\n<b/>\n</a>', ['xml-bad-instruction@<?x']],
] as const) {
  test(`${what} is told on its place`, () => {
    assert.deepEqual(found(text), expected);
  });
}

for (const text of [
  '<a b/>',
  '<a b=1/>',
  "<a>\n<b c='1/>\n</a>",
  '<a b="1"c="2"/>',
  '<a>x & y</a>',
  '<a></b></a>',
  '<a>\n  <b>\n    <c/>\n</a>',
  '<a/><!DOCTYPE a>',
  '<a b="1" b="2"/>',
  '<a>\n\t<b>\n\t\t<c/>\n</a>',
  '<a>\n  <b x="1"\n  <c/>\n</a>',
  '<a>\n  <b x="1"\n    <c/>\n  </b>\n</a>',
  '<a>\n  <bus>\n  </bu\n</a>',
  '<a>\n  <!-- x\n  <b/>\n</a>',
  '<a><!-- x --- y --></a>',
  '<a><!-- x ---></a>',
  '<a/>x',
  '<a % b="1"/>',
  '<a b="<"/>',
  '<a>\n  <b>\n  </c>\n</a>',
]) {
  test(`the fix of ${JSON.stringify(text)} makes it well-formed`, () => {
    assert.deepEqual(found(mended(text)), []);
  });
}

test('an external entity is refused and nothing is loaded', () => {
  const text =
    '<!DOCTYPE domain [<!ENTITY x SYSTEM "file:///etc/passwd">]><domain><name>&x;</name></domain>';
  const { root, problems } = parseXml(text);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['xml-external-entity', 'xml-bad-entity'],
  );
  assert.equal(child(root, 'name')?.text.value, '&x;');
});

test('a document type that defines entities within itself expands nothing', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `<!ENTITY a${i + 1} "&a${i};&a${i};">`).join(
    '',
  );
  const { problems } = parseXml(`<!DOCTYPE d [<!ENTITY a0 "x">${lines}]><d>&a40;</d>`);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['xml-doctype', 'xml-bad-entity'],
  );
});

test('ten thousand nested elements give one problem', () => {
  const text = '<a>'.repeat(10_000) + '</a>'.repeat(10_000);
  assert.deepEqual(
    parseXml(text).problems.map(({ code }) => code),
    ['xml-too-deep'],
  );
});

test('binary and huge files give one problem each', () => {
  assert.deepEqual(
    parseXml('\0\u0001\u0002').problems.map(({ code }) => code),
    ['not-text'],
  );
  assert.deepEqual(
    parseXml('<a/>'.repeat(3_000_000)).problems.map(({ code }) => code),
    ['file-too-large'],
  );
});

test('a flood of problems is cut off with their number', () => {
  const { problems } = parseXml(`<a>${'&'.repeat(5000)}</a>`);
  assert.equal(problems.length, 201);
  assert.equal(problems.at(-1)?.code, 'more-problems');
  assert.deepEqual(problems.at(-1)?.message.args, [4800]);
});

test('text made to be slow is read in bounded time', () => {
  for (const text of [
    '<a '.repeat(200_000),
    '<a b="'.repeat(200_000),
    '</a'.repeat(200_000),
    '<a>\n'.repeat(100_000),
    '&'.repeat(2_000_000),
    `<a ${'b '.repeat(200_000)}`,
    `<a ${Array.from({ length: 100_000 }, (_, i) => `b${i}=""`).join(' ')}/>`,
    `<a b="${' '.repeat(500_000)}`,
    `<a b="${'> '.repeat(500_000)}`,
    `<!DOCTYPE a [${'<!ENTITY '.repeat(200_000)}`,
    '<!DOCTYPE a [\n'.repeat(200_000),
    '<!DOCTYPE a "\n'.repeat(200_000),
    '<!--\n'.repeat(200_000),
    '<?x\n'.repeat(200_000),
    '<![CDATA['.repeat(200_000),
    `\n${' '.repeat(200_000)}<a>${'</b>'.repeat(200_000)}`,
    `<a>${'<b>x'.repeat(250)}${'</c>'.repeat(200_000)}`,
    `<?xml${' '.repeat(500_000)}?>`,
  ]) {
    const started = process.hrtime.bigint();
    parseXml(text);
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    assert.ok(seconds < 10, `${text.slice(0, 8)}… took ${seconds} s`);
  }
});

const operation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.constantFrom(0, 0, 0, 1, 8),
  insert: fc.constantFrom(
    '',
    '<',
    '>',
    '&',
    '"',
    "'",
    '/',
    '=',
    ' ',
    '-->',
    '<!--',
    ']]>',
    '<![CDATA[',
    'x',
    '</disk>',
    '<x>',
    '\n',
    '<?x?>',
    '<?xml?>',
    '&lt;',
    '&#0;',
    '&#65;',
    '--',
    '<!',
    '\u00e4',
    '1a="2"',
    'y',
    ' z',
    '<x/>',
    '<!-- c -->',
    '&amp;',
    '&#x41;',
  ),
});

/** What the reference parser says: is the text well-formed? */
function isWellFormed(text: string): boolean {
  let errors = 0;
  const parser = new SaxesParser();
  parser.on('error', () => {
    errors++;
  });
  parser.write(text).close();
  return errors === 0;
}

test('the verdict on damaged documents is that of a reference parser', () => {
  const verdicts = { good: 0, bad: 0 };
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 2 }), (operations) => {
      const text = operations.reduce((result, { at, remove, insert }) => {
        const index = Math.floor(at * result.length);
        return result.slice(0, index) + insert + result.slice(index + remove);
      }, sampleDomain);
      const expected = isWellFormed(text);
      verdicts[expected ? 'good' : 'bad']++;
      assert.equal(parseXml(text).problems.length === 0, expected, text);
    }),
    { seed: 5, numRuns: 4000 },
  );
  assert.ok(verdicts.good > 100 && verdicts.bad > 100, JSON.stringify(verdicts));
});

/** Path of names and all attribute ranges of each element, by the offset of its `<`. */
function shape(root: XmlElement | undefined): ReadonlyMap<number, string> {
  const shapes = new Map<number, string>();
  const visit = (element: XmlElement, path: string): void => {
    const here = `${path}/${element.name}`;
    const attributes = element.attributes.map(
      (each) => `${each.name}@${each.valueSpan.start - element.span.start}=${each.value}`,
    );
    shapes.set(element.span.start, `${here} ${attributes.join(' ')}`);
    for (const below of element.children) visit(below, here);
  };
  if (root !== undefined) visit(root, '');
  return shapes;
}

/** Share of the elements outside the damaged line that keep their path and attribute ranges. */
function recovered(damage: (lines: string[], line: number) => string | undefined): number {
  const lines = sampleDomain.split('\n');
  const before = shape(parseXml(sampleDomain).root);
  let kept = 0;
  let all = 0;
  for (let line = 1; line < lines.length - 2; line++) {
    const changed = damage([...lines], line);
    if (changed === undefined) continue;
    const lineStart = lines.slice(0, line).join('\n').length + 1;
    const lineEnd = lineStart + (lines[line] ?? '').length;
    const shift = changed.length - sampleDomain.length;
    const after = shape(parseXml(changed).root);
    for (const [offset, expected] of before) {
      if (offset >= lineStart && offset <= lineEnd) continue;
      all++;
      if (after.get(offset < lineStart ? offset : offset + shift) === expected) kept++;
    }
  }
  return kept / all;
}

test('while a document is being typed the rest of it keeps its shape', () => {
  const cut = recovered((lines, line) => {
    const text = lines[line] ?? '';
    lines[line] = text.slice(0, Math.ceil((text.length + text.search(/\S/)) / 2));
    return lines.join('\n');
  });
  const typed = recovered((lines, line) => {
    const next = lines[line + 1] ?? '';
    const indent = `${/^\s*/.exec(next)?.[0] ?? ''}${next.trim().startsWith('</') ? '  ' : ''}`;
    lines[line] = `${lines[line] ?? ''}\n${indent}<dis`;
    return lines.join('\n');
  });
  const missing = recovered((lines, line) => {
    if (!/^\s*<\/\w+>$/.test(lines[line] ?? '')) return undefined;
    lines[line] = '';
    return lines.join('\n');
  });
  const shares = { cut, typed, missing };
  assert.ok(cut >= 0.99 && typed >= 0.99 && missing >= 0.99, JSON.stringify(shares));
});
