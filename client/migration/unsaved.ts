import * as vscode from 'vscode';
import { nodeUri, surroundingsAround } from './files-around.ts';

/**
 * Saves the migration and the files it refers to, after asking. True when what is on disk is what
 * the editor shows; false when the user would not save.
 */
export async function saveBeforeLaunch(file: vscode.Uri): Promise<boolean> {
  const dirty = vscode.workspace.textDocuments.filter(
    (document) => document.isDirty && filesOf(file).has(nodeUri(document.uri)),
  );
  if (dirty.length === 0) return true;
  const save = vscode.l10n.t('Save and Continue');
  const names = dirty.map((document) => vscode.workspace.asRelativePath(document.uri)).join(', ');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Save before the launch?'),
    {
      modal: true,
      detail: vscode.l10n.t('A launch uses files as they are on disk. Not saved yet: {0}', names),
    },
    save,
  );
  if (chosen !== save) return false;
  for (const document of dirty) {
    if (!(await document.save())) return false;
  }
  return true;
}

/** The migration, its inventories and its domain XML, in Node's spelling of URIs. */
function filesOf(file: vscode.Uri): ReadonlySet<string> {
  const around = surroundingsAround(file);
  return new Set([
    nodeUri(file),
    ...(around?.inventories.map((inventory) => inventory.uri) ?? []),
    ...(around?.domainXmlUri === undefined ? [] : [around.domainXmlUri]),
  ]);
}
