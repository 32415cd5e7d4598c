import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Domain } from '../../../core/domain/domain.ts';
import { loadGrammar } from '../../../core/grammar/grammar.ts';
import type { Grammar } from '../../../core/grammar/grammar.ts';
import { createParseCache } from '../../../core/service/parse-cache.ts';
import type { ParseCache } from '../../../core/service/parse-cache.ts';
import { drawing, edited, editedDocuments } from '../xml/random-edits.ts';

const grammars = ['9.0.0', '11.3.0'].map((version): Grammar => {
  const file = join(import.meta.dirname, `../../../grammars/libvirt-${version}.json`);
  return loadGrammar(JSON.parse(readFileSync(file, 'utf8')));
});

/** All that is read of a domain, but for the tree that it is read from. */
const parts: Readonly<Record<Exclude<keyof Domain, 'root'>, true>> = {
  uri: true,
  name: true,
  uuid: true,
  type: true,
  memory: true,
  currentMemory: true,
  vcpus: true,
  currentVcpus: true,
  arch: true,
  machine: true,
  emulator: true,
  cpu: true,
  firmware: true,
  memoryBacking: true,
  numaTune: true,
  launchSecurity: true,
  disks: true,
  interfaces: true,
  hostDevices: true,
  filesystems: true,
  sharedMemories: true,
  tpms: true,
};

/** What is said of a document, and what was read of it. */
function said(cache: ParseCache, text: string, grammar: Grammar): string {
  const xml = cache.domainXml('mem:/a.domain.xml', text);
  const { domain } = xml;
  const read =
    domain === undefined
      ? []
      : (Object.keys(parts) as (keyof typeof parts)[]).map((part) => domain[part]);
  return JSON.stringify([xml.problems, cache.grammar.problems(xml, grammar), read]);
}

test('what is said of an edited document does not depend on the versions before it', () => {
  const draw = drawing(77);
  let withFaults = 0;
  const cache = createParseCache();
  for (let round = 0; round < 100; round++) {
    let text = editedDocuments[round % editedDocuments.length] ?? '';
    let before = text;
    for (let edit = 0; edit < 12; edit++) {
      text = edited(text, draw);
      const grammar = grammars[draw(8) === 0 ? 1 : 0];
      assert.ok(grammar);
      const now = said(cache, text, grammar);
      assert.equal(now, said(createParseCache(), text, grammar), JSON.stringify([before, text]));
      if (now.includes('"grammar-')) withFaults++;
      if (!now.includes('"xml-')) before = text;
      else if (draw(3) > 0) text = before;
    }
  }
  assert.ok(withFaults > 120, `only ${String(withFaults)} versions departed from the grammar`);
});

test('a namespace that a child declares counts for its own name', () => {
  const [grammar] = grammars;
  assert.ok(grammar);
  const example = editedDocuments[1] ?? '';
  const own = example.replace('<devices>', "<devices xmlns='urn:other'>");
  assert.notEqual(own, example);
  assert.match(said(createParseCache(), own, grammar), /grammar-element/);
});
