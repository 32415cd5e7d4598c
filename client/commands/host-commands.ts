import * as vscode from 'vscode';
import { addHostByWizard } from '../inventory/add-host.ts';
import { benchmarkDirtyRate, defaultMeasurement, measurementOf } from './benchmark-dirty-rate.ts';
import { showMigrationSettings } from './migration-settings.ts';
import type { CommandWorld, Commands } from './register.ts';
import { domainTarget, hostName } from './targets.ts';

/** Commands about hosts and the domains on them. */
export function hostCommands(world: CommandWorld): Commands {
  const { states, inventories, connections, hostsTree, liveXml, log } = world;
  const sources = { states, inventories, ask: (host: string) => connections.ask(host) };
  return {
    'host.add': async () => addHostByWizard(await inventories.read()),
    'host.refresh': async (argument) => {
      const host = await hostName(argument, inventories);
      if (host !== undefined) await connections.ask(host);
    },
    'host.disconnect': async (argument) => {
      const host = await hostName(argument, inventories);
      if (host !== undefined) await connections.close(host);
    },
    'host.openInventory': (argument) => openInventory(argument, world),
    'hosts.refresh': async () => {
      const { hosts } = await inventories.read();
      // Only what was looked at before: nobody asked to connect to all the others.
      const asked = hosts.filter(({ name }) => states.of(name).kind !== 'unasked');
      await Promise.all(asked.map(({ name }) => connections.ask(name)));
      hostsTree.refresh();
    },
    'domain.openXml': async (argument) => {
      const target = await domainTarget(argument, sources);
      if (target !== undefined) await liveXml.open(target.host, target.domain);
    },
    'domain.benchmarkDirtyRate': async (argument) => {
      const target = await domainTarget(argument, sources);
      if (target === undefined) return;
      await benchmarkDirtyRate(target, await measurementFor(argument), world);
    },
    'domain.migrationSettings': async (argument) => {
      const target = await domainTarget(argument, sources);
      if (target !== undefined) await showMigrationSettings(target, connections);
    },
    'log.show': async () => {
      log.show();
      return Promise.resolve();
    },
  };
}

/** From the migration file that the command was called on, or that the active editor shows. */
async function measurementFor(argument: unknown) {
  const uri =
    typeof argument === 'string'
      ? vscode.Uri.parse(argument)
      : argument instanceof vscode.Uri
        ? argument
        : argument === undefined
          ? vscode.window.activeTextEditor?.document.uri
          : undefined;
  if (uri === undefined) return defaultMeasurement;
  const document = await vscode.workspace.openTextDocument(uri);
  return measurementOf(uri.toString(), document.getText());
}

/** Opens the inventory at the host's entry. */
async function openInventory(argument: unknown, { inventories }: CommandWorld): Promise<void> {
  const { hosts, files } = await inventories.read();
  const file = typeof argument === 'string' ? files.find(({ uri }) => uri === argument) : undefined;
  if (file !== undefined) {
    await vscode.window.showTextDocument(vscode.Uri.parse(file.uri));
    return;
  }
  const name = await hostName(argument, inventories);
  const listed = hosts.find((host) => host.name === name);
  if (listed === undefined) return;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(listed.uri));
  const { start, end } = listed.host.name?.span ?? listed.host.span;
  const selection = new vscode.Range(document.positionAt(start), document.positionAt(end));
  await vscode.window.showTextDocument(document, { selection });
}
