import * as vscode from 'vscode';
import { loadDescriptor } from '../../core/descriptor/load.ts';
import { languageIds } from '../../core/service/document-kind.ts';
import type { HostStates } from '../connections/host-states.ts';
import type { WorkspaceInventories } from '../inventory/inventories.ts';
import { isActive } from '../runs/shown-run.ts';
import type { ShownRun } from '../runs/shown-run.ts';
import type { HostsItem } from '../views/hosts/item.ts';
import type { MigrationsItem } from '../views/migrations/migration-nodes.ts';

/** Descriptor files that a quick pick lists. */
const fileLimit = 200;

/** A domain as a command is about it. */
export interface DomainTarget {
  readonly host: string;
  readonly domain: string;
}

/**
 * The migration file a command is about: what it was called with (a URI from a code lens, a menu),
 * else the active editor's document, else the user chooses. Undefined when there is none.
 */
export async function migrationFile(argument: unknown): Promise<vscode.Uri | undefined> {
  if (typeof argument === 'string') return vscode.Uri.parse(argument);
  if (argument instanceof vscode.Uri) return argument;
  const active = vscode.window.activeTextEditor?.document;
  if (active !== undefined && isMigration(active)) return active.uri;
  return chooseMigrationFile();
}

function isMigration(document: vscode.TextDocument): boolean {
  if (document.languageId !== languageIds.descriptor) return false;
  return loadDescriptor(document.uri.toString(), document.getText()).kind === 'Migration';
}

async function chooseMigrationFile(): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles(
    '**/*.migration.{yaml,yml}',
    '**/node_modules/**',
    fileLimit,
  );
  const items: (vscode.QuickPickItem & { uri: vscode.Uri })[] = [];
  for (const uri of found) {
    const document = await vscode.workspace.openTextDocument(uri);
    const descriptor = loadDescriptor(uri.toString(), document.getText());
    if (descriptor.kind !== 'Migration') continue;
    const { domain, source, destination } = descriptor.migration;
    items.push({
      label: vscode.workspace.asRelativePath(uri),
      description: `${domain?.value ?? '?'}: ${source?.value ?? '?'} → ${destination?.value ?? '?'}`,
      uri,
    });
  }
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is no migration file in this workspace. Create one first.'),
    );
    return undefined;
  }
  const sorted = items.toSorted((a, b) => a.label.localeCompare(b.label));
  const placeHolder = vscode.l10n.t('Migration');
  return (await vscode.window.showQuickPick(sorted, { placeHolder, matchOnDescription: true }))
    ?.uri;
}

/** The host a command is about: from a node, by name, or chosen. */
export async function hostName(
  argument: unknown,
  inventories: WorkspaceInventories,
): Promise<string | undefined> {
  if (typeof argument === 'string') return argument;
  const item = itemOf(argument) as HostsItem | undefined;
  if (item !== undefined && 'host' in item) return item.host;
  const { hosts } = await inventories.read();
  if (hosts.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No inventory lists a host. Add one first.'),
    );
    return undefined;
  }
  const items = hosts.map(({ name, host }) => ({
    label: name,
    description: host.address?.value ?? '',
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Host') }))?.label;
}

/** What a domain command needs to ask with. */
export interface DomainSources {
  readonly inventories: WorkspaceInventories;
  readonly states: HostStates;
  /** Asks a host, so that its domains are known. */
  readonly ask: (host: string) => Promise<void>;
}

/** The domain a command is about: from a node, from a migration file, or chosen. */
export async function domainTarget(
  argument: unknown,
  sources: DomainSources,
): Promise<DomainTarget | undefined> {
  const item = itemOf(argument) as HostsItem | undefined;
  if (item !== undefined && 'domain' in item) return { host: item.host, domain: item.domain };
  if (typeof argument === 'string' || argument instanceof vscode.Uri) {
    return domainOfFile(typeof argument === 'string' ? vscode.Uri.parse(argument) : argument);
  }
  const active = vscode.window.activeTextEditor?.document;
  if (active !== undefined && isMigration(active)) return domainOfFile(active.uri);
  const host = await hostName(undefined, sources.inventories);
  return host === undefined ? undefined : chooseDomain(host, sources);
}

async function domainOfFile(uri: vscode.Uri): Promise<DomainTarget | undefined> {
  const document = await vscode.workspace.openTextDocument(uri);
  const descriptor = loadDescriptor(uri.toString(), document.getText());
  const { domain, source } =
    descriptor.kind === 'Migration'
      ? descriptor.migration
      : { domain: undefined, source: undefined };
  if (domain === undefined || source === undefined) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('This file does not say which domain runs on which source host.'),
    );
    return undefined;
  }
  return { host: source.value, domain: domain.value };
}

/** Lets the user choose a running domain of a host. */
export async function chooseDomain(
  host: string,
  { states, ask }: DomainSources,
): Promise<DomainTarget | undefined> {
  if (states.of(host).kind !== 'answered') await ask(host);
  const state = states.of(host);
  const domains =
    state.kind === 'answered' && state.snapshot.domains.ok ? state.snapshot.domains.value : [];
  const running = domains.filter((domain) => domain.state === 'running');
  if (running.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No running domain is known on {0}; the Hosts view says why.', host),
    );
    return undefined;
  }
  const items = running.map((domain) => ({ label: domain.name, description: domain.uuid }));
  const placeHolder = vscode.l10n.t('Domain on {0}', host);
  const chosen = await vscode.window.showQuickPick(items, { placeHolder });
  return chosen === undefined ? undefined : { host, domain: chosen.label };
}

/** The run a command is about: from a node, by id, the only one there is, or chosen. */
export async function runId(
  argument: unknown,
  runs: readonly ShownRun[],
  which: 'active' | 'all',
): Promise<string | undefined> {
  if (typeof argument === 'string') return argument;
  const item = itemOf(argument) as MigrationsItem | undefined;
  if (item?.kind === 'run') return item.run;
  const candidates = runs
    .filter((run) => which === 'all' || isActive(run))
    .toSorted((a, b) => b.startedAt - a.startedAt);
  if (candidates.length === 0) {
    void vscode.window.showInformationMessage(
      which === 'active'
        ? vscode.l10n.t('No migration is running.')
        : vscode.l10n.t('No migration has been launched from this machine yet.'),
    );
    return undefined;
  }
  const items = candidates.map((run) => ({
    label: `${run.domain}: ${run.source} → ${run.destination}`,
    description: new Date(run.startedAt).toLocaleString(vscode.env.language),
    id: run.id,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Run') }))?.id;
}

/** The item of a tree node; undefined for anything else a command may be called with. */
function itemOf(argument: unknown): unknown {
  if (typeof argument !== 'object' || argument === null || !('item' in argument)) return undefined;
  return argument.item;
}
