import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CheckResponse, ModelResponse } from '../../core/service/protocol.ts';
import { Editor } from './editor.ts';
import { domainXml, files, migration } from './samples.ts';

let editor: Editor;
let uri: string;
before(async () => {
  editor = await Editor.start({
    files,
    capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } },
  });
  uri = await editor.open('a.migration.yaml', migration);
});
after(() => editor.stop());

describe('initialize', () => {
  it('announces what the server can do', () => {
    const { capabilities } = editor.initializeResult;
    assert.deepEqual(capabilities.textDocumentSync, { openClose: true, change: 2 });
    for (const name of [
      'hoverProvider',
      'completionProvider',
      'codeActionProvider',
      'codeLensProvider',
      'inlayHintProvider',
      'documentSymbolProvider',
      'definitionProvider',
      'referencesProvider',
      'documentLinkProvider',
      'diagnosticProvider',
    ] as const) {
      assert.ok(capabilities[name], name);
    }
  });
});

describe('requests', () => {
  it('completion replaces the word and carries its documentation', async () => {
    const other = await editor.open('c.migration.yaml', 'policy:\n  band');
    const items = await editor.request<
      {
        label: string;
        textEdit: { range: unknown; newText: string };
        documentation?: { value: string };
      }[]
    >('textDocument/completion', {
      textDocument: { uri: other },
      position: { line: 1, character: 6 },
    });
    const item = items.find((each) => each.label === 'bandwidth');
    assert.deepEqual(item?.textEdit, {
      range: { start: { line: 1, character: 2 }, end: { line: 1, character: 6 } },
      newText: 'bandwidth: ',
    });
    assert.match(item.documentation?.value ?? '', /MiB\/s/);
    await editor.close(other);
  });
  it('completion is plain text for a client without snippets', async () => {
    const plain = await Editor.start({ files });
    const other = await plain.open('c.migration.yaml', `${migration}networks:\n  `);
    const position = plain.document(other).positionAt(plain.document(other).getText().length);
    const items = await plain.request<
      { textEdit: { newText: string }; insertTextFormat: number }[]
    >('textDocument/completion', { textDocument: { uri: other }, position });
    assert.ok(items.length > 0);
    for (const item of items) {
      assert.equal(item.insertTextFormat, 1);
      assert.ok(!item.textEdit.newText.includes('$'));
    }
    await plain.stop();
  });
  it('hover is Markdown in which texts of files are code', async () => {
    const found = await editor.request<{ contents: { kind: string; value: string } }>(
      'textDocument/hover',
      { textDocument: { uri }, position: editor.position(uri, 'sda') },
    );
    assert.equal(found.contents.kind, 'markdown');
    assert.match(found.contents.value, /`\/var\/lib\/libvirt\/images\/openEulerVM\.qcow2`/);
  });
  it('definition leads into the domain XML', async () => {
    const [found] = await editor.request<{ targetUri: string; targetRange: { start: unknown } }[]>(
      'textDocument/definition',
      { textDocument: { uri }, position: editor.position(uri, 'sdb') },
    );
    assert.equal(found?.targetUri, editor.uri('openEulerVM.domain.xml'));
    const line = domainXml.slice(0, domainXml.lastIndexOf('<disk')).split('\n').length - 1;
    assert.deepEqual(found.targetRange.start, { line, character: 4 });
  });
  it('inlay hints, symbols and links are answered', async () => {
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    const hints = await editor.request<{ label: string }[]>('textDocument/inlayHint', {
      textDocument: { uri },
      range,
    });
    assert.deepEqual(
      hints.map((hint) => hint.label),
      ['= 4.19Gbit/s', 'all memory once: 2.05s; dirty rate not measured'],
    );
    const symbols = await editor.request<{ name: string }[]>('textDocument/documentSymbol', {
      textDocument: { uri },
    });
    assert.ok(symbols.some((symbol) => symbol.name === 'storage'));
    const links = await editor.request<{ target: string }[]>('textDocument/documentLink', {
      textDocument: { uri },
    });
    assert.equal(links[0]?.target, editor.uri('openEulerVM.domain.xml'));
  });
  it('“fix all” is offered only when it is asked for', async () => {
    const wrong = await editor.open('f.migration.yaml', migration.replace('mixed', 'mixd'));
    const ask = (only?: string[]): Promise<{ kind: string }[]> =>
      editor.request('textDocument/codeAction', {
        textDocument: { uri: wrong },
        range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } },
        context: { diagnostics: [], ...(only === undefined ? {} : { only }) },
      });
    assert.ok((await ask()).every((action) => action.kind === 'quickfix'));
    assert.deepEqual(
      (await ask(['source.fixAll'])).map((action) => action.kind),
      ['source.fixAll'],
    );
    await editor.close(wrong);
  });
  it('nothing is said about documents that are none of ours', async () => {
    const other = await editor.open('notes.txt', 'kind: Migration', 'plaintext');
    assert.equal(
      await editor.request('textDocument/hover', {
        textDocument: { uri: other },
        position: { line: 0, character: 1 },
      }),
      null,
    );
  });
});

describe('the messages beyond the protocol', () => {
  it('livemigrate/check gives problems with their fixes, and what waits for which host', async () => {
    const wrong = await editor.open('w.migration.yaml', migration.replace('mixed', 'mixd'));
    const found = await editor.request<CheckResponse>('livemigrate/check', { uri: wrong });
    const problem = found.problems.find(({ code }) => code === 'wrong-value');
    assert.equal(problem?.fixes[0]?.edits[0]?.newText, 'mixed');
    assert.match(problem.documentation ?? '', /docs\/rules\/wrong-value\.md$/);
    assert.ok(found.waiting.some((group) => group.host === 'kvm02' && group.rules.length > 0));
    await editor.close(wrong);
  });
  it('livemigrate/check works on a file that is not open', async () => {
    const found = await editor.request<CheckResponse>('livemigrate/check', {
      uri: editor.uri('move.migration.yaml'),
    });
    assert.deepEqual(
      found.problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    assert.ok(found.waiting.length > 0);
  });
  it('livemigrate/model says what a descriptor describes', async () => {
    assert.deepEqual(await editor.request<ModelResponse>('livemigrate/model', { uri }), {
      domain: 'openEulerVM',
      source: 'kvm01',
      destination: 'kvm02',
      domainXml: editor.uri('openEulerVM.domain.xml'),
      inventories: [editor.uri('hosts.migration.yaml')],
      disks: [
        { target: 'sda', action: 'copy' },
        { target: 'sdb', action: 'shared' },
      ],
    });
    assert.equal(
      await editor.request('livemigrate/model', { uri: editor.uri('hosts.migration.yaml') }),
      null,
    );
  });
  it('livemigrate/facts changes what the code lenses say', async () => {
    const titles = async (): Promise<string[]> => {
      const lenses = await editor.request<{ command: { title: string } }[]>(
        'textDocument/codeLens',
        { textDocument: { uri } },
      );
      return lenses.map((lens) => lens.command.title);
    };
    assert.ok(
      (await titles()).some((title) =>
        /checks wait for kvm02: kvm02 was not asked yet/.test(title),
      ),
    );
    const failed = { ok: false, why: 'x', from: 'y' };
    const kvm02 = {
      name: 'kvm02',
      at: 1,
      unreachable: 'connection refused',
      identity: failed,
      versions: failed,
      capacity: failed,
      cpu: failed,
      networks: failed,
      bridges: failed,
      pools: failed,
      domains: failed,
      images: {},
    };
    await editor.connection.sendNotification('livemigrate/facts', {
      snapshot: { format: 'livemigrate-facts/1', hosts: { kvm02 } },
    });
    assert.ok((await titles()).some((title) => /for kvm02: .*connection refused/.test(title)));
    await editor.connection.sendNotification('livemigrate/facts', { snapshot: { hosts: 'x' } });
    assert.ok(
      (await titles()).some((title) => /connection refused/.test(title)),
      'a bad snapshot is ignored',
    );
  });
});
