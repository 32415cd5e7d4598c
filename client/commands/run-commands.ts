import * as vscode from 'vscode';
import { recordText } from '../runs/record-text.ts';
import { show, translate } from '../text.ts';
import type { CommandWorld, Commands } from './register.ts';
import { runId } from './targets.ts';

/** Commands about runs. */
export function runCommands({ runs, texts }: CommandWorld): Commands {
  return {
    'migration.cancel': async (argument) => {
      const id = await runId(argument, runs.runs(), 'active');
      const run = id === undefined ? undefined : runs.run(id);
      if (run === undefined) return;
      const cancel = { title: vscode.l10n.t('Cancel Migration') };
      const keep = { title: vscode.l10n.t('Keep Migrating'), isCloseAffordance: true };
      const chosen = await vscode.window.showWarningMessage(
        vscode.l10n.t('Cancel the migration of {0}?', run.domain),
        {
          modal: true,
          detail: vscode.l10n.t(
            '{0} goes on running on {1}. Images that this run created on {2} are removed.',
            run.domain,
            run.source,
            run.destination,
          ),
        },
        cancel,
        keep,
      );
      if (chosen !== cancel) return;
      const result = await runs.cancel(run.id);
      if (!result.ok) void vscode.window.showErrorMessage(show(result.why));
    },
    'migration.openLog': async (argument) => {
      const id = await runId(argument, runs.runs(), 'all');
      if (id === undefined) return;
      await texts.show(recordName(id), recordText(runs.entriesOf(id), translate), 'log');
    },
    'migrations.refresh': () => runs.load(),
  };
}

/** Keeps an open record current while its run goes on. */
export function followOpenRecords({ runs, texts }: Pick<CommandWorld, 'runs' | 'texts'>): {
  dispose(): void;
} {
  return runs.changed.on(({ id }) => {
    if (texts.isShown(recordName(id))) {
      texts.update(recordName(id), recordText(runs.entriesOf(id), translate));
    }
  });
}

function recordName(id: string): string {
  return `${id}.log`;
}
