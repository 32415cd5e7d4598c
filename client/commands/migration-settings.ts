import * as vscode from 'vscode';
import type { Message } from '../../core/messages.ts';
import { formatDuration, formatRate, parseQuantity } from '../../core/units/quantity.ts';
import {
  changeMigrationSettings,
  readMigrationSettings,
} from '../../hosts/migration-parameters.ts';
import type {
  MigrationSettings,
  MigrationSettingsChange,
} from '../../hosts/migration-parameters.ts';
import type { Connections } from '../connections/connections.ts';
import { show } from '../text.ts';
import type { DomainTarget } from './targets.ts';

interface SettingItem extends vscode.QuickPickItem {
  /** Asks for another value; undefined when the user thinks better of it. */
  readonly ask?: () => Promise<MigrationSettingsChange | undefined>;
}

/** Lists what a running domain holds ready for its next migration; each entry can be changed. */
export async function showMigrationSettings(
  { host, domain }: DomainTarget,
  connections: Connections,
): Promise<void> {
  const session = await connections.session(host);
  let settings = await readMigrationSettings(session, domain);
  for (;;) {
    const chosen = await vscode.window.showQuickPick(itemsOf(settings), {
      title: vscode.l10n.t('Migration settings of {0} on {1}', domain, host),
      placeHolder: vscode.l10n.t('Choose one to change it'),
      matchOnDescription: true,
      matchOnDetail: true,
    });
    if (chosen?.ask === undefined) return;
    const change = await chosen.ask();
    if (change === undefined) continue;
    settings = await changeMigrationSettings(session, domain, change);
  }
}

function itemsOf(settings: MigrationSettings): readonly SettingItem[] {
  const limit = settings.bandwidth === undefined ? '' : formatRate(settings.bandwidth);
  const separator = (label: string): SettingItem => ({
    label,
    kind: vscode.QuickPickItemKind.Separator,
  });
  return [
    separator('libvirt'),
    {
      label: 'bandwidth',
      description: limit === '' ? vscode.l10n.t('no limit') : limit,
      detail: vscode.l10n.t('Most that libvirt lets a migration of this domain send.'),
      ask: () =>
        askText('bandwidth', limit, (text) => {
          const result = parseQuantity(text, 'rate');
          const amount = result.ok ? result.quantity.amount / 1024 / 1024 : 0;
          return Number.isInteger(amount) && amount >= 1
            ? { bandwidthMiB: amount }
            : vscode.l10n.t('Whole MiB per second, for example 500MiB/s');
        }),
    },
    {
      label: 'max-downtime',
      description: formatDuration(settings.maxDowntimeMs),
      detail: vscode.l10n.t('Longest pause that QEMU may plan for the end.'),
      ask: () =>
        askText('max-downtime', formatDuration(settings.maxDowntimeMs), (text) => {
          const result = parseQuantity(text, 'duration');
          const amount = result.ok ? result.quantity.amount : 0;
          return Number.isInteger(amount) && amount >= 1 && amount <= 2_000_000
            ? { maxDowntimeMs: amount }
            : vscode.l10n.t('1ms to 2000s, for example 500ms');
        }),
    },
    separator(vscode.l10n.t('QEMU parameters')),
    ...settings.parameters.map((row): SettingItem => ({
      label: row.name,
      description: row.value,
      detail: detailOf(row.meaning, row.atLaunch),
      ask: () =>
        askText(row.name, String(row.raw), (text) => ({ parameters: { [row.name]: text } })),
    })),
    separator(vscode.l10n.t('QEMU capabilities')),
    ...settings.capabilities.map((row): SettingItem => ({
      label: row.name,
      description: row.on ? 'on' : 'off',
      detail: detailOf(row.meaning, row.atLaunch),
      ask: () => Promise.resolve({ capabilities: { [row.name]: !row.on } }),
    })),
  ];
}

function detailOf(meaning: Message | undefined, atLaunch: Message): string {
  const fate = vscode.l10n.t('At launch: {0}', show(atLaunch));
  return meaning === undefined ? fate : `${show(meaning)} ${fate}`;
}

/** `read` gives the change, or what is wrong with the text. */
async function askText(
  name: string,
  value: string,
  read: (text: string) => MigrationSettingsChange | string,
): Promise<MigrationSettingsChange | undefined> {
  const text = await vscode.window.showInputBox({
    title: name,
    value,
    validateInput: (typed) => {
      const found = read(typed.trim());
      return typeof found === 'string' ? found : undefined;
    },
  });
  if (text === undefined) return undefined;
  const found = read(text.trim());
  return typeof found === 'string' ? undefined : found;
}
