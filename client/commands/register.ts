import * as vscode from 'vscode';
import type { Connections } from '../connections/connections.ts';
import type { HostStates } from '../connections/host-states.ts';
import type { LiveXml } from '../documents/live-xml.ts';
import type { ShownTexts } from '../documents/shown-texts.ts';
import type { WorkspaceInventories } from '../inventory/inventories.ts';
import { causeOf } from '../text.ts';
import type { HostsItem } from '../views/hosts/item.ts';
import type { PreflightView } from '../views/preflight/preflight-view.ts';
import type { Tree } from '../views/tree.ts';
import { changeRunCommands } from './change-run-commands.ts';
import { hostCommands } from './host-commands.ts';
import type { RunCenter } from '../runs/run-center.ts';
import { runCommands } from './run-commands.ts';
import { migrationCommands } from './migration-commands.ts';

/** What commands work with. */
export interface CommandWorld {
  readonly log: vscode.LogOutputChannel;
  readonly states: HostStates;
  readonly inventories: WorkspaceInventories;
  readonly connections: Connections;
  readonly texts: ShownTexts;
  readonly liveXml: LiveXml;
  readonly preflightView: PreflightView;
  readonly hostsTree: Tree<HostsItem>;
  readonly runs: RunCenter;
  /** Remembers that this workspace started a run. */
  readonly remember: (run: string) => void;
}

/** Commands by their ids without the `liveMigrate.` before them. */
export type Commands = Readonly<Record<string, (...arguments_: unknown[]) => Promise<unknown>>>;

/** Registers every command; one that fails says so, with the way to the log. */
export function registerCommands(world: CommandWorld): readonly vscode.Disposable[] {
  const commands: Commands = {
    ...hostCommands(world),
    ...migrationCommands(world),
    ...runCommands(world),
    ...changeRunCommands(world),
  };
  return Object.entries(commands).map(([name, run]) =>
    vscode.commands.registerCommand(`liveMigrate.${name}`, async (...arguments_: unknown[]) => {
      try {
        await run(...arguments_);
      } catch (error) {
        world.log.error(`${name}: ${causeOf(error)}`);
        const showLog = vscode.l10n.t('Show Log');
        const chosen = await vscode.window.showErrorMessage(
          vscode.l10n.t('Live Migrate: {0}', causeOf(error)),
          showLog,
        );
        if (chosen === showLog) world.log.show();
      }
    }),
  );
}
