import * as vscode from 'vscode';
import { loadDescriptor } from '../../core/descriptor/load.ts';
import { languageIds } from '../../core/service/document-kind.ts';

/** Keeps `liveMigrate.activeKind` at the kind of descriptor that the active editor shows. */
export function followActiveKind(): vscode.Disposable {
  let last: string | undefined;
  let pending: NodeJS.Timeout | undefined;
  const update = (): void => {
    const kind = kindOf(vscode.window.activeTextEditor?.document);
    if (kind === last) return;
    last = kind;
    void vscode.commands.executeCommand('setContext', 'liveMigrate.activeKind', kind);
  };
  const changed = vscode.workspace.onDidChangeTextDocument(({ document }) => {
    if (document !== vscode.window.activeTextEditor?.document) return;
    clearTimeout(pending);
    pending = setTimeout(update, 300);
  });
  const switched = vscode.window.onDidChangeActiveTextEditor(update);
  update();
  return vscode.Disposable.from(changed, switched, {
    dispose: () => {
      clearTimeout(pending);
    },
  });
}

function kindOf(document: vscode.TextDocument | undefined): string | undefined {
  if (document?.languageId !== languageIds.descriptor) return undefined;
  return loadDescriptor(document.uri.toString(), document.getText()).kind;
}
