import * as vscode from 'vscode';
import { isDescriptorName } from '../../core/service/document-kind.ts';
import { createSignal } from '../signal.ts';
import { noInventories, readInventories } from './listed-inventories.ts';
import type { Inventories } from './listed-inventories.ts';

/** Descriptor files of a workspace that are looked at for inventories. */
const fileLimit = 500;

/** The inventories of the workspace and of the setting, kept current as files change. */
export class WorkspaceInventories implements vscode.Disposable {
  readonly changed = createSignal<Inventories>();
  private current = noInventories;
  private reading: Promise<Inventories> | undefined;
  private stale = true;
  private generation = 0;
  private readonly log: vscode.LogOutputChannel;
  private readonly disposables: vscode.Disposable[] = [];

  constructor(log: vscode.LogOutputChannel) {
    this.log = log;
    const watcher = vscode.workspace.createFileSystemWatcher('**/*.migration.{yaml,yml}');
    const refresh = (): void => {
      this.invalidate();
    };
    this.disposables.push(
      watcher,
      watcher.onDidCreate(refresh),
      watcher.onDidChange(refresh),
      watcher.onDidDelete(refresh),
      vscode.workspace.onDidChangeWorkspaceFolders(refresh),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('liveMigrate.inventory')) refresh();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && isDescriptorName(document.uri.path)) refresh();
      }),
    );
  }

  /** The inventories as they are now. */
  async read(): Promise<Inventories> {
    if (!this.stale) return this.current;
    this.reading ??= this.readUntilFresh().finally(() => (this.reading = undefined));
    return this.reading;
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private invalidate(): void {
    this.stale = true;
    this.generation++;
    void this.read();
  }

  private async readUntilFresh(): Promise<Inventories> {
    let generation: number;
    do {
      generation = this.generation;
      this.current = readInventories(await this.texts());
    } while (generation !== this.generation);
    this.stale = false;
    const { files } = this.current;
    await Promise.all([
      vscode.commands.executeCommand('setContext', 'liveMigrate.hasInventory', files.length > 0),
      vscode.commands.executeCommand('setContext', 'liveMigrate.inventoriesRead', true),
    ]);
    this.changed.fire(this.current);
    return this.current;
  }

  private async texts(): Promise<ReadonlyMap<string, string>> {
    const found = await vscode.workspace.findFiles(
      '**/*.migration.{yaml,yml}',
      '**/node_modules/**',
      fileLimit,
    );
    const configured = inventorySetting();
    const uris = [...found].sort((a, b) => a.path.localeCompare(b.path));
    if (configured !== undefined) uris.push(configured);
    const open = new Map(vscode.workspace.textDocuments.map((each) => [each.uri.toString(), each]));
    const texts = new Map<string, string>();
    for (const uri of uris) {
      const document = open.get(uri.toString());
      const text = document?.getText() ?? (await this.textOnDisk(uri));
      if (text !== undefined) texts.set(uri.toString(), text);
    }
    return texts;
  }

  private async textOnDisk(uri: vscode.Uri): Promise<string | undefined> {
    try {
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    } catch (error) {
      this.log.warn(`${uri.toString()} cannot be read: ${String(error)}`);
      return undefined;
    }
  }
}

/** The file that the setting names; relative paths begin at the first workspace folder. */
function inventorySetting(): vscode.Uri | undefined {
  if (!vscode.workspace.isTrusted) return undefined;
  const path = vscode.workspace.getConfiguration('liveMigrate').get<string>('inventory', '');
  if (path === '') return undefined;
  if (/^([/\\]|[A-Za-z]:)/.test(path)) return vscode.Uri.file(path);
  const folder = vscode.workspace.workspaceFolders?.[0];
  return folder === undefined ? undefined : vscode.Uri.joinPath(folder.uri, path);
}
