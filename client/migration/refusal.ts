import * as vscode from 'vscode';
import type { PreflightView } from '../views/preflight/preflight-view.ts';
import type { PreflightOutcome } from './run-preflight.ts';

/** Says by rule ids why a migration is refused, and offers the way to the findings. */
export async function tellRefusal(outcome: PreflightOutcome, view: PreflightView): Promise<void> {
  const { result } = outcome;
  const ids = [
    ...new Set([
      ...result.problems
        .filter((problem) => problem.severity === 'error')
        .map((problem) => problem.code),
      ...result.refusals.map((refusal) => refusal.code),
    ]),
  ].join(', ');
  const showProblems = vscode.l10n.t('Show Problems');
  const chosen = await vscode.window.showErrorMessage(
    vscode.l10n.t('The migration of {0} is refused: {1}', result.domain, ids),
    showProblems,
  );
  if (chosen === showProblems) await view.reveal();
}
