import * as vscode from 'vscode';
import { documentKind } from '../core/service/document-kind.ts';
import { registerCommands } from './commands/register.ts';
import { Connections } from './connections/connections.ts';
import { HostStates } from './connections/host-states.ts';
import { LiveXml } from './documents/live-xml.ts';
import { ShownTexts } from './documents/shown-texts.ts';
import { WorkspaceInventories } from './inventory/inventories.ts';
import { followActiveKind } from './language/active-kind.ts';
import { LanguageServer } from './language/language-client.ts';
import { followOpenRecords } from './commands/run-commands.ts';
import { isOfTheseHosts, rememberedRuns } from './runs/own-runs.ts';
import { FailureDiagnostics } from './runs/failure-diagnostics.ts';
import { findOpenRuns, refreshMovedHosts } from './runs/follow.ts';
import { RunCenter } from './runs/run-center.ts';
import { showInStatusBar } from './runs/status-bar.ts';
import { tellOutcome } from './runs/tell-outcome.ts';
import { thisProcess } from '../hosts/run/owner.ts';
import { liveXmlOf } from './documents/live-xml-source.ts';
import { causeOf } from './text.ts';
import { hostsTreeSource } from './views/hosts/hosts-tree.ts';
import { PreflightView } from './views/preflight/preflight-view.ts';
import { MigrationsView } from './views/migrations/migrations-view.ts';
import { Tree } from './views/tree.ts';

/** What must end before the editor goes; a migration never does, it runs on its host. */
let atEnd: (() => Promise<unknown>)[] = [];

/** Called by VS Code at the first document of ours, view or command. Opens no connection. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Live Migrate', { log: true });
  const server = new LanguageServer(context.asAbsolutePath('dist/server.cjs'), log);
  const states = new HostStates();
  const inventories = new WorkspaceInventories(log);
  const connections = new Connections(states, inventories, log);
  const texts = new ShownTexts();
  const liveXml = new LiveXml((host, domain) => liveXmlOf({ host, domain }, connections, states));
  const preflightView = new PreflightView();
  const ownRuns = rememberedRuns(context.workspaceState);
  const runs = new RunCenter({
    sessions: (host) => connections.background(host),
    owner: () => thisProcess('editor'),
    isOurs: async (run) =>
      ownRuns.has(run.id) || isOfTheseHosts(run, (await inventories.read()).hosts),
    warn: (text) => {
      log.warn(text);
    },
  });
  const migrationsView = new MigrationsView(runs);
  const hostsTree = new Tree(
    'liveMigrate.hosts',
    hostsTreeSource({
      states,
      allowed: () => vscode.workspace.isTrusted,
      inventories: () => inventories.read(),
      ask: (host) => connections.ask(host),
      isMoving: (host, domain) => runs.isMoving(host, domain),
      now: () => Date.now(),
    }),
  );
  atEnd = [
    async () => {
      runs.stop();
      return Promise.resolve();
    },
    () => server.stop(),
    () => connections.closeAll(),
  ];
  context.subscriptions.push(
    log,
    inventories,
    connections,
    texts,
    liveXml,
    preflightView,
    hostsTree,
    migrationsView,
    showInStatusBar(runs),
    new FailureDiagnostics(runs, context.extensionUri),
    followOpenRecords({ runs, texts }),
    refreshMovedHosts(runs, connections, states),
    runs.changed.on(() => {
      hostsTree.refresh();
    }),
    runs.endedAfterAttach.on(({ run, outcome }) => {
      void tellOutcome(run, outcome);
    }),
    findOpenRuns(runs, log),
    followActiveKind(),
    startServerWhenNeeded(server, log),
    states.changed.on(() => {
      hostsTree.refresh();
      void server.giveFacts(states.facts());
    }),
    inventories.changed.on(({ hosts }) => {
      states.keepOnly(new Set(hosts.map((host) => host.name)));
      hostsTree.refresh();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      hostsTree.refresh();
    }),
    ...registerCommands({
      log,
      states,
      inventories,
      connections,
      texts,
      liveXml,
      preflightView,
      hostsTree,
      runs,
      remember: (run) => {
        ownRuns.add(run);
      },
    }),
  );
}

/** Called by VS Code when the window closes or the extension is switched off. */
export async function deactivate(): Promise<void> {
  const ending = atEnd;
  atEnd = [];
  await Promise.allSettled(ending.map((end) => end()));
}

/**
 * The server starts with the first document it has something to say about, open or in the
 * workspace: opening any XML file activates this extension, and most XML is no domain.
 */
function startServerWhenNeeded(
  server: LanguageServer,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const consider = (document: vscode.TextDocument): void => {
    const uri = document.uri.toString();
    if (documentKind(uri, document.languageId, document.getText()) !== undefined) start();
  };
  const start = (): void => {
    listening.dispose();
    server.start().catch((error: unknown) => {
      log.error(`the language server did not start: ${causeOf(error)}`);
      void vscode.window.showErrorMessage(
        vscode.l10n.t('Live Migrate cannot check files: its language server did not start.'),
      );
    });
  };
  const listening = vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(consider),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      // The root element of an XML document may be typed after it was opened.
      if (document.languageId === 'xml') consider(document);
    }),
  );
  for (const document of vscode.workspace.textDocuments) consider(document);
  void startForWorkspace(start);
  return listening;
}

/** Migration files are checked without being opened, unless the settings want it otherwise. */
async function startForWorkspace(start: () => void): Promise<void> {
  const validate = vscode.workspace.getConfiguration('liveMigrate').get<string>('validate');
  if (validate === 'open') return;
  const found = await vscode.workspace.findFiles(
    '**/*.migration.{yaml,yml}',
    '**/{node_modules,.git}/**',
    1,
  );
  if (found.length > 0) start();
}
