import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Editor, textOf } from './editor.ts';
import { domainXml, files, migration } from './samples.ts';

/** Milliseconds within which even the worst document must be answered. */
const bound = 5000;

let editor: Editor;
before(async () => {
  editor = await Editor.start({ files });
});
after(() => editor.stop());

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...Array.from('bcdefghi').map((name, index) => {
    const below = `*${'abcdefgh'.charAt(index)}`;
    return `${name}: &${name} [${Array(9).fill(below).join(', ')}]`;
  }),
].join('\n');

const big = 50 * 1024 * 1024;

interface Garbage {
  readonly name: string;
  readonly path: string;
  readonly languageId: string;
  readonly text: string;
  readonly code: RegExp;
}

const garbage: readonly Garbage[] = [
  {
    name: 'an empty descriptor',
    path: 'e.migration.yaml',
    languageId: 'live-migration',
    text: '',
    code: /^empty-file$/,
  },
  {
    name: 'an empty domain XML',
    path: 'e.domain.xml',
    languageId: 'libvirt-domain',
    text: '',
    code: /./,
  },
  {
    name: 'a binary descriptor',
    path: 'b.migration.yaml',
    languageId: 'live-migration',
    text: '\u0000\u0001\uFFFDELF\u0002'.repeat(500),
    code: /^not-text$/,
  },
  {
    name: 'a binary domain XML',
    path: 'b.domain.xml',
    languageId: 'libvirt-domain',
    text: '\u0000\u0001\uFFFDELF\u0002'.repeat(500),
    code: /^not-text$/,
  },
  {
    name: 'a descriptor of 50 MB',
    path: 'l.migration.yaml',
    languageId: 'live-migration',
    text: `${migration}#${'x'.repeat(big)}`,
    code: /^file-too-large$/,
  },
  {
    name: 'a domain XML of 50 MB',
    path: 'l.domain.xml',
    languageId: 'libvirt-domain',
    text: `<domain>${'<a/>'.repeat(big / 4)}</domain>`,
    code: /^file-too-large$/,
  },
  {
    name: '10,000 nested elements',
    path: 'n.domain.xml',
    languageId: 'libvirt-domain',
    text: `<domain>${'<a>'.repeat(10_000)}${'</a>'.repeat(10_000)}</domain>`,
    code: /deep/,
  },
  {
    name: '10,000 nested lists',
    path: 'n.migration.yaml',
    languageId: 'live-migration',
    text: `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    code: /deep/,
  },
  {
    name: '10,000 nested block lists',
    path: 'm.migration.yaml',
    languageId: 'live-migration',
    text: '- '.repeat(10_000),
    code: /./,
  },
  {
    name: 'a YAML alias bomb',
    path: 'a.migration.yaml',
    languageId: 'live-migration',
    text: bomb,
    code: /^yaml-too-many-nodes$/,
  },
  {
    name: 'an external entity',
    path: 'x.domain.xml',
    languageId: 'libvirt-domain',
    text: `<!DOCTYPE domain [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<domain><name>&x;</name></domain>`,
    code: /^xml-/,
  },
  {
    name: 'an XML entity bomb',
    path: 'y.domain.xml',
    languageId: 'libvirt-domain',
    text: `<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>\n<domain><name>&b;</name></domain>`,
    code: /^xml-/,
  },
  {
    name: 'unpaired surrogates',
    path: 's.migration.yaml',
    languageId: 'live-migration',
    text: 'kind: \ud800\udc00\ud800\ndomain: x\n',
    code: /./,
  },
  {
    name: 'a descriptor of thousands of unknown keys',
    path: 'k.migration.yaml',
    languageId: 'live-migration',
    text: `${migration}${Array.from({ length: 5000 }, (_, index) => `key${String(index)}: x`).join('\n')}`,
    code: /^unknown-key$/,
  },
];

describe('a garbage document gets a clear diagnostic in bounded time', () => {
  for (const { name, path, languageId, text, code } of garbage) {
    it(name, async () => {
      const started = performance.now();
      const uri = await editor.open(path, text, languageId);
      const found = await editor.diagnosticsOf(uri, (all) => all.length > 0);
      const took = performance.now() - started;
      assert.ok(
        found.some((diagnostic) => code.test(String(diagnostic.code))),
        JSON.stringify(found.slice(0, 5)),
      );
      assert.ok(found.every((diagnostic) => textOf(diagnostic).length > 0));
      assert.ok(found.length <= 500, `${String(found.length)} diagnostics`);
      assert.ok(took < bound, `${String(Math.round(took))} ms`);
      assert.ok(!JSON.stringify(found).includes('root:x:0'), 'an external entity was read');
      for (const method of [
        'textDocument/documentSymbol',
        'textDocument/codeLens',
        'textDocument/documentLink',
        'textDocument/foldingRange',
        'textDocument/formatting',
        'textDocument/semanticTokens/full',
      ]) {
        const options = { tabSize: 2, insertSpaces: true };
        await editor.request(method, { textDocument: { uri }, options });
      }
      const position = { line: 0, character: 1 };
      for (const method of [
        'textDocument/hover',
        'textDocument/completion',
        'textDocument/definition',
        'textDocument/references',
        'textDocument/documentHighlight',
        'textDocument/prepareRename',
      ]) {
        const context = { includeDeclaration: true };
        await editor.request(method, { textDocument: { uri }, position, context });
      }
      await editor.close(uri);
      assert.ok(performance.now() - started < 2 * bound);
    });
  }
  it('and the server still answers for a sound one', async () => {
    const uri = await editor.open('sound.migration.yaml', migration.replace('mixed', 'mixd'));
    await editor.diagnosticsOf(uri, (all) => all.some(({ code }) => code === 'wrong-value'));
    assert.deepEqual(
      editor.log.filter((line) => line.includes('failed')),
      [],
    );
  });
});

describe('a linked domain XML that is garbage', () => {
  it('is named on the line of the link', async () => {
    const uri = await editor.open(
      'link.migration.yaml',
      migration.replace('./openEulerVM.domain.xml', '/dev/zero'),
    );
    const found = await editor.diagnosticsOf(uri, (all) =>
      all.some(({ code }) => code === 'domain-xml-missing'),
    );
    assert.equal(found.find(({ code }) => code === 'domain-xml-missing')?.range.start.line, 3);
  });
});

describe('a mistake in a handler', () => {
  it('is logged, answered with an error, and the server goes on', async () => {
    const answer = { ok: true, from: 'test', value: null };
    const broken = {
      name: 'kvm01',
      at: 1,
      identity: answer,
      versions: answer,
      capacity: answer,
      cpu: answer,
      networks: answer,
      bridges: answer,
      pools: answer,
      domains: answer,
      images: {},
    };
    await editor.connection.sendNotification('livemigrate/facts', {
      snapshot: { format: 'livemigrate-facts/1', hosts: { kvm01: broken } },
    });
    const uri = await editor.open('broken.migration.yaml', migration);
    await assert.rejects(
      editor.request('textDocument/hover', {
        textDocument: { uri },
        position: editor.position(uri, 'kvm01'),
      }),
    );
    assert.ok(editor.log.some((line) => line.includes('hover failed')));
    const found = await editor.diagnosticsOf(uri, (all) => all.length > 0);
    assert.ok(
      found.some(({ severity }) => severity === 1),
      'a failed check must not look clean',
    );
    await editor.connection.sendNotification('livemigrate/facts', { snapshot: null });
    await editor.diagnosticsOf(uri, (all) => all.every(({ severity }) => severity !== 1));
    const xml = await editor.open('openEulerVM.domain.xml', domainXml, 'libvirt-domain');
    assert.ok(
      await editor.request('textDocument/hover', {
        textDocument: { uri: xml },
        position: editor.position(xml, 'disk type'),
      }),
    );
  });
});
