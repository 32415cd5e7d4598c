import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { languageIds } from '../../core/service/document-kind.ts';
import type { PlanResult } from '../../core/planner/plan.ts';
import { planFor, preflight } from '../../hosts/preflight/preflight.ts';
import type { Preflight } from '../../hosts/preflight/preflight.ts';
import { diskWorkspace } from '../../hosts/workspace/disk-workspace.ts';
import type { Connections } from '../connections/connections.ts';
import type { PreflightResult } from '../views/preflight/result.ts';

/** What a preflight found and the plan that follows from it. */
export interface PreflightOutcome {
  readonly preflight: Preflight;
  readonly plan: PlanResult;
  readonly result: PreflightResult;
}

export interface PreflightOrder {
  readonly file: vscode.Uri;
  readonly connections: Connections;
  /** `editor`: open documents count as they are; `disk`: only what is saved. */
  readonly texts: 'editor' | 'disk';
  readonly token: vscode.CancellationToken;
}

/**
 * Asks both hosts now and checks the migration on their answers; undefined when the file describes
 * no migration. Throws when it is cancelled.
 */
export async function runPreflight(order: PreflightOrder): Promise<PreflightOutcome | undefined> {
  const { file, connections, token } = order;
  const stop = new AbortController();
  const listening = token.onCancellationRequested(() => {
    stop.abort();
  });
  try {
    const uri = nodeUri(file);
    const found = await preflight({
      uri,
      workspace: filesAround(file, order.texts),
      hosts: (target) => connections.connect(target),
      now: () => Date.now(),
      signal: stop.signal,
    });
    if (found === undefined) return undefined;
    stop.signal.throwIfAborted();
    connections.take(found.snapshot);
    const plan = planFor(found);
    return { preflight: found, plan, result: resultOf(uri, found, plan) };
  } finally {
    listening.dispose();
  }
}

function resultOf(uri: string, found: Preflight, plan: PlanResult): PreflightResult {
  const { domain, source, destination } = found.descriptor.migration;
  return {
    uri,
    domain: domain?.value ?? '?',
    source: source?.value ?? '?',
    destination: destination?.value ?? '?',
    at: Date.now(),
    problems: found.problems,
    waiting: found.check.waiting,
    ran: found.check.ran,
    off: found.check.off,
    refusals: plan.ok ? [] : plan.refusals,
  };
}

/** The files around a migration: as they are in the editor, or as they are saved. */
export function filesAround(
  file: vscode.Uri,
  texts: 'editor' | 'disk',
): ReturnType<typeof diskWorkspace> {
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
