import * as vscode from 'vscode';
import { parseQuantity } from '../../core/units/quantity.ts';
import { adjustmentText } from '../../hosts/run/adjust.ts';
import { show } from '../text.ts';
import type { CommandWorld, Commands } from './register.ts';
import { runId } from './targets.ts';

/** Commands that change a run while it goes. */
export function changeRunCommands({ runs }: Pick<CommandWorld, 'runs'>): Commands {
  return {
    'migration.setLimits': async (argument) => {
      const id = await runId(argument, runs.runs(), 'active');
      if (id === undefined) return;
      const limits = await askLimit();
      if (limits === undefined) return;
      const result = await runs.adjust(id, limits);
      if (!result.ok) {
        void vscode.window.showErrorMessage(show(result.why));
        return;
      }
      for (const each of result.adjusted) {
        void vscode.window.showInformationMessage(show(adjustmentText(each)));
      }
    },
    'migration.switchToPostCopy': async (argument) => {
      const id = await runId(argument, runs.runs(), 'active');
      const run = id === undefined ? undefined : runs.run(id);
      if (run === undefined) return;
      const go = { title: vscode.l10n.t('Switch to Post-Copy') };
      const stay = { title: vscode.l10n.t('Stay in Pre-Copy'), isCloseAffordance: true };
      const chosen = await vscode.window.showWarningMessage(
        vscode.l10n.t('Switch the migration of {0} to post-copy?', run.domain),
        {
          modal: true,
          detail: vscode.l10n.t(
            '{0} goes on on {1} at once, and its memory follows from {2}. This cannot be undone or cancelled: if a host or the link fails for good before the end, the guest is lost.',
            run.domain,
            run.destination,
            run.source,
          ),
        },
        go,
        stay,
      );
      if (chosen !== go) return;
      const result = await runs.switchToPostCopy(run.id);
      if (!result.ok) void vscode.window.showErrorMessage(show(result.why));
    },
    'migration.recover': async (argument) => {
      const id = await runId(argument, runs.runs(), 'active');
      if (id === undefined) return;
      const result = await runs.recover(id);
      const said = result.ok ? result.outcome.message : result.why;
      if (result.ok && result.outcome.result === 'completed') {
        void vscode.window.showInformationMessage(show(said));
      } else {
        void vscode.window.showErrorMessage(show(said));
      }
    },
  };
}

type Limits = { readonly bandwidthMiB: number } | { readonly maxDowntimeMs: number };

/** One limit with its new value; undefined when the user leaves. */
async function askLimit(): Promise<Limits | undefined> {
  const bandwidth = { label: vscode.l10n.t('Bandwidth'), example: '200MiB/s' };
  const downtime = { label: vscode.l10n.t('Max downtime'), example: '800ms' };
  const limit = await vscode.window.showQuickPick([bandwidth, downtime], {
    placeHolder: vscode.l10n.t('Which limit of the running migration?'),
  });
  if (limit === undefined) return undefined;
  const read = limit === bandwidth ? bandwidthOf : downtimeOf;
  const text = await vscode.window.showInputBox({
    title: limit.label,
    placeHolder: limit.example,
    validateInput: (value) =>
      read(value) === undefined
        ? vscode.l10n.t('A value with its unit, such as {0}.', limit.example)
        : undefined,
  });
  return text === undefined ? undefined : read(text);
}

/** Down, never up: both are upper limits. */
function bandwidthOf(text: string): Limits | undefined {
  const read = parseQuantity(text, 'rate');
  const whole = read.ok ? Math.floor(read.quantity.amount / 1024 ** 2) : 0;
  return whole >= 1 && whole <= 8796093022207 ? { bandwidthMiB: whole } : undefined;
}

function downtimeOf(text: string): Limits | undefined {
  const read = parseQuantity(text, 'duration');
  const whole = read.ok ? Math.floor(read.quantity.amount) : 0;
  return whole >= 1 && whole <= 2_000_000 ? { maxDowntimeMs: whole } : undefined;
}
