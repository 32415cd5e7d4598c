import * as vscode from 'vscode';
import type { Plan } from '../../core/planner/plan.ts';
import { commandToRead } from './command-to-read.ts';
import { formatSize } from '../../core/units/quantity.ts';
import type { RunCenter } from '../runs/run-center.ts';
import { tellOutcome } from '../runs/tell-outcome.ts';
import { preflightWithProgress } from './preflight-command.ts';
import type { PreflightTools } from './preflight-command.ts';
import { tellRefusal } from './refusal.ts';
import { runPreflight } from './run-preflight.ts';
import { show } from '../text.ts';
import { saveBeforeLaunch } from './unsaved.ts';

export interface LaunchTools extends PreflightTools {
  readonly runs: RunCenter;
  /** Remembers that this window's workspace started a run. */
  readonly remember: (run: string) => void;
}

/**
 * Launches a migration: saves, collects fresh facts, refuses on any error, asks with the exact
 * command, collects once more, and carries the confirmed plan out. Ends when the run has ended.
 */
export async function launchMigration(file: vscode.Uri, tools: LaunchTools): Promise<void> {
  if (!(await saveBeforeLaunch(file))) return;
  const outcome = await preflightWithProgress(file, 'disk', tools);
  if (outcome === undefined) return;
  if (!outcome.plan.ok) {
    await tellRefusal(outcome, tools.view);
    return;
  }
  const { plan } = outcome.plan;
  if (!(await confirmLaunch(plan))) return;
  await carryOut(file, plan, tools);
}

/** The last question, with everything that matters about what will happen. */
async function confirmLaunch(plan: Plan): Promise<boolean> {
  const launch = plan.steps.find((step) => step.kind === 'launch');
  if (launch === undefined) throw new Error('the plan launches nothing');
  const button = vscode.l10n.t('Launch');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'Migrate {0} from {1} to {2}?',
      plan.domain,
      plan.source.host,
      plan.destination.host,
    ),
    { modal: true, detail: [commandToRead(launch.command), ...notes(plan)].join('\n\n') },
    button,
  );
  return chosen === button;
}

function notes(plan: Plan): readonly string[] {
  const found: string[] = [];
  for (const disk of plan.disks) {
    if (!disk.create || disk.destination === undefined) continue;
    const size = disk.virtualSize === undefined ? '?' : formatSize(disk.virtualSize);
    found.push(
      vscode.l10n.t('Creates {0} ({1}) on {2}.', disk.destination, size, plan.destination.host),
    );
  }
  if (plan.unsafeReason !== undefined) {
    found.push(vscode.l10n.t('libvirt’s own disk checks are skipped: {0}', plan.unsafeReason));
  }
  if (plan.skippedChecks.length > 0) {
    const lines = plan.skippedChecks.map(({ id, why }) => `\n${id}: ${show(why)}`);
    found.push(vscode.l10n.t('Not checked: {0}', lines.join('')));
  }
  return found;
}

async function carryOut(file: vscode.Uri, plan: Plan, tools: LaunchTools): Promise<void> {
  const { runs, connections } = tools;
  let id = '';
  const outcome = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, cancellable: true, title: '' },
    async (progress, token) => {
      let percent = 0;
      progress.report({ message: vscode.l10n.t('Launching the migration of {0}', plan.domain) });
      const listening = runs.changed.on((run) => {
        if (run.id !== id) return;
        const increment = Math.max(0, run.percent - percent);
        percent += increment;
        progress.report({ increment, message: progressText(run.id, plan, percent) });
      });
      const cancelling = token.onCancellationRequested(() => {
        void vscode.commands.executeCommand('liveMigrate.migration.cancel', id);
      });
      try {
        return await runs.start(plan, {
          begun: (run) => {
            id = run;
            tools.remember(run);
          },
          confirmFreshDigest: async () => {
            const source = new vscode.CancellationTokenSource();
            const fresh = await runPreflight({
              file,
              connections,
              texts: 'disk',
              token: source.token,
            });
            return fresh?.plan.ok === true ? fresh.plan.plan.digest : undefined;
          },
        });
      } finally {
        listening.dispose();
        cancelling.dispose();
      }
    },
  );
  const run = runs.run(id);
  if (run !== undefined) await tellOutcome(run, outcome);
}

/** With the way to the record: a progress notification has no buttons of its own. */
function progressText(id: string, plan: Plan, percent: number): string {
  const link = `command:liveMigrate.migration.openLog?${encodeURIComponent(JSON.stringify([id]))}`;
  return vscode.l10n.t(
    'Migrating {0} to {1}: {2} % ([Show Log]({3}))',
    plan.domain,
    plan.destination.host,
    percent,
    link,
  );
}
