import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ElementData } from '../../../core/xml/element-data.ts';
import { parseXml } from '../../../core/xml/parse.ts';
import { reparseXml } from '../../../core/xml/reparse.ts';
import type { FormerXml } from '../../../core/xml/reparse.ts';
import { SharedElements } from '../../../core/xml/shared-elements.ts';
import { defaultXmlLimits } from '../../../core/xml/tree.ts';
import type { XmlDocument, XmlElement } from '../../../core/xml/tree.ts';
import { drawing, edited, editedDocuments } from './random-edits.ts';
import { sampleDomain } from './sample.ts';

/** Everything that a document shows. */
function shown({ root, problems }: XmlDocument): string {
  return JSON.stringify([root === undefined ? null : elementShown(root), problems]);
}

function elementShown(element: XmlElement): unknown {
  const { name, nameSpan, span, startTagSpan, endTagSpan, text, rawText } = element;
  const attributes = element.attributes.map((each) => {
    return [each.name, each.value, each.nameSpan, each.valueSpan, each.span];
  });
  const parts = [name, nameSpan, span, startTagSpan, endTagSpan, text, rawText, attributes];
  return [parts, element.children.map(elementShown)];
}

function former(text: string): FormerXml {
  return { text, document: parseXml(text) };
}

function elementsOf(data: ElementData | undefined, found = new Set<ElementData>()) {
  if (data === undefined) return found;
  found.add(data);
  for (const child of data.children) elementsOf(child, found);
  return found;
}

/** Elements of `document` that are the very ones of `before`. */
function sharedWith(before: FormerXml, document: XmlDocument): number {
  const old = elementsOf(before.document.root?.data);
  return [...elementsOf(document.root?.data)].filter((each) => old.has(each)).length;
}

test('a document that was edited is the same as if it had been read as a whole', () => {
  const draw = drawing(20240607);
  const shared = new SharedElements();
  let patched = 0;
  for (let round = 0; round < 200; round++) {
    let before = former(editedDocuments[round % editedDocuments.length] ?? '');
    let { text } = before;
    for (let edit = 0; edit < 12; edit++) {
      text = edited(text, draw);
      const document = reparseXml(before, text, shared);
      const whole = parseXml(text);
      assert.equal(shown(document), shown(whole), JSON.stringify([before.text, text]));
      if (sharedWith(before, document) > 0) patched++;
      if (document.problems.length === 0) before = { text, document };
      // Mostly the mistake is taken back; else the next edits come on top of it.
      else if (draw(3) > 0) ({ text } = before);
    }
  }
  assert.ok(patched > 300, `only ${String(patched)} edits were read in part`);
});

test('a value that is edited leaves every element but those around it as they were', () => {
  const before = former(sampleDomain);
  const document = reparseXml(before, sampleDomain.replace("dev='sda'", "dev='sdab'"));
  const all = elementsOf(document.root?.data).size;
  // <domain>, <devices>, the <disk> and its <target>.
  assert.equal(all - sharedWith(before, document), 4);
});

test('an element that is put between two others is read with no more than the one behind it', () => {
  const before = former(sampleDomain);
  const text = sampleDomain.replace('    <interface', '    <disk><target/></disk>\n    <interface');
  const document = reparseXml(before, text);
  // <domain>, <devices>, the new <disk> and its <target>, and <interface>, whose `<` came before.
  assert.equal(elementsOf(document.root?.data).size - sharedWith(before, document), 8);
});

test('the former document stays what it was', () => {
  const before = former(sampleDomain);
  const was = shown(before.document);
  const after = reparseXml(before, sampleDomain.replace('<name>', '<name>longer-'));
  assert.equal(shown(before.document), was);
  assert.notEqual(shown(after), was);
});

test('what is written alike is one element, in one document and in the next', () => {
  const shared = new SharedElements();
  const read = (text: string): ElementData | undefined =>
    parseXml(text, defaultXmlLimits, shared).root?.data;
  const one = read("<a><b c='1'/><d>text</d><b c='1'/><d>other</d></a>");
  const other = read("<x>\n<d>text</d><b c='1'/><b c='2'/></x>");
  assert.ok(one !== undefined && other !== undefined);
  const [first, text, again, otherText] = one.children;
  assert.equal(again, first);
  assert.notEqual(otherText, text);
  assert.equal(other.children[0], text);
  assert.equal(other.children[1], first);
  assert.notEqual(other.children[2], first);
});

test('an element that holds others is taken again with all of them', () => {
  const shared = new SharedElements();
  const read = (text: string): XmlElement | undefined =>
    parseXml(text, defaultXmlLimits, shared).root;
  const disk = "<disk type='file'>\n  <target dev='vda'/>\n  <serial>one</serial>\n</disk>";
  const one = read(`<devices>${disk}${disk}</devices>`);
  const other = read(`<devices>\n  <sound/>${disk}\n</devices>`);
  assert.equal(one?.children[1]?.data, one?.children[0]?.data);
  assert.equal(other?.children[1]?.data, one?.children[0]?.data);
  assert.equal(other?.children[1]?.children[0]?.attributes[0]?.valueSpan.start, 54);
});

test('an end tag within an element of the same name ends nothing but that', () => {
  const shared = new SharedElements();
  const texts = [
    '<r><a><a>x</a></a></r>',
    '<r><a><a>x</a><b/></a><a>x</a></r>',
    '<r><a><!-- </a> --><b/></a><a><![CDATA[</a>]]></a></r>',
    '<r><a><!-- </a><c/></a></r>',
    "<r><a b='</a>'/></r>",
  ];
  for (const text of [...texts, ...texts.toReversed()])
    assert.equal(shown(parseXml(text, defaultXmlLimits, shared)), shown(parseXml(text)), text);
});

test('what was read before is nested no deeper than anything else', () => {
  const shared = new SharedElements();
  const limits = { ...defaultXmlLimits, maxDepth: 60 };
  const nested = (depth: number, within: string): string =>
    `${'<n>'.repeat(depth)}${within}${'</n>'.repeat(depth)}`;
  const tower = nested(20, '<end/>').replaceAll('n>', 'm>');
  for (const depth of [1, 2, 30, 38, 39, 40, 41, 59]) {
    const text = nested(depth, tower);
    assert.equal(
      shown(parseXml(text, limits, shared)),
      shown(parseXml(text, limits)),
      String(depth),
    );
  }
});

test('what was read behind a mistake is not taken for the same elsewhere', () => {
  const shared = new SharedElements();
  parseXml("<a><b c='1' c='2'/><d>&nope;</d><e/></a>", defaultXmlLimits, shared);
  for (const text of ["<a><b c='1' c='2'/></a>", '<a><d>&nope;</d></a>', '<a><e/></a>']) {
    assert.equal(shown(parseXml(text, defaultXmlLimits, shared)), shown(parseXml(text)));
  }
});

test('from a document with problems nothing is taken', () => {
  const before = former(sampleDomain.replace('</disk>', '</dis>'));
  assert.notEqual(before.document.problems.length, 0);
  const document = reparseXml(before, sampleDomain);
  assert.deepEqual(
    [shown(document), sharedWith(before, document)],
    [shown(parseXml(sampleDomain)), 0],
  );
});

test('elements nested to the limit are counted from the root', () => {
  const nested = (depth: number, inner: string): string =>
    `${'<a>'.repeat(depth)}${inner}${'</a>'.repeat(depth)}`;
  const before = former(nested(255, ''));
  assert.deepEqual(before.document.problems, []);
  for (const inner of ['<b/>', '<b>x</b>', '<b><c/></b>']) {
    const text = nested(255, inner);
    assert.equal(shown(reparseXml(before, text)), shown(parseXml(text)));
  }
});
