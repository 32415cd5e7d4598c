import * as vscode from 'vscode';
import { formatDuration } from '../../core/units/quantity.ts';
import type { RunOutcome } from '../../hosts/run/entry.ts';
import { show } from '../text.ts';
import type { ShownRun } from './shown-run.ts';

/** The one notification of a run: how it ended. */
export async function tellOutcome(run: ShownRun, outcome: RunOutcome): Promise<void> {
  // The window is closing, or another process has taken over: nothing has ended.
  if (outcome.result === 'detached') return;
  const openLog = vscode.l10n.t('Show Log');
  const chosen = await message(run, outcome, openLog);
  if (chosen === openLog) {
    await vscode.commands.executeCommand('liveMigrate.migration.openLog', run.id);
  }
}

function message(
  run: ShownRun,
  outcome: RunOutcome,
  openLog: string,
): Thenable<string | undefined> {
  switch (outcome.result) {
    case 'completed':
      return vscode.window.showInformationMessage(doneText(run, outcome), openLog);
    case 'cancelled':
      return vscode.window.showInformationMessage(show(outcome.message), openLog);
    case 'failed':
    case 'timed-out':
    case 'refused':
    case 'uncertain':
    case 'detached':
      return vscode.window.showErrorMessage(failureText(outcome), openLog);
  }
}

function doneText(run: ShownRun, outcome: RunOutcome): string {
  const { totalMs, downtimeMs } = outcome.measured ?? {};
  if (totalMs === undefined || downtimeMs === undefined) return show(outcome.message);
  return vscode.l10n.t(
    '{0} runs on {1}: {2}, pause {3}',
    run.domain,
    run.destination,
    formatDuration(totalMs),
    formatDuration(downtimeMs),
  );
}

function failureText({ message: said, cause }: RunOutcome): string {
  if (cause === undefined || show(cause.message) === show(said)) return show(said);
  return vscode.l10n.t('{0} Cause: {1}', show(said), show(cause.message));
}
