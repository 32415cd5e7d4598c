/** The verdict on documents is that of xmllint, an independent implementation. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FaultFinder } from '../../../core/grammar/find-faults.ts';
import { compileGrammar, loadGrammar } from '../../../core/grammar/grammar.ts';
import { problemOf } from '../../../core/grammar/problems.ts';
import { render } from '../../../core/messages.ts';
import { parseXml } from '../../../core/xml/parse.ts';
import { requireTools } from '../../../scripts/debian-tools.ts';
import { files, sample } from './schema.ts';

const root = join(import.meta.dirname, '..', '..', '..');
let folder = '';

before(() => {
  requireTools({ xmllint: 'libxml2-utils' });
  folder = mkdtempSync(join(tmpdir(), 'live-migrate-grammar-'));
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Pieces that mutations put together: right and wrong, at home and astray. */
const pieces = [
  ...[
    "type='file'",
    "type='nvme'",
    "shared='no'",
    "bus='scsi'",
    "dev='sdz'",
    "dev='/dev/x'",
    "id='0'",
  ],
  ...['<slots> 4</slots>', '<slots>4\n</slots>', "free='2 '", '<name>\nn</name>', '<name> </name>'],
  ...['<slots><!-- four -->4</slots>', '<slots><![CDATA[ ]]>4</slots>', '<order> </order>'],
  ...['<readonly/>', '<target dev="vdx"/>', '<source file="f"/>', '<name>n</name>', '<first/>'],
  ...[
    '<memory>9</memory>',
    '<b>bold</b>',
    'text',
    '<volume>.</volume>',
    '<script/>',
    '<cpus> 3 </cpus>',
  ],
];

/** A generator of pseudo-random numbers (mulberry32): the same documents in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

function mutants(count: number): readonly string[] {
  const random = numbers(20_240_607);
  const lines = sample.trimEnd().split('\n');
  return Array.from({ length: count }, () => {
    const copy = [...lines];
    for (let changes = 1 + random(2); changes > 0; changes--) {
      const at = 1 + random(copy.length - 2);
      const line = copy[at] ?? '';
      const piece = pieces[random(pieces.length)] ?? '';
      switch (random(5)) {
        case 0:
          copy.splice(at, 1);
          break;
        case 1:
          copy.splice(at, 0, line);
          break;
        case 2:
          copy.splice(at, 0, piece.includes('=') && !piece.startsWith('<') ? '' : piece);
          break;
        case 3:
          if (!piece.startsWith('<') && piece.includes('='))
            copy[at] = line.replace(/\/?>/, (end) => ` ${piece}${end}`);
          break;
        default:
          copy[at] = line.replace(/'[^']*'/, `'${['', 'x', '7', 'yes', '/'][random(5)] ?? ''}'`);
      }
    }
    return `${copy.join('\n')}\n`;
  });
}

test('two thousand changed documents get the verdicts of xmllint', () => {
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  const wellFormed = mutants(2000).filter((text) => parseXml(text).problems.length === 0);
  assert.ok(wellFormed.length > 700, String(wellFormed.length));
  const names = wellFormed.map((text, number) => {
    const name = `${number}.xml`;
    writeFileSync(join(folder, name), text);
    return name;
  });
  const { stderr } = spawnSync('xmllint', ['--noout', '--relaxng', 'machine.rng', ...names], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 120_000,
  });
  const valid = new Set([...stderr.matchAll(/^(\d+\.xml) validates$/gm)].map((match) => match[1]));
  assert.ok(valid.size > 50 && valid.size < names.length, String(valid.size));
  const finder = new FaultFinder(loadGrammar(compileGrammar('test', files, 'machine.rng')));
  const differing = names.filter((name, number) => {
    const document = parseXml(wellFormed[number] ?? '').root;
    return document === undefined || (finder.faultsOf(document).length === 0) !== valid.has(name);
  });
  assert.deepEqual(
    differing.map((name) => readFileSync(join(folder, name), 'utf8')),
    [],
  );
});

/** What a shipped grammar says of the example's domain. */
function saidOfExample(grammar: string): readonly string[] {
  const data: unknown = JSON.parse(readFileSync(join(root, 'grammars', grammar), 'utf8'));
  const loaded = loadGrammar(data);
  const document = parseXml(readFileSync(join(root, 'examples', 'web01.domain.xml'), 'utf8')).root;
  assert.ok(document !== undefined);
  return new FaultFinder(loaded)
    .faultsOf(document)
    .map((fault) => render(problemOf(fault, loaded.name).message));
}

test('the newest shipped grammar accepts the example’s domain', () => {
  assert.deepEqual(saidOfExample('libvirt-11.3.0.json'), []);
});

test('an older libvirt’s grammar tells what that libvirt does not know', () => {
  assert.deepEqual(saidOfExample('libvirt-9.0.0.json'), [
    '“itco” is no value of model; it can be i6300esb, ib700, diag288 (libvirt 9.0.0).',
  ]);
});
