import * as vscode from 'vscode';
import { renderPlanAsShell } from '../../core/planner/shell-preview.ts';
import type { ShownTexts } from '../documents/shown-texts.ts';
import { translate } from '../text.ts';
import { tellRefusal } from './refusal.ts';
import { preflightWithProgress } from './preflight-command.ts';
import type { PreflightTools } from './preflight-command.ts';

/** Shows the commands that a launch would run, made from fresh facts. */
export async function previewPlan(
  file: vscode.Uri,
  tools: PreflightTools & { readonly texts: ShownTexts },
): Promise<void> {
  const outcome = await preflightWithProgress(file, 'editor', tools);
  if (outcome === undefined) return;
  if (!outcome.plan.ok) {
    await tellRefusal(outcome, tools.view);
    return;
  }
  const { plan } = outcome.plan;
  const name = vscode.l10n.t('Plan of {0}', plan.domain);
  await tools.texts.show(`${name}.sh`, renderPlanAsShell(plan, translate), 'shellscript', true);
}
