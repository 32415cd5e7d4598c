import * as vscode from 'vscode';
import { allRules } from '../../../core/rules/all.ts';
import { show } from '../../text.ts';
import { Tree } from '../tree.ts';
import { preflightTreeSource } from './preflight-nodes.ts';
import type { PreflightItem } from './preflight-nodes.ts';
import { refuses } from './result.ts';
import type { PreflightResult } from './result.ts';
import { say } from '../../../core/messages.ts';

/** The Preflight view: what the last preflight found. */
export class PreflightView implements vscode.Disposable {
  result: PreflightResult | undefined;
  private readonly tree: Tree<PreflightItem>;

  constructor() {
    const summaries = new Map(allRules.map((rule) => [rule.id, rule.summary]));
    this.tree = new Tree(
      'liveMigrate.preflight',
      preflightTreeSource({
        result: () => this.result,
        summaryOf: (rule) => summaries.get(rule),
      }),
    );
  }

  /** Shows what a preflight found, and the view itself unless the user is elsewhere on purpose. */
  async show(result: PreflightResult): Promise<void> {
    this.result = result;
    const { view } = this.tree;
    view.description = `${result.domain}: ${result.source} → ${result.destination}`;
    view.message = show(verdict(result));
    const errors = result.problems.filter((problem) => problem.severity === 'error').length;
    view.badge =
      errors === 0
        ? undefined
        : { value: errors, tooltip: vscode.l10n.t('{0} errors of the last preflight', errors) };
    await vscode.commands.executeCommand('setContext', 'liveMigrate.hasPreflight', true);
    this.tree.refresh();
  }

  async reveal(): Promise<void> {
    await vscode.commands.executeCommand('liveMigrate.preflight.focus');
  }

  dispose(): void {
    this.tree.dispose();
  }
}

function verdict(result: PreflightResult) {
  if (refuses(result)) return say('This migration cannot be launched.');
  if (result.waiting.length > 0) {
    return say('Nothing found stands against a launch, but some checks could not be made.');
  }
  return say('Nothing stands against a launch.');
}
