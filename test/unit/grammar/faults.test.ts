import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FaultFinder } from '../../../core/grammar/find-faults.ts';
import { compileGrammar, loadGrammar } from '../../../core/grammar/grammar.ts';
import { problemOf } from '../../../core/grammar/problems.ts';
import { render } from '../../../core/messages.ts';
import { parseXml } from '../../../core/xml/parse.ts';
import { files, sample } from './schema.ts';

const compiled = compileGrammar('test 1', files, 'machine.rng');
const finder = new FaultFinder(loadGrammar(JSON.parse(JSON.stringify(compiled))));

/** `line: message` of each fault. */
function faults(text: string): readonly string[] {
  const { root, problems } = parseXml(text);
  assert.deepEqual(problems, []);
  assert.ok(root !== undefined);
  return finder.faultsOf(root).map((fault) => {
    const line = text.slice(0, fault.span.start).split('\n').length;
    return `${line}: ${render(problemOf(fault, 'test 1').message)}`;
  });
}

const changed = (from: string | RegExp, to: string): readonly string[] => {
  const text = sample.replace(from, to);
  assert.notEqual(text, sample);
  return faults(text);
};

test('a document of the grammar has no faults', () => {
  assert.deepEqual(faults(sample), []);
  assert.deepEqual(faults('<machine><name>x</name></machine>'), []);
});

describe('each fault is told once, on its own line, with what was meant', () => {
  const cases: readonly (readonly [
    what: string,
    from: string | RegExp,
    to: string,
    told: readonly string[],
  ])[] = [
    [
      'a misspelt element',
      '<target dev=',
      '<tagret dev=',
      ['6: <disk> has no element <tagret>; is <target> meant? (test 1)'],
    ],
    [
      'an element from nowhere',
      '<readonly/>',
      '<zzz/>',
      ['11: <disk> has no element <zzz>; here it can have readonly (test 1).'],
    ],
    [
      'an element that is there twice',
      '<memory ',
      '<memory>3</memory><memory ',
      [
        '3: <memory> cannot stand here: <machine> has one already, or it does not go with what else <machine> says (test 1).',
      ],
    ],
    [
      'a missing element',
      '<name>web 01</name>',
      '',
      ['1: <machine> lacks the element name (test 1).'],
    ],
    [
      'a misspelt attribute',
      "dev='vda'",
      "dve='vda'",
      ['6: <target> has no attribute dve; is “dev” meant? (test 1)'],
    ],
    [
      'an attribute from nowhere',
      "dev='sdb'/>",
      "dev='sdb' wwn='5'/>",
      ['9: <target> has no attribute wwn; it can have bus (test 1).'],
    ],
    [
      'an attribute that does not go with another',
      "<disk type='file'>",
      "<disk type='file' shared='yes'>",
      ['4: The attribute shared does not go with what else <disk> says (test 1).'],
    ],
    ['a missing attribute', " dev='vda'", '', ['6: <target> lacks the attribute dev (test 1).']],
    [
      'a misspelt value',
      "bus='virtio'",
      "bus='virito'",
      ['6: “virito” is no value of bus; is “virtio” meant? (test 1)'],
    ],
    [
      'a value that is none of the list',
      "unit='MiB'",
      "unit='parsec'",
      ['3: “parsec” is no value of unit; it can be KiB, MiB (test 1).'],
    ],
    [
      'a value of another form',
      "dev='vda'",
      "dev='9'",
      ['6: “9” is no value of dev; it has the form (sd|vd)[a-z]+ (test 1).'],
    ],
    [
      'a number out of its range',
      '>512<',
      '>51200<',
      ['3: “51200” is no value of <memory>; it is a whole number from 1 to 1000 (test 1).'],
    ],
    [
      'white space around a number that has a form',
      '>4<',
      '> 4\n<',
      ['19: White space cannot stand around the value of <slots> (test 1).'],
    ],
    [
      'white space around the number of an attribute',
      "free='2'",
      "free=' 2'",
      ['19: White space cannot stand around the value of free (test 1).'],
    ],
    [
      'a value as long as a file',
      '>4<',
      `>${'long \n'.repeat(1000)}<`,
      [`19: “${'long '.repeat(12)}…” is no value of <slots>; it has the form [0-9]+ (test 1).`],
    ],
    [
      'text where there is none',
      '<readonly/>',
      '<readonly>x</readonly>',
      ['11: <readonly> holds no text (test 1).'],
    ],
    ['text beside children', '<order>', '<order>x', ['17: <order> holds no text (test 1).']],
    [
      'a value that is excepted',
      '>...<',
      '>..<',
      ['18: “..” is no value of <volume>; it has the form [^/]+ (test 1).'],
    ],
    [
      'a list with a wrong word',
      '0 1 255',
      '0 1 256',
      ['15: “0 1 256” is no value of <cpus>; it is a whole number from 0 to 255 (test 1).'],
    ],
    [
      'an element in another namespace',
      'urn:machine:more',
      'urn:machine:less',
      [
        '13: <machine> has no element <m:more>; here it can have disk, more, notes, cpus, metadata, order, volume, slots (test 1).',
      ],
    ],
  ];
  for (const [what, from, to, told] of cases) {
    test(what, () => {
      assert.deepEqual(changed(from, to), told);
    });
  }
});

test('several faults are told in the order of their places', () => {
  const text = sample
    .replace("unit='MiB'", "unit='parsec'")
    .replace('<readonly/>', '<readnoly/>')
    .replace('>512<', '>none<');
  assert.deepEqual(
    faults(text).map((line) => line.split(':')[0]),
    ['3', '3', '11'],
  );
});

test('an element at a wrong place is told there, not missed at its right one as well', () => {
  const moved = sample
    .replace('  <name>web 01</name>\n', '')
    .replace('<order>', '<order><name>x</name>');
  assert.deepEqual(
    faults(moved).map((line) => line.split(' ').slice(0, 2).join(' ')),
    ['16: <order>'],
  );
});

/** The text after the first fix of the first fault. */
function mended(text: string): string {
  const { root } = parseXml(text);
  const [fault] = root === undefined ? [] : finder.faultsOf(root);
  assert.ok(fault !== undefined);
  const edits = problemOf(fault, 'test 1').fixes[0]?.edits ?? [];
  return [...edits]
    .reverse()
    .reduce(
      (all, { span, newText }) => all.slice(0, span.start) + newText + all.slice(span.end),
      text,
    );
}

test('a fix renames both tags of an element', () => {
  const text = sample.replace('<memory unit', '<memroy unit').replace('</memory>', '</memroy>');
  assert.equal(mended(text), sample);
});

test('a fix removes white space at both ends of a value, and leaves comments and references alone', () => {
  assert.equal(mended(sample.replace('>4<', '>\n  4 <')), sample);
  assert.equal(mended(sample.replace("free='2'", "free=' 2  '")), sample);
  for (const value of ['<!-- four --> 4', '&#32;4', '<![CDATA[ 4]]>']) {
    const text = sample.replace('>4<', `>${value}<`);
    assert.equal(mended(text), text);
  }
});

test('what was learnt from one version of a document never changes what is said of the next', () => {
  const steps = [
    sample,
    sample.replace("dev='vda'", "dev=''"),
    sample,
    sample.replace('urn:machine:more', 'urn:machine:less'),
    sample.replace('<name>web 01</name>', ''),
    sample,
  ];
  const fresh = (text: string): number => {
    const { root } = parseXml(text);
    const alone = new FaultFinder(loadGrammar(compiled));
    return root === undefined ? -1 : alone.faultsOf(root).length;
  };
  assert.deepEqual(
    steps.map((text) => faults(text).length),
    steps.map(fresh),
  );
  assert.deepEqual(
    steps.map((text) => faults(text).length > 0),
    [false, true, false, true, true, false],
  );
});

test('deep and wide documents are looked at in bounded time', () => {
  const deep = `<machine><name>x</name><metadata>${'<a>'.repeat(200)}${'</a>'.repeat(200)}</metadata></machine>`;
  assert.deepEqual(faults(deep), []);
  const disk = "<disk type='file'><source file='/x'/><target dev='vda'/></disk>";
  assert.deepEqual(faults(`<machine><name>x</name>${disk.repeat(3000)}</machine>`), []);
  const wrong = faults(`<machine><name>x</name>${'<wrong/>'.repeat(3000)}</machine>`);
  assert.equal(wrong.length, 3000);
});
