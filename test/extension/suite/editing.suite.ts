import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';

const id = 'live-migrate.live-migrate';
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'live-migrate-suite-'));
});

after(async () => {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await rm(folder, { recursive: true, force: true });
});

/** Waits for what a server answers in its own time. */
async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + 45_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what} did not come within 45 s`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function open(name: string, text: string): Promise<vscode.TextDocument> {
  const path = join(folder, name);
  await writeFile(path, text);
  const document = await vscode.workspace.openTextDocument(path);
  // A preview would be closed by the next document, and its problems with it.
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}

function problemsOf(document: vscode.TextDocument, code: string): vscode.Diagnostic | undefined {
  return vscode.languages
    .getDiagnostics(document.uri)
    .find((each) => (typeof each.code === 'object' ? each.code.value : each.code) === code);
}

const migration = `apiVersion: livemigrate/v1
kind: Migration
domain: vm01
source: kvm01
destination: kvm02
policy:
  bandwidth: 500
`;

describe('editing a migration file', () => {
  it('takes *.migration.yaml and no other YAML', async () => {
    const own = await open('vm01.migration.yaml', migration);
    assert.equal(own.languageId, 'live-migration');
    const other = await open('other.yaml', 'a: 1\n');
    assert.notEqual(other.languageId, 'live-migration');
  });

  it('activates and finds the number without its unit on its place', async () => {
    const document = await open('vm01.migration.yaml', migration);
    await eventually(
      'the activation',
      () => vscode.extensions.getExtension(id)?.isActive === true || undefined,
    );
    const problem = await eventually('the diagnostic', () => problemsOf(document, 'unit-missing'));
    assert.equal(document.getText(problem.range), '500');
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Error);
  });

  it('mends it by its quick fix', async () => {
    const document = await open('vm01.migration.yaml', migration);
    const problem = await eventually('the diagnostic', () => problemsOf(document, 'unit-missing'));
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      problem.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find((action) => action.title === 'Write 500MiB/s');
    assert.ok(fix?.edit !== undefined, actions.map((action) => action.title).join());
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    await eventually('the end of the diagnostic', () =>
      problemsOf(document, 'unit-missing') === undefined ? true : undefined,
    );
    assert.match(document.getText(), /bandwidth: 500MiB\/s/);
  });

  it('completes keys and explains them', async () => {
    const document = await open('vm02.migration.yaml', migration);
    await eventually('the diagnostic', () => problemsOf(document, 'unit-missing'));
    const end = document.positionAt(document.getText().length);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, end, '  max');
    await vscode.workspace.applyEdit(edit);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      end.translate(0, 5),
    );
    const labels = list.items.map((item) =>
      typeof item.label === 'string' ? item.label : item.label.label,
    );
    assert.ok(labels.includes('maxDowntime'), labels.join());
    const at = document.positionAt(document.getText().indexOf('bandwidth') + 2);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      at,
    );
    const text = hovers
      .flatMap((hover) => hover.contents)
      .map((each) => (each instanceof vscode.MarkdownString ? each.value : ''))
      .join('\n');
    assert.match(text, /--bandwidth/);
  });

  it('looks at domain XML by its name, and at other XML not at all', async () => {
    const domain = await open('vm01.domain.xml', "<domain type='kvm'>\n  <name>vm01\n</domain>\n");
    assert.equal(domain.languageId, 'libvirt-domain');
    await eventually('the diagnostic', () => problemsOf(domain, 'xml-unclosed-element'));
    const other = await open('pom.xml', '<project>\n  <name>x\n</project>\n');
    await eventually('an answer about the domain', () =>
      problemsOf(domain, 'xml-unclosed-element'),
    );
    assert.deepEqual(
      vscode.languages.getDiagnostics(other.uri).filter((each) => each.source === 'live-migrate'),
      [],
    );
  });

  it('registers every command that the manifest promises', async () => {
    await open('vm01.migration.yaml', migration);
    await eventually(
      'the activation',
      () => vscode.extensions.getExtension(id)?.isActive === true || undefined,
    );
    const manifest = vscode.extensions.getExtension(id)?.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const known = new Set(await vscode.commands.getCommands(true));
    const missing = manifest.contributes.commands
      .map((each) => each.command)
      .filter((each) => !known.has(each));
    assert.deepEqual(missing, []);
  });
});
