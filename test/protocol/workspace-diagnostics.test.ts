import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import type {
  Diagnostic,
  WorkspaceDiagnosticReport,
  WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver/node';
import { Editor, textOf } from './editor.ts';
import type { EditorOptions } from './editor.ts';
import { domainXml, files, inventory, migration } from './samples.ts';

let editor: Editor;
afterEach(() => editor.stop());

const start = async (options: EditorOptions): Promise<void> => {
  editor = await Editor.start(options);
};
const has =
  (code: string) =>
  (all: readonly Diagnostic[]): boolean =>
    all.some((each) => each.code === code);
const lacks =
  (code: string) =>
  (all: readonly Diagnostic[]): boolean =>
    !has(code)(all);

/** Two migrations with a mistake, one without, and one that nobody should look at. */
const folder = {
  ...files,
  'rack1/a.migration.yaml': migration.replace('mixed', 'mixd').replace('./open', '../open'),
  'rack2/deep/b.migration.yaml': migration
    .replace('500MiB/s', '500')
    .replace('./open', '../../open'),
  'node_modules/x/c.migration.yaml': migration.replace('mixed', 'mixd'),
};
const watching = { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } };
const pulling = {
  textDocument: { diagnostic: {} },
  workspace: { ...watching.workspace, diagnostics: { refreshSupport: true } },
};
const full = (report: WorkspaceDocumentDiagnosticReport | undefined): readonly Diagnostic[] => {
  assert.equal(report?.kind, 'full');
  return report.items;
};
const changed = (path: string, type: number): Promise<void> =>
  editor.connection.sendNotification('workspace/didChangeWatchedFiles', {
    changes: [{ uri: editor.uri(path), type }],
  });

describe('descriptors that nobody opened', () => {
  it('have diagnostics as soon as the workspace is known, packages of others excepted', async () => {
    await start({ files: folder });
    await editor.diagnosticsOf(editor.uri('rack1/a.migration.yaml'), has('wrong-value'));
    await editor.diagnosticsOf(editor.uri('rack2/deep/b.migration.yaml'), has('unit-missing'));
    assert.equal(editor.published.get(editor.uri('node_modules/x/c.migration.yaml')), undefined);
    assert.equal(editor.published.get(editor.uri('move.migration.yaml')), undefined);
  });

  it('have none when only open ones are to be validated', async () => {
    await start({ files: folder, initializationOptions: { validate: 'open' } });
    const uri = await editor.open('move.migration.yaml', migration.replace('mixed', 'mixd'));
    await editor.diagnosticsOf(uri, has('wrong-value'));
    await editor.close(uri);
    await editor.diagnosticsOf(uri, (all) => all.length === 0);
    assert.equal(editor.published.get(editor.uri('rack1/a.migration.yaml')), undefined);
  });

  it('lose them when the file is mended, get new ones, and lose all when it is removed', async () => {
    await start({ files: folder, capabilities: watching });
    const uri = editor.uri('rack1/a.migration.yaml');
    await editor.diagnosticsOf(uri, has('wrong-value'));
    const path = join(editor.folder, 'rack1/a.migration.yaml');
    writeFileSync(path, migration.replace('500MiB/s', '500').replace('./open', '../open'));
    await changed('rack1/a.migration.yaml', 2);
    await editor.diagnosticsOf(uri, (all) => has('unit-missing')(all) && lacks('wrong-value')(all));
    rmSync(path);
    await changed('rack1/a.migration.yaml', 3);
    await editor.diagnosticsOf(uri, (all) => all.length === 0);
  });

  it('are found when they appear', async () => {
    await start({ files: folder, capabilities: watching });
    await editor.diagnosticsOf(editor.uri('rack1/a.migration.yaml'), has('wrong-value'));
    writeFileSync(join(editor.folder, 'new.migration.yaml'), migration.replace('mixed', 'mixd'));
    await changed('new.migration.yaml', 1);
    await editor.diagnosticsOf(editor.uri('new.migration.yaml'), has('wrong-value'));
  });

  it('are checked again when the inventory that they share is edited', async () => {
    await start({ files: folder, capabilities: watching });
    await editor.diagnosticsOf(editor.uri('rack1/a.migration.yaml'), has('wrong-value'));
    const hosts = await editor.open('hosts.migration.yaml', inventory);
    await editor.replace(hosts, 'name: kvm02', 'name: kvm03');
    for (const path of ['rack2/deep/b.migration.yaml', 'move.migration.yaml']) {
      await editor.diagnosticsOf(editor.uri(path), has('host-unknown'));
    }
    await editor.replace(hosts, 'name: kvm03', 'name: kvm02');
    await editor.diagnosticsOf(editor.uri('move.migration.yaml'), lacks('host-unknown'));
  });

  it('are checked again when the domain XML that they link is edited, with both places named', async () => {
    await start({ files: folder, capabilities: watching });
    await editor.diagnosticsOf(editor.uri('rack1/a.migration.yaml'), has('wrong-value'));
    const xml = await editor.open('openEulerVM.domain.xml', domainXml, 'libvirt-domain');
    await editor.replace(xml, '<name>openEulerVM</name>', '<name>other</name>');
    const [found] = (
      await editor.diagnosticsOf(editor.uri('move.migration.yaml'), has('domain-name-mismatch'))
    ).filter(({ code }) => code === 'domain-name-mismatch');
    assert.equal(found?.relatedInformation?.[0]?.location.uri, xml);
  });

  it('keep the diagnostics of an open one when it is closed again', async () => {
    await start({ files: folder, capabilities: watching });
    const text = folder['rack1/a.migration.yaml'];
    const uri = await editor.open('rack1/a.migration.yaml', text);
    await editor.diagnosticsOf(uri, has('wrong-value'));
    await editor.replace(uri, 'mixd', 'mixed');
    await editor.diagnosticsOf(uri, lacks('wrong-value'));
    await editor.close(uri);
    await editor.diagnosticsOf(uri, has('wrong-value'));
  });
});

describe('two migrations of one folder', () => {
  it('that move one domain away from one host point to each other', async () => {
    await start({
      files: { ...files, 'again.migration.yaml': migration.replace('kvm02', 'kvm03') },
    });
    const uri = editor.uri('again.migration.yaml');
    const [found] = (await editor.diagnosticsOf(uri, has('domain-migrated-twice'))).filter(
      ({ code }) => code === 'domain-migrated-twice',
    );
    assert.equal(found?.relatedInformation?.[0]?.location.uri, editor.uri('move.migration.yaml'));
    await editor.diagnosticsOf(editor.uri('move.migration.yaml'), has('domain-migrated-twice'));
  });

  it('that copy to one path warn, until one of them goes elsewhere', async () => {
    const other = migration
      .replace('domain: openEulerVM', 'domain: other')
      .replace('domainXml: ./openEulerVM.domain.xml\n', '');
    await start({ files: { ...files, 'other.migration.yaml': other }, capabilities: watching });
    const move = editor.uri('move.migration.yaml');
    await editor.diagnosticsOf(move, has('destination-path-taken-twice'));
    const uri = await editor.open('other.migration.yaml', other);
    await editor.diagnosticsOf(uri, has('destination-path-taken-twice'));
    await editor.replace(uri, '/mnt/images/openEulerVM.qcow2', '/mnt/images/other.qcow2');
    await editor.diagnosticsOf(uri, lacks('destination-path-taken-twice'));
    await editor.diagnosticsOf(move, lacks('destination-path-taken-twice'));
  });
});

describe('workspace/diagnostic', () => {
  const pull = (previousResultIds: readonly { uri: string; value: string }[] = []) =>
    editor.request<WorkspaceDiagnosticReport>('workspace/diagnostic', { previousResultIds });

  it('answers for every descriptor, and says what is unchanged', async () => {
    await start({ files: folder, capabilities: pulling });
    const first = await pull();
    const byUri = new Map(first.items.map((item) => [item.uri, item]));
    assert.ok(has('wrong-value')(full(byUri.get(editor.uri('rack1/a.migration.yaml')))));
    assert.ok(has('unit-missing')(full(byUri.get(editor.uri('rack2/deep/b.migration.yaml')))));
    assert.ok(lacks('wrong-value')(full(byUri.get(editor.uri('move.migration.yaml')))));
    const ids = first.items.map(({ uri, resultId }) => ({ uri, value: resultId ?? '' }));
    const second = await pull(ids);
    assert.deepEqual(
      second.items.map(({ kind }) => kind),
      ids.map(() => 'unchanged'),
    );
    writeFileSync(join(editor.folder, 'rack1/a.migration.yaml'), migration);
    await changed('rack1/a.migration.yaml', 2);
    const third = await pull(ids);
    assert.deepEqual(
      third.items.flatMap(({ kind, uri }) => (kind === 'full' ? [uri] : [])),
      [editor.uri('rack1/a.migration.yaml')],
    );
    assert.equal(editor.published.size, 0);
  });

  it('streams to a client that takes partial results, and goes on with what changes', async () => {
    await start({ files: folder, capabilities: pulling });
    const reports = new Map<string, WorkspaceDocumentDiagnosticReport>();
    editor.connection.onNotification(
      '$/progress',
      ({ value }: { value: WorkspaceDiagnosticReport }) => {
        for (const item of value.items) reports.set(item.uri, item);
      },
    );
    const source = new CancellationTokenSource();
    const answer = editor.connection.sendRequest(
      'workspace/diagnostic',
      { previousResultIds: [], partialResultToken: 'p' },
      source.token,
    );
    const uri = editor.uri('rack1/a.migration.yaml');
    await until(() => reports.has(uri));
    assert.ok(has('wrong-value')(full(reports.get(uri))));
    writeFileSync(join(editor.folder, 'rack1/a.migration.yaml'), migration);
    await changed('rack1/a.migration.yaml', 2);
    await until(() => lacks('wrong-value')(full(reports.get(uri))));
    source.cancel();
    await assert.rejects(answer, { code: -32800 });
  });

  it('answers for domain XML that nobody opened', async () => {
    const broken = '<domain type="kvm"><name>a</name><memroy>1</memroy></domain>\n';
    await start({ files: { ...folder, 'rack1/a.domain.xml': broken }, capabilities: pulling });
    const { items } = await pull();
    const found = items.find(({ uri }) => uri === editor.uri('rack1/a.domain.xml'));
    assert.ok(has('grammar-element')(full(found)));
  });

  it('gives the document its own answer when nothing has changed in it', async () => {
    await start({ files: folder, capabilities: pulling });
    const uri = await editor.open('a.migration.yaml', migration.replace('mixed', 'mixd'));
    const ask = (previousResultId?: string) =>
      editor.request<{ kind: string; resultId: string }>('textDocument/diagnostic', {
        textDocument: { uri },
        previousResultId,
      });
    const first = await ask();
    assert.equal(first.kind, 'full');
    assert.equal((await ask(first.resultId)).kind, 'unchanged');
    await editor.replace(uri, 'domain: openEulerVM\n', 'domain: openEulerVM \n');
    assert.equal((await ask(first.resultId)).kind, 'full');
  });
});

describe('levels of rules in the settings', () => {
  const text = migration.replace('action: shared', 'action: copy');
  it('hold for files that say nothing of the rule', async () => {
    await start({
      files,
      initializationOptions: { rules: { 'shareable-disk-copied': 'warning', nonsense: 'off' } },
    });
    const uri = await editor.open('a.migration.yaml', text);
    const found = (await editor.diagnosticsOf(uri, has('shareable-disk-copied'))).find(
      ({ code }) => code === 'shareable-disk-copied',
    );
    assert.equal(found?.severity, 2);
    assert.ok(editor.log.some((line) => line.includes('nonsense')));
    const own = await editor.open(
      'b.migration.yaml',
      `${text}rules:\n  shareable-disk-copied: error\n`,
    );
    const strict = (await editor.diagnosticsOf(own, has('shareable-disk-copied'))).find(
      ({ code }) => code === 'shareable-disk-copied',
    );
    assert.equal(strict?.severity, 1, strict && textOf(strict));
  });

  it('are read from the editor, and again when it tells of a change', async () => {
    let rules: Record<string, string> = { 'shareable-disk-copied': 'off' };
    await start({
      files,
      capabilities: { workspace: { configuration: true } },
      configuration: () => ({ rules }),
    });
    const uri = await editor.open('a.migration.yaml', text);
    await editor.diagnosticsOf(uri, lacks('shareable-disk-copied'));
    rules = {};
    await editor.connection.sendNotification('workspace/didChangeConfiguration', {
      settings: null,
    });
    await editor.diagnosticsOf(uri, has('shareable-disk-copied'));
  });
});

async function until(holds: () => boolean): Promise<void> {
  const limit = Date.now() + 8000;
  while (!holds()) {
    assert.ok(Date.now() < limit, 'it did not come to pass in 8 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
