import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  TextDocuments,
} from 'vscode-languageserver/node';
import type {
  CancellationToken,
  ClientCapabilities,
  Connection,
  FileEvent,
  InitializeParams,
  WorkspaceDiagnosticParams,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { english, render } from '../core/messages.ts';
import type { Translate } from '../core/messages.ts';
import { documentationPage } from '../core/rules/documentation.ts';
import { createParseCache } from '../core/service/parse-cache.ts';
import type { FactsParams, ServerOptions } from '../core/service/protocol.ts';
import { factsMethod } from '../core/service/protocol.ts';
import { createConversion } from './convert.ts';
import type { Conversion } from './convert.ts';
import { describe } from './describe.ts';
import { Diagnoses } from './diagnoses.ts';
import { FactsFile, readSnapshot } from './facts-file.ts';
import { registerFeatures } from './features.ts';
import { descriptorLimit } from './find-descriptors.ts';
import { canonicalUri, filePath } from './file-uri.ts';
import { diskFiles } from './files.ts';
import { OpenWorkspace } from './open-workspace.ts';
import { Publisher } from './publisher.ts';
import { shareHosts } from './share-hosts.ts';
import { readSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { processOptions } from './service-options.ts';
import type { ServiceOptions } from './service-options.ts';
import { isChinese, translateTo } from './translations.ts';
import { WorkspaceFiles } from './workspace-files.ts';
import { WorkspacePull } from './workspace-pull.ts';
import { YoungGarbage } from './young-garbage.ts';

/** Serves a client that has been answered its `initialize`. */
export function serve(
  connection: Connection,
  params: InitializeParams,
  options: ServiceOptions = processOptions(),
): void {
  new Session(connection, options).start(params);
}

/** One client's documents, settings and facts, and the handlers that keep them current. */
export class Session {
  readonly connection: Connection;
  readonly cache = createParseCache(descriptorLimit + 64);
  readonly workspace: OpenWorkspace;
  readonly diagnoses: Diagnoses;
  capabilities: ClientCapabilities = {};
  private readonly documents = new TextDocuments(TextDocument);
  private readonly publisher: Publisher;
  private readonly workspaceFiles: WorkspaceFiles;
  private readonly pull: WorkspacePull;
  private readonly garbage = new YoungGarbage();
  private workspaceIsPulled = false;
  private readonly factsFile: FactsFile;
  private documentationBase: string | undefined;
  private locale: string | undefined;
  private translate: Translate = english;
  private refreshWanted = false;

  constructor(connection: Connection, { documentationBase, grammarFolders }: ServiceOptions) {
    this.connection = connection;
    this.documentationBase = documentationBase;
    const files = diskFiles();
    this.workspace = new OpenWorkspace(files, this.cache);
    this.workspace.grammarFolders = grammarFolders;
    this.diagnoses = new Diagnoses(this.workspace, this.cache, (message) => {
      connection.console.error(message);
    });
    this.factsFile = new FactsFile(files, (message) => {
      connection.console.warn(message);
    });
    this.publisher = new Publisher({
      connection,
      workspace: this.workspace,
      diagnoses: this.diagnoses,
      conversion: () => this.conversion(),
      pulls: () => this.pulls,
      pullsWorkspace: () => this.workspaceIsPulled,
      published: () => {
        this.refreshClient();
      },
      settled: (changed) => {
        if (changed.some((uri) => this.workspace.document(uri) !== undefined)) {
          this.refreshWanted = true;
        }
        this.refreshClient();
        if (changed.length > 0) this.pull.wake();
        this.garbage.answered();
      },
    });
    this.workspaceFiles = new WorkspaceFiles({
      workspace: this.workspace,
      found: () => {
        this.diagnoses.invalidateAll();
        this.publisher.schedule();
        this.pull.wake();
      },
      tell: (message) => {
        connection.window.showWarningMessage(render(message, this.translate));
      },
    });
    this.pull = new WorkspacePull({
      workspace: this.workspace,
      diagnoses: this.diagnoses,
      conversion: () => this.conversion(),
      filesKnown: () => this.workspaceFiles.known(),
    });
  }

  get pulls(): boolean {
    return this.capabilities.textDocument?.diagnostic !== undefined;
  }

  conversion(): Conversion {
    const { workspace, translate } = this;
    const base = this.documentationBase;
    const language = isChinese(this.locale) ? 'zh-cn' : 'en';
    return createConversion({
      translate,
      now: workspace.now(),
      documentation: (code) =>
        base === undefined ? undefined : new URL(documentationPage(code, language), base).href,
      read: (uri) => workspace.read(uri),
    });
  }

  /** Takes what the client said of itself, and registers all handlers. */
  start(params: InitializeParams): void {
    const { connection } = this;
    this.initialize(params);
    connection.onInitialized(() => {
      void this.initialized().catch((error: unknown) => {
        connection.console.error(`registering with the editor failed: ${describe(error)}`);
      });
    });
    connection.onShutdown(() => {
      this.publisher.stop();
      this.workspaceFiles.stop();
      this.pull.end();
      this.garbage.stop();
    });
    this.documents.onDidOpen(({ document }) => {
      this.workspace.setOpen(document);
      this.diagnoses.invalidate(document.uri);
      this.publisher.schedule();
    });
    this.documents.onDidChangeContent(({ document }) => {
      if (this.diagnoses.hasDependents(document.uri)) this.refreshWanted = true;
      if (this.workspace.textChanged(document)) this.diagnoses.invalidateAll();
      this.diagnoses.invalidate(document.uri);
      this.publisher.schedule();
    });
    this.documents.onDidSave(() => {
      this.lookAround();
    });
    this.documents.onDidClose(({ document }) => {
      this.workspace.setClosed(document.uri);
      this.diagnoses.invalidate(document.uri);
      this.worldChanged();
    });
    this.documents.listen(connection);
    connection.onDidChangeWatchedFiles(({ changes }) => {
      this.filesChanged(changes);
    });
    connection.onDidChangeConfiguration(() => {
      void this.readSettings();
    });
    connection.onNotification(factsMethod, (params: FactsParams) => {
      this.takeFacts(params);
    });
    registerFeatures(this);
  }

  private initialize(params: InitializeParams): void {
    this.capabilities = params.capabilities;
    const options = serverOptions(params.initializationOptions);
    this.locale = options.locale ?? params.locale;
    this.translate = translateTo(this.locale);
    this.documentationBase = documentationBase(options.documentationBase) ?? this.documentationBase;
    this.workspace.folders = workspaceFolders(params);
    this.use(readSettings(params.initializationOptions));
    this.factsFile.path = options.factsFile;
    this.workspace.snapshot = this.factsFile.read(this.workspace.folders[0]);
  }

  private async initialized(): Promise<void> {
    const { connection, capabilities } = this;
    if (capabilities.workspace?.workspaceFolders === true) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map((folder) => filePath(folder.uri)));
        const kept = this.workspace.folders.filter((folder) => !gone.has(folder));
        const more = added.flatMap((folder) => filePath(folder.uri) ?? []);
        this.workspace.folders = [...kept, ...more];
        this.worldChanged();
        this.workspaceFiles.look();
      });
    }
    if (capabilities.workspace?.didChangeConfiguration?.dynamicRegistration === true) {
      await connection.client.register(DidChangeConfigurationNotification.type, {
        section: 'liveMigrate',
      });
    }
    if (capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
      await connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [
          { globPattern: '**/*.migration.{yaml,yml}' },
          { globPattern: '**/*.xml' },
          { globPattern: '**/*facts*.json' },
        ],
      });
      this.workspace.filesAreWatched = true;
    }
    await this.readSettings();
    this.workspaceFiles.look();
  }

  /** Answers `workspace/diagnostic`; from the first one on, nothing of closed files is pushed. */
  pullWorkspace(
    params: WorkspaceDiagnosticParams,
    token: CancellationToken,
    results: Parameters<WorkspacePull['answer']>[2],
  ): ReturnType<WorkspacePull['answer']> {
    this.workspaceIsPulled = true;
    return this.pull.answer(params, token, results);
  }

  /** Settings of the editor; initialisation options stay in force where a setting is empty. */
  private async readSettings(): Promise<void> {
    if (this.capabilities.workspace?.configuration !== true) return;
    try {
      const settings: unknown = await this.connection.workspace.getConfiguration('liveMigrate');
      this.use(readSettings(settings));
      this.worldChanged();
    } catch (error) {
      this.connection.console.warn(`reading the settings failed: ${describe(error)}`);
    }
  }

  /** Settings, or initialisation options where there are no settings. */
  private use({ inventory, validate, levels, mistakes }: Settings): void {
    if (inventory !== undefined) this.workspace.inventorySetting = inventory;
    if (validate !== undefined) this.workspaceFiles.wanted = validate === 'workspace';
    if (levels !== undefined) this.workspace.ruleLevels = levels;
    for (const mistake of mistakes) {
      this.connection.console.warn(render(mistake, this.translate));
    }
  }

  /** Files that the editor watches have changed: only what depends on them is looked at again. */
  private filesChanged(changes: readonly FileEvent[]): void {
    for (const { uri, type } of changes) {
      if (this.workspace.fileChanged(uri)) this.diagnoses.invalidateAll();
      if (type !== FileChangeType.Changed) this.workspaceFiles.changed(uri);
      this.diagnoses.invalidate(uri);
    }
    const factsChanged = changes.some(({ uri }) => uri.endsWith('.json'));
    if (this.factsFile.path !== undefined && factsChanged) this.worldChanged();
    this.refreshWanted = true;
    this.publisher.schedule();
  }

  /** Where no editor tells of changed files, the workspace is looked through at a save. */
  private lookAround(): void {
    if (this.workspace.filesAreWatched) return;
    this.worldChanged();
    this.workspaceFiles.look();
  }

  private takeFacts(params: FactsParams): void {
    const snapshot = readSnapshot(params.snapshot);
    if (snapshot === undefined && params.snapshot !== null) {
      this.connection.console.warn(`${factsMethod}: this is no snapshot of facts; it is ignored`);
      return;
    }
    this.factsFile.path = undefined;
    this.workspace.factsChanged(shareHosts(this.workspace.snapshot, snapshot));
    this.worldChanged();
  }

  /** Files, facts or settings have changed: every open document is looked at again. */
  private worldChanged(): void {
    if (this.factsFile.path !== undefined) {
      const read = this.factsFile.read(this.workspace.folders[0]);
      this.workspace.factsChanged(shareHosts(this.workspace.snapshot, read));
    }
    this.workspace.changed();
    this.diagnoses.invalidateAll();
    this.refreshWanted = true;
    this.publisher.schedule();
  }

  /** Asks the client to ask again for what it pulls, when something else than its text changed. */
  private refreshClient(): void {
    if (!this.refreshWanted) return;
    this.refreshWanted = false;
    const { connection } = this;
    const workspace = this.capabilities.workspace;
    const ignore = (error: unknown): void => {
      connection.console.warn(`the editor refused to refresh: ${describe(error)}`);
    };
    if (this.pulls && workspace?.diagnostics?.refreshSupport === true) {
      void Promise.resolve(connection.languages.diagnostics.refresh()).catch(ignore);
    }
    if (workspace?.codeLens?.refreshSupport === true) {
      void Promise.resolve(connection.sendRequest('workspace/codeLens/refresh')).catch(ignore);
    }
    if (workspace?.inlayHint?.refreshSupport === true) {
      void Promise.resolve(connection.languages.inlayHint.refresh()).catch(ignore);
    }
  }
}

/** Takes what has the right type; everything else counts as absent. */
function serverOptions(value: unknown): ServerOptions {
  if (typeof value !== 'object' || value === null) return {};
  const said = value as Record<string, unknown>;
  const text = (name: string): Record<string, string> => {
    const found = said[name];
    return typeof found === 'string' && found !== '' ? { [name]: found } : {};
  };
  return {
    ...text('locale'),
    ...text('factsFile'),
    ...text('documentationBase'),
  };
}

/** A base that relative addresses can be resolved against; undefined when it is none. */
function documentationBase(uri: string | undefined): string | undefined {
  const base = uri === undefined || uri.endsWith('/') ? uri : `${uri}/`;
  return base !== undefined && URL.canParse('x', base) ? base : undefined;
}

function workspaceFolders(params: InitializeParams): readonly string[] {
  const uris = params.workspaceFolders?.map((folder) => folder.uri) ?? [];
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- older editors send nothing else
  const root = params.rootUri;
  const all = uris.length > 0 || root === null ? uris : [root];
  return all.flatMap((uri) => filePath(canonicalUri(uri)) ?? []);
}
