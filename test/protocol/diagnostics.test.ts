import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import type { Diagnostic } from 'vscode-languageserver/node';
import { Editor, textOf } from './editor.ts';
import type { EditorOptions } from './editor.ts';
import { domainXml, files, inventory, migration } from './samples.ts';

let editor: Editor;
const start = async (options: EditorOptions = {}): Promise<Editor> => {
  editor = await Editor.start({ files, ...options });
  return editor;
};
afterEach(() => editor.stop());

const codes = (diagnostics: readonly Diagnostic[]): readonly unknown[] =>
  diagnostics.map((diagnostic) => diagnostic.code);
const has =
  (code: string) =>
  (diagnostics: readonly Diagnostic[]): boolean =>
    codes(diagnostics).includes(code);
const lacks =
  (code: string) =>
  (diagnostics: readonly Diagnostic[]): boolean =>
    !codes(diagnostics).includes(code);

describe('diagnostics of a descriptor', () => {
  it('stand on the line that is wrong, with code, source and a page', async () => {
    await start();
    const uri = await editor.open('a.migration.yaml', migration.replace('500MiB/s', '500'));
    const [found] = (await editor.diagnosticsOf(uri)).filter(({ code }) => code === 'unit-missing');
    assert.ok(found);
    assert.deepEqual(found.range.start, editor.position(uri, '500\n'));
    assert.equal(found.severity, 1);
    assert.equal(found.source, 'live-migrate');
    assert.match(found.codeDescription?.href ?? '', /unit-missing/);
  });

  it('are clean again once the preferred quick fix is applied', async () => {
    await start();
    const uri = await editor.open('a.migration.yaml', migration.replace('mixed', 'mixd'));
    const [found] = await editor.diagnosticsOf(uri, has('wrong-value'));
    assert.ok(found);
    const actions = await editor.request<
      { isPreferred?: boolean; edit: { changes: Record<string, never[]> } }[]
    >('textDocument/codeAction', {
      textDocument: { uri },
      range: found.range,
      context: { diagnostics: [found] },
    });
    const preferred = actions.find((action) => action.isPreferred === true);
    assert.ok(preferred);
    await editor.edit(uri, preferred.edit.changes[uri] ?? []);
    assert.equal(editor.document(uri).getText(), migration);
    await editor.diagnosticsOf(uri, lacks('wrong-value'));
  });

  it('judge the disks by the linked domain XML', async () => {
    await start();
    const copied = migration.replace('action: shared', 'action: copy');
    const uri = await editor.open('a.migration.yaml', copied);
    const [found] = (await editor.diagnosticsOf(uri, has('shareable-disk-copied'))).filter(
      ({ code }) => code === 'shareable-disk-copied',
    );
    assert.ok(found);
    const line = editor.position(uri, 'target: sdb').line;
    assert.ok(found.range.start.line === line || found.range.start.line === line + 1);
    const related = found.relatedInformation?.[0];
    assert.equal(related?.location.uri, editor.uri('openEulerVM.domain.xml'));
  });

  it('follow changes of the domain XML in its own editor before it is saved', async () => {
    await start();
    const uri = await editor.open(
      'a.migration.yaml',
      migration.replace('action: shared', 'action: copy'),
    );
    await editor.diagnosticsOf(uri, has('shareable-disk-copied'));
    const xml = await editor.open('openEulerVM.domain.xml', domainXml, 'libvirt-domain');
    await editor.replace(xml, '<shareable/>', '');
    await editor.diagnosticsOf(uri, lacks('shareable-disk-copied'));
    await editor.close(xml);
    await editor.diagnosticsOf(uri, has('shareable-disk-copied'));
  });

  it('follow changes of the domain XML on disk that the editor tells of', async () => {
    await start();
    const uri = await editor.open('a.migration.yaml', migration);
    await editor.diagnosticsOf(uri, lacks('domain-xml-missing'));
    rmSync(join(editor.folder, 'openEulerVM.domain.xml'));
    const changes = [{ uri: editor.uri('openEulerVM.domain.xml'), type: 3 }];
    await editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
    await editor.diagnosticsOf(uri, has('domain-xml-missing'));
    writeFileSync(join(editor.folder, 'openEulerVM.domain.xml'), domainXml);
    await editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
    await editor.diagnosticsOf(uri, lacks('domain-xml-missing'));
  });

  it('name a host that no inventory lists, with the nearest name as fix', async () => {
    await start();
    const uri = await editor.open('a.migration.yaml', migration.replace('kvm02', 'kmv02'));
    const found = (await editor.diagnosticsOf(uri, has('host-unknown'))).find(
      ({ code }) => code === 'host-unknown',
    );
    assert.ok(found);
    assert.deepEqual(found.range.start, editor.position(uri, 'kmv02'));
    assert.match(textOf(found), /kvm02/);
  });

  it('follow the inventory, in this folder or above it', async () => {
    await start({
      files: { 'openEulerVM.domain.xml': domainXml, 'hosts.migration.yaml': inventory },
    });
    const uri = await editor.open(
      'guests/a.migration.yaml',
      migration.replace('./open', '../open'),
    );
    await editor.diagnosticsOf(uri, lacks('host-unknown'));
    const hosts = await editor.open('hosts.migration.yaml', inventory);
    await editor.replace(hosts, 'name: kvm02', 'name: kvm03');
    await editor.diagnosticsOf(uri, has('host-unknown'));
  });

  it('take the inventory of the setting when there is none beside the file', async () => {
    await start({
      files: { 'openEulerVM.domain.xml': domainXml, 'elsewhere/all.yaml': inventory },
      initializationOptions: { inventory: 'elsewhere/all.yaml' },
    });
    const uri = await editor.open('a.migration.yaml', migration);
    const found = await editor.diagnosticsOf(uri);
    assert.ok(lacks('host-unknown')(found), JSON.stringify(found));
  });

  it('say that the linked XML describes another domain', async () => {
    await start();
    const uri = await editor.open(
      'a.migration.yaml',
      migration.replace('domain: openEulerVM', 'domain: other'),
    );
    await editor.diagnosticsOf(uri, has('domain-name-mismatch'));
  });

  it('come for a domain XML that is not open while a descriptor speaks of it, and go with it', async () => {
    await start({
      files: { ...files, 'openEulerVM.domain.xml': domainXml.replace('</vcpu>', '') },
    });
    const uri = await editor.open('a.migration.yaml', migration);
    await editor.diagnosticsOf(uri, has('domain-xml-unreadable'));
  });

  it('are Chinese for a Chinese client', async () => {
    await start({ locale: 'zh-cn' });
    const uri = await editor.open('a.migration.yaml', migration.replace('kvm02', 'nowhere'));
    const found = await editor.diagnosticsOf(uri, has('host-unknown'));
    const host = found.find(({ code }) => code === 'host-unknown');
    assert.ok(host);
    assert.match(textOf(host), /[\u4e00-\u9fff]/);
  });
});

describe('domain XML', () => {
  it('is diagnosed under its own language id', async () => {
    await start();
    const uri = await editor.open(
      'x.domain.xml',
      '<domain>\n  <name>a</nam>\n</domain>\n',
      'libvirt-domain',
    );
    const found = await editor.diagnosticsOf(uri, (all) => all.length > 0);
    assert.equal(found[0]?.range.start.line, 1);
  });
  it('is diagnosed as plain xml only when its root element is domain', async () => {
    await start();
    const ours = await editor.open(
      'a.xml',
      '<?xml version="1.0"?>\n<!-- x -->\n<domain><a></domain>',
      'xml',
    );
    await editor.diagnosticsOf(ours, (all) => all.length > 0);
    const other = await editor.open('b.xml', '<project><a></project>', 'xml');
    assert.deepEqual(await editor.diagnosticsOf(other), []);
  });
});

describe('a stream of changes', () => {
  it('ends in the diagnostics of the last text and is not answered change by change', async () => {
    await start();
    const uri = await editor.open('a.migration.yaml', migration);
    await editor.diagnosticsOf(uri);
    editor.forgetDiagnostics();
    const storm: Promise<void>[] = [];
    for (let i = 0; i < 400; i++) {
      const text =
        i % 2 === 0 ? ['500MiB/s', '500'] : ['bandwidth: 500\n', 'bandwidth: 500MiB/s\n'];
      storm.push(editor.replace(uri, text[0] ?? '', text[1] ?? ''));
    }
    storm.push(editor.replace(uri, 'mixed', 'mixxed'));
    await Promise.all(storm);
    await editor.diagnosticsOf(uri, (all) => has('wrong-value')(all) && lacks('unit-missing')(all));
    const count = editor.published.get(uri) ?? 0;
    assert.ok(count < 100, `${String(count)} publications for 401 changes`);
  });
});

describe('diagnostics that the client pulls', () => {
  const pulling: EditorOptions = {
    capabilities: {
      textDocument: { diagnostic: {} },
      workspace: { diagnostics: { refreshSupport: true }, codeLens: { refreshSupport: true } },
    },
  };
  it('are answered on request and not pushed', async () => {
    await start(pulling);
    const uri = await editor.open('a.migration.yaml', migration.replace('500MiB/s', '500'));
    const report = await editor.request<{ kind: string; items: Diagnostic[] }>(
      'textDocument/diagnostic',
      { textDocument: { uri } },
    );
    assert.equal(report.kind, 'full');
    assert.ok(has('unit-missing')(report.items));
    assert.equal(editor.published.get(uri), undefined);
  });
  it('are asked for again when facts arrive', async () => {
    await start(pulling);
    const uri = await editor.open('a.migration.yaml', migration);
    await editor.request('textDocument/diagnostic', { textDocument: { uri } });
    await editor.connection.sendNotification('livemigrate/facts', {
      snapshot: { format: 'livemigrate-facts/1', hosts: {} },
    });
    const limit = Date.now() + 5000;
    while (!editor.refreshes.includes('workspace/diagnostic/refresh') && Date.now() < limit) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.ok(editor.refreshes.includes('workspace/diagnostic/refresh'));
    assert.ok(editor.refreshes.includes('workspace/codeLens/refresh'));
  });
  it('are dropped when the request is cancelled', async () => {
    await start(pulling);
    const uri = await editor.open('a.migration.yaml', migration);
    await assert.rejects(editor.cancelled('textDocument/diagnostic', { textDocument: { uri } }), {
      code: -32800,
    });
  });
});
