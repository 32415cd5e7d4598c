import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { languageIds } from '../../core/service/document-kind.ts';
import { createParseCache } from '../../core/service/parse-cache.ts';
import { surroundingsOf } from '../../core/service/surroundings.ts';
import type { Surroundings } from '../../core/service/surroundings.ts';
import type { Workspace } from '../../core/service/workspace.ts';
import { diskWorkspace } from '../../hosts/workspace/disk-workspace.ts';

/** The files around a migration: as they are in the editor, or as they are saved. */
export function filesAround(file: vscode.Uri, texts: 'editor' | 'disk'): Workspace {
  const inventory = vscode.workspace.getConfiguration('liveMigrate').get<string>('inventory', '');
  const folder =
    vscode.workspace.getWorkspaceFolder(file) ?? vscode.workspace.workspaceFolders?.[0];
  return diskWorkspace({
    now: () => Date.now(),
    ...(folder === undefined ? {} : { root: folder.uri.fsPath }),
    ...(inventory === '' ? {} : { inventory: absolute(inventory, folder?.uri) }),
    ...(texts === 'disk' ? {} : { open: openTexts() }),
  });
}

/** What a migration refers to, as the editor shows it; undefined when the file is no migration. */
export function surroundingsAround(file: vscode.Uri): Surroundings | undefined {
  const uri = nodeUri(file);
  const workspace = filesAround(file, 'editor');
  const cache = createParseCache();
  const text = workspace.read(uri);
  const descriptor = text === undefined ? undefined : cache.descriptor(uri, text);
  return descriptor?.kind === 'Migration'
    ? surroundingsOf(descriptor, workspace, cache)
    : undefined;
}

/** What the open migrations refer to. */
export function openMigrations(): readonly Surroundings[] {
  return vscode.workspace.textDocuments
    .filter(({ uri, languageId }) => uri.scheme === 'file' && languageId === languageIds.descriptor)
    .flatMap((document) => surroundingsAround(document.uri) ?? []);
}

function absolute(path: string, folder: vscode.Uri | undefined): string {
  if (/^([/\\]|[A-Za-z]:)/.test(path) || folder === undefined) return path;
  return vscode.Uri.joinPath(folder, path).fsPath;
}

/** Open documents of our kinds by the spelling of URIs that Node uses. */
function openTexts(): ReadonlyMap<string, string> {
  const ours: readonly string[] = [languageIds.descriptor, languageIds.domainXml, 'xml'];
  return new Map(
    vscode.workspace.textDocuments
      .filter(({ uri, languageId }) => uri.scheme === 'file' && ours.includes(languageId))
      .map((document) => [nodeUri(document.uri), document.getText()]),
  );
}

/** A URI as `pathToFileURL` writes it: editors escape other characters than Node does. */
export function nodeUri(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? pathToFileURL(uri.fsPath).href : uri.toString();
}
