import * as vscode from 'vscode';
import { HostError } from '../../hosts/host-error.ts';
import type { Connections } from '../connections/connections.ts';
import { causeOf } from '../text.ts';
import type { PreflightView } from '../views/preflight/preflight-view.ts';
import { runPreflight } from './run-preflight.ts';
import type { PreflightOutcome } from './run-preflight.ts';

export interface PreflightTools {
  readonly connections: Connections;
  readonly view: PreflightView;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Runs a preflight with progress that can be cancelled and shows it in its view. Undefined when it
 * could not be done; the user then knows why.
 */
export async function preflightWithProgress(
  file: vscode.Uri,
  texts: 'editor' | 'disk',
  { connections, view, log }: PreflightTools,
): Promise<PreflightOutcome | undefined> {
  const name = vscode.workspace.asRelativePath(file);
  if (file.scheme !== 'file') {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('{0} must be saved on this machine’s disk first.', name),
    );
    return undefined;
  }
  try {
    const outcome = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Preflight of {0}', name),
        cancellable: true,
      },
      (progress, token) => {
        progress.report({ message: vscode.l10n.t('asking both hosts') });
        return runPreflight({ file, connections, texts, token });
      },
    );
    if (outcome === undefined) {
      void vscode.window.showErrorMessage(
        vscode.l10n.t('{0} describes no migration (kind: Migration).', name),
      );
      return undefined;
    }
    await view.show(outcome.result);
    return outcome;
  } catch (error) {
    if (isCancellation(error)) return undefined;
    log.error(`preflight of ${name}: ${causeOf(error)}`);
    const showLog = vscode.l10n.t('Show Log');
    const chosen = await vscode.window.showErrorMessage(
      vscode.l10n.t('The preflight of {0} failed: {1}', name, causeOf(error)),
      showLog,
    );
    if (chosen === showLog) log.show();
    return undefined;
  }
}

/** Did the user end it? Then there is nothing to tell. */
export function isCancellation(error: unknown): boolean {
  if (error instanceof HostError) return error.kind === 'cancelled';
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'Canceled');
}
