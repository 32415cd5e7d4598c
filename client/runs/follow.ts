import * as vscode from 'vscode';
import { defaultKeepDays, pruneRuns } from '../../hosts/run/prune.ts';
import type { Connections } from '../connections/connections.ts';
import type { HostStates } from '../connections/host-states.ts';
import { causeOf } from '../text.ts';
import type { RunCenter } from './run-center.ts';
import { isActive } from './shown-run.ts';

/**
 * Looks for runs once the window has drawn itself, and follows those that are open: a window that
 * was closed in the middle of a migration finds it again.
 */
export function findOpenRuns(runs: RunCenter, log: vscode.LogOutputChannel): vscode.Disposable {
  const load = (): void => {
    if (!vscode.workspace.isTrusted) return;
    removeOldRecords(log);
    runs
      .load()
      .catch((error: unknown) => {
        log.error(`reading the run records: ${causeOf(error)}`);
      })
      .finally(() => {
        // Before that nobody knows whether the view is empty.
        void vscode.commands.executeCommand('setContext', 'liveMigrate.runsRead', true);
      });
  };
  const later = setTimeout(load, 100);
  const trusted = vscode.workspace.onDidGrantWorkspaceTrust(load);
  return vscode.Disposable.from(trusted, {
    dispose: () => {
      clearTimeout(later);
    },
  });
}

/** Records of finished runs are kept as long as the settings say. */
function removeOldRecords(log: vscode.LogOutputChannel): void {
  const keepDays = vscode.workspace
    .getConfiguration('liveMigrate.runs')
    .get<number>('keepDays', defaultKeepDays);
  try {
    const { removed } = pruneRuns({ keepDays, now: Date.now() });
    if (removed.length > 0) log.info(`removed old run records: ${removed.join(', ')}`);
  } catch (error) {
    log.warn(`removing old run records: ${causeOf(error)}`);
  }
}

/** Asks both hosts anew when a run between them has ended, as far as they were asked before. */
export function refreshMovedHosts(
  runs: RunCenter,
  connections: Connections,
  states: HostStates,
): { dispose(): void } {
  const active = new Set<string>();
  return runs.changed.on((run) => {
    if (isActive(run)) {
      active.add(run.id);
      return;
    }
    if (!active.delete(run.id)) return;
    for (const host of [run.source, run.destination]) {
      if (states.of(host).kind === 'answered') void connections.ask(host);
    }
  });
}
