import * as vscode from 'vscode';
import type { RunCenter } from '../../runs/run-center.ts';
import { isActive } from '../../runs/shown-run.ts';
import { Tree } from '../tree.ts';
import { migrationsTreeSource } from './migration-nodes.ts';
import type { MigrationsItem } from './migration-nodes.ts';

/** The Migrations view: what runs, with its number on the view's badge, and what has run. */
export class MigrationsView implements vscode.Disposable {
  private readonly tree: Tree<MigrationsItem>;
  private readonly disposables: readonly { dispose(): unknown }[];

  constructor(runs: RunCenter) {
    const source = migrationsTreeSource(
      () => runs.runs(),
      () => Date.now(),
    );
    this.tree = new Tree('liveMigrate.migrations', {
      roots: () => (vscode.workspace.isTrusted ? source.roots() : []),
      children: (node) => source.children(node),
    });
    const { view } = this.tree;
    this.disposables = [
      this.tree,
      runs.changed.on(() => {
        const active = runs.runs().filter(isActive).length;
        view.badge =
          active === 0
            ? undefined
            : {
                value: active,
                tooltip:
                  active === 1
                    ? vscode.l10n.t('One migration runs')
                    : vscode.l10n.t('{0} migrations run', active),
              };
        this.tree.refresh();
      }),
      // Another window or the command line may have started or ended something meanwhile.
      view.onDidChangeVisibility(({ visible }) => {
        if (visible && vscode.workspace.isTrusted) void runs.load();
      }),
    ];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }
}
