import * as vscode from 'vscode';

const scheme = 'livemigrate-text';

/** Shows texts that were made here (a plan, a run record) as read-only documents. */
export class ShownTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly onDidChange: vscode.Event<vscode.Uri>;
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  private readonly texts = new Map<string, string>();
  private readonly disposables: vscode.Disposable[];

  constructor() {
    this.onDidChange = this.changes.event;
    this.disposables = [
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === scheme) this.texts.delete(uri.toString());
      }),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** Shows a text under a name, beside the editor when asked; an open one is brought up to date. */
  async show(name: string, text: string, languageId: string, beside = false): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${name}` });
    this.texts.set(uri.toString(), text);
    this.changes.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.languageId !== languageId) {
      await vscode.languages.setTextDocumentLanguage(document, languageId);
    }
    await vscode.window.showTextDocument(document, {
      preview: true,
      viewColumn: beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active,
      preserveFocus: beside,
    });
  }

  /** Brings an open text up to date without showing it. */
  update(name: string, text: string): void {
    if (!this.isShown(name)) return;
    const uri = vscode.Uri.from({ scheme, path: `/${name}` });
    this.texts.set(uri.toString(), text);
    this.changes.fire(uri);
  }

  isShown(name: string): boolean {
    return this.texts.has(vscode.Uri.from({ scheme, path: `/${name}` }).toString());
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
    this.changes.dispose();
  }
}
