import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';
import type { Field } from '../../../core/descriptor/field-types.ts';
import { migrationFields } from '../../../core/descriptor/fields.ts';
import { inventoryFields } from '../../../core/descriptor/inventory-fields.ts';
import { loadDescriptor } from '../../../core/descriptor/load.ts';
import { readDomain } from '../../../core/domain/read.ts';
import { parseXml } from '../../../core/xml/parse.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const files: Readonly<Record<string, string>> = {
  'source.live-migration': 'syntaxes/live-migration.tmLanguage.json',
  'text.xml.libvirt-domain': 'syntaxes/libvirt-domain.tmLanguage.json',
};

const wasm = await readFile(
  createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'),
);
await oniguruma.loadWASM(wasm);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text: string) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async (scope) =>
    textmate.parseRawGrammar(await readFile(join(root, files[scope] ?? ''), 'utf8'), files[scope]),
});

/** The innermost scope, without its suffix, of each piece of text that is asked for. */
async function scopesOf(
  scope: string,
  text: string,
  pieces: readonly string[],
): Promise<Record<string, string | undefined>> {
  const grammar = await registry.loadGrammar(scope);
  assert.ok(grammar !== null);
  const found: Record<string, string | undefined> = {};
  let state = textmate.INITIAL;
  for (const line of text.split('\n')) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    for (const token of tokens) {
      const piece = line.slice(token.startIndex, token.endIndex).trim();
      if (pieces.includes(piece) && !(piece in found)) found[piece] = token.scopes.at(-1);
    }
  }
  return found;
}

test('a descriptor’s keys, units, values, paths and comments are told apart', async () => {
  const text = `apiVersion: livemigrate/v1
domain: openEulerVM   # the guest
storage:
  disks:
    - target: sda
      destination: { path: /mnt/vm.qcow2, size: 20GiB, create: true }
networks:
  - { mac: "52:54:00:12:34:56" }
policy:
  bandwidth: 500MiB/s
  mode: pre-copy
  unsafe: { reason: x }
`;
  const pieces = [
    'apiVersion',
    'domain',
    '# the guest',
    '/mnt/vm.qcow2',
    '20',
    'GiB',
    'true',
    'MiB/s',
    'pre-copy',
    'openEulerVM',
    'unsafe',
  ];
  assert.deepEqual(await scopesOf('source.live-migration', text, pieces), {
    apiVersion: 'keyword.control.head.live-migration',
    domain: 'entity.name.tag.live-migration',
    openEulerVM: 'string.unquoted.live-migration',
    '# the guest': 'comment.line.number-sign.live-migration',
    '/mnt/vm.qcow2': 'string.unquoted.path.live-migration',
    '20': 'constant.numeric.live-migration',
    GiB: 'keyword.other.unit.live-migration',
    true: 'constant.language.boolean.live-migration',
    'MiB/s': 'keyword.other.unit.live-migration',
    'pre-copy': 'support.constant.live-migration',
    unsafe: 'invalid.deprecated.live-migration',
  });
});

test('a MAC address in quotes is still told apart', async () => {
  const text = 'networks:\n  - { mac: "52:54:00:12:34:56" }';
  assert.deepEqual(await scopesOf('source.live-migration', text, ['52:54:00:12:34:56']), {
    '52:54:00:12:34:56': 'constant.other.mac.live-migration',
  });
});

/** Every value that some key of the format takes from a list. */
function listedValues(field: Field): readonly string[] {
  switch (field.kind) {
    case 'enum':
      return Object.keys(field.values);
    case 'object':
      return Object.values(field.fields).flatMap(listedValues);
    case 'list':
      return listedValues(field.item);
    case 'map':
      return listedValues(field.value);
    default:
      return [];
  }
}

test('every value that a key takes from a list is coloured as one', async () => {
  const values = new Set([migrationFields, inventoryFields].flatMap(listedValues));
  assert.ok(values.size > 20);
  for (const value of values) {
    const scopes = await scopesOf('source.live-migration', `key: ${value}`, [value]);
    assert.equal(scopes[value], 'support.constant.live-migration', value);
  }
});

test('the name by which a migration calls a disk stands out', async () => {
  const text =
    "<target dev='vda' bus='virtio'/>\n<target bus='scsi' dev=\"sda\"/>\n<target dev='vd";
  assert.deepEqual(
    await scopesOf('text.xml.libvirt-domain', text, ['vda', 'virtio', 'sda', 'dev']),
    {
      dev: 'entity.other.attribute-name.libvirt-domain',
      vda: 'variable.other.disk-target.libvirt-domain',
      virtio: 'string.quoted.single.libvirt-domain',
      sda: 'variable.other.disk-target.libvirt-domain',
    },
  );
});

test('domain XML’s tags, attributes, values and what forbids copying are told apart', async () => {
  const text =
    "<disk type='file'>\n  <shareable/>\n  <!-- x -->\n  <source file='/a &amp; b'/>\n</disk>";
  assert.deepEqual(
    await scopesOf('text.xml.libvirt-domain', text, ['disk', 'type', 'file', 'shareable', '&amp;']),
    {
      disk: 'entity.name.tag.libvirt-domain',
      type: 'entity.other.attribute-name.libvirt-domain',
      file: 'string.quoted.single.libvirt-domain',
      shareable: 'keyword.other.migration.libvirt-domain',
      '&amp;': 'constant.character.entity.libvirt-domain',
    },
  );
});

test('a tag that is being typed does not colour the lines behind it', async () => {
  const scopes = await scopesOf(
    'text.xml.libvirt-domain',
    "<a>\n  <disk type='fi\n  <name>x</name>\n</a>",
    ['name'],
  );
  assert.equal(scopes['name'], 'entity.name.tag.libvirt-domain');
});

interface Snippet {
  readonly prefix: string | readonly string[];
  readonly description: string;
  readonly body: readonly string[];
}

/** The snippet as it stands after it was inserted and left at its defaults. */
function inserted(snippet: Snippet): string {
  return snippet.body
    .join('\n')
    .replace(/\$\{\d+\|([^,|]*)[^|]*\|\}/g, '$1')
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
    .replace(/\$\d+/g, '');
}

async function snippetsIn(file: string): Promise<readonly [string, Snippet][]> {
  return Object.entries(
    JSON.parse(await readFile(join(root, file), 'utf8')) as Record<string, Snippet>,
  );
}

/** What has to stand around a snippet that is a part of a file. */
const surroundings: Readonly<Record<string, (body: string) => string>> = {
  'Host entry': (body) =>
    `apiVersion: livemigrate/v1\nkind: HostInventory\nhosts:\n${indented(body, 2)}`,
  'Disk entry': (body) => `${head}storage:\n  disks:\n${indented(body, 4)}`,
};
const head = 'apiVersion: livemigrate/v1\nkind: Migration\ndomain: vm\nsource: a\ndestination: b\n';

function indented(text: string, columns: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(columns));
}

for (const [name, snippet] of await snippetsIn('snippets/live-migration.json')) {
  test(`the snippet “${name}” is free of mistakes as it is inserted`, () => {
    const body = inserted(snippet);
    const wrap =
      surroundings[name] ?? ((text: string) => (text.startsWith('policy:') ? head + text : text));
    const { problems } = loadDescriptor('file:///x.migration.yaml', wrap(body));
    assert.deepEqual(problems, []);
    assert.notEqual(snippet.description, '');
  });
}

for (const [name, snippet] of await snippetsIn('snippets/libvirt-domain.json')) {
  test(`the snippet “${name}” is read as a device without mistakes as it is inserted`, () => {
    const document = parseXml(`<domain><devices>${inserted(snippet)}</devices></domain>`);
    const { domain, problems } = readDomain('file:///x.domain.xml', document);
    assert.deepEqual([...document.problems, ...problems], []);
    assert.equal((domain?.disks.length ?? 0) + (domain?.interfaces.length ?? 0), 1);
    assert.notEqual(snippet.description, '');
  });
}
