import * as vscode from 'vscode';
import type { RunCenter } from './run-center.ts';
import { isActive } from './shown-run.ts';

/** One item in the status bar while something runs, none otherwise. */
export function showInStatusBar(runs: RunCenter): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    'liveMigrate.running',
    vscode.StatusBarAlignment.Left,
  );
  item.name = vscode.l10n.t('Running Migrations');
  item.command = 'liveMigrate.migrations.focus';
  const update = (): void => {
    const active = runs.runs().filter(isActive);
    const [first] = active;
    if (first === undefined) {
      item.hide();
      return;
    }
    item.text =
      active.length === 1
        ? `$(sync~spin) ${first.domain} ${String(first.percent)} %`
        : `$(sync~spin) ${vscode.l10n.t('{0} migrations', active.length)}`;
    item.tooltip = active
      .map((run) => `${run.domain}: ${run.source} → ${run.destination} (${String(run.percent)} %)`)
      .join('\n');
    item.accessibilityInformation = {
      label: active.map((run) => `${run.domain} ${String(run.percent)} %`).join(', '),
    };
    item.show();
  };
  const listening = runs.changed.on(update);
  return vscode.Disposable.from(item, listening);
}
