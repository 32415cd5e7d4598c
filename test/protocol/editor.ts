/** A client of the language server for tests: what an editor does, over streams. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import {
  CancellationTokenSource,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
  createConnection,
  createProtocolConnection,
} from 'vscode-languageserver/node';
import type {
  ClientCapabilities,
  Diagnostic,
  InitializeResult,
  ProtocolConnection,
  TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { startServer } from '../../server/server.ts';

/** Milliseconds within which every answer must come. */
export const answerLimit = 10_000;

export interface EditorOptions {
  /** Files of the workspace folder by their path in it. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly capabilities?: ClientCapabilities;
  readonly initializationOptions?: unknown;
  readonly locale?: string;
  /** The section `liveMigrate` of the settings, for a client that is asked for it. */
  readonly configuration?: () => unknown;
  /** Streams of a server that runs elsewhere; absent: one in this process. */
  readonly server?: {
    readonly input: NodeJS.WritableStream;
    readonly output: NodeJS.ReadableStream;
  };
}

export class Editor {
  readonly folder: string;
  readonly connection: ProtocolConnection;
  readonly log: string[] = [];
  /** How many times diagnostics came for a document. */
  readonly published = new Map<string, number>();
  readonly refreshes: string[] = [];
  initializeResult: InitializeResult = { capabilities: {} };
  private readonly documents = new Map<string, TextDocument>();
  private readonly diagnostics = new Map<string, readonly Diagnostic[]>();
  private readonly listeners = new Set<() => void>();

  private constructor(folder: string, connection: ProtocolConnection) {
    this.folder = folder;
    this.connection = connection;
  }

  static async start(options: EditorOptions = {}): Promise<Editor> {
    const folder = mkdtempSync(join(tmpdir(), 'livemigrate-protocol-'));
    for (const [path, content] of Object.entries(options.files ?? {})) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const { input, output } = options.server ?? serverInThisProcess();
    const connection = createProtocolConnection(
      new StreamMessageReader(output),
      new StreamMessageWriter(input),
    );
    const editor = new Editor(folder, connection);
    editor.listen(options.configuration);
    editor.initializeResult = await editor.request<InitializeResult>('initialize', {
      processId: null,
      rootUri: null,
      workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'test' }],
      capabilities: options.capabilities ?? {},
      initializationOptions: options.initializationOptions,
      ...(options.locale === undefined ? {} : { locale: options.locale }),
    });
    await connection.sendNotification('initialized', {});
    return editor;
  }

  private listen(configuration: EditorOptions['configuration']): void {
    const { connection } = this;
    connection.onNotification(
      'textDocument/publishDiagnostics',
      (params: { uri: string; diagnostics: Diagnostic[] }) => {
        this.diagnostics.set(params.uri, params.diagnostics);
        this.published.set(params.uri, (this.published.get(params.uri) ?? 0) + 1);
        for (const listener of [...this.listeners]) listener();
      },
    );
    connection.onNotification('window/logMessage', (params: { message: string }) => {
      this.log.push(params.message);
    });
    connection.onRequest('client/registerCapability', () => null);
    connection.onRequest('workspace/configuration', () => [configuration?.() ?? null]);
    for (const method of [
      'workspace/diagnostic/refresh',
      'workspace/codeLens/refresh',
      'workspace/inlayHint/refresh',
    ]) {
      connection.onRequest(method, () => {
        this.refreshes.push(method);
        return null;
      });
    }
    connection.listen();
  }

  uri(path: string): string {
    return pathToFileURL(join(this.folder, path)).href;
  }

  async open(path: string, text: string, languageId = 'live-migration'): Promise<string> {
    const uri = this.uri(path);
    this.documents.set(uri, TextDocument.create(uri, languageId, 1, text));
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version: 1, text },
    });
    return uri;
  }

  /** Replaces `from` (found in the text) by `to`, as one incremental change. */
  async replace(uri: string, from: string, to: string): Promise<void> {
    const document = this.document(uri);
    const at = document.getText().indexOf(from);
    if (at < 0) throw new Error(`${from} is not in the document`);
    const range = {
      start: document.positionAt(at),
      end: document.positionAt(at + from.length),
    };
    await this.edit(uri, [{ range, newText: to }]);
  }

  async edit(uri: string, edits: readonly TextEdit[]): Promise<void> {
    const document = this.document(uri);
    // From the end to the start, so that no change moves the place of another.
    const sorted = [...edits].sort(
      (a, b) => document.offsetAt(b.range.start) - document.offsetAt(a.range.start),
    );
    const contentChanges = sorted.map(({ range, newText }) => ({ range, text: newText }));
    const version = document.version + 1;
    this.documents.set(uri, TextDocument.update(document, contentChanges, version));
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges,
    });
  }

  async close(uri: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  document(uri: string): TextDocument {
    const document = this.documents.get(uri);
    if (document === undefined) throw new Error(`${uri} is not open`);
    return document;
  }

  /** Position of `needle`'s start in an open document. */
  position(uri: string, needle: string): { line: number; character: number } {
    const document = this.document(uri);
    const at = document.getText().indexOf(needle);
    if (at < 0) throw new Error(`${needle} is not in the document`);
    return document.positionAt(at);
  }

  request<T>(method: string, params: unknown): Promise<T> {
    return within(this.connection.sendRequest<T>(method, params), method);
  }

  /** Sends a request and cancels it at once. */
  cancelled(method: string, params: unknown): Promise<unknown> {
    const source = new CancellationTokenSource();
    const answer = this.connection.sendRequest(method, params, source.token);
    source.cancel();
    return within(answer, method);
  }

  /** Diagnostics of a document as soon as they are as expected. */
  async diagnosticsOf(
    uri: string,
    expected: (diagnostics: readonly Diagnostic[]) => boolean = () => true,
  ): Promise<readonly Diagnostic[]> {
    const arrived = new Promise<readonly Diagnostic[]>((resolve) => {
      const look = (): void => {
        const current = this.diagnostics.get(uri);
        if (current === undefined || !expected(current)) return;
        this.listeners.delete(look);
        resolve(current);
      };
      this.listeners.add(look);
      look();
    });
    return within(arrived, () => `diagnostics; last: ${JSON.stringify(this.diagnostics.get(uri))}`);
  }

  /** Forgets what came, so that the next diagnostics are new ones. */
  forgetDiagnostics(): void {
    this.diagnostics.clear();
    this.published.clear();
  }

  async stop(): Promise<void> {
    await this.request('shutdown', null);
    this.connection.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A diagnostic's message, which newer protocols allow to be marked up. */
export function textOf({ message }: Diagnostic): string {
  return typeof message === 'string' ? message : message.value;
}

function serverInThisProcess(): NonNullable<EditorOptions['server']> {
  const input = new PassThrough();
  const output = new PassThrough();
  startServer(
    (options) =>
      createConnection(
        ProposedFeatures.all,
        new StreamMessageReader(input),
        new StreamMessageWriter(output),
        options,
      ),
    {
      documentationBase: 'https://example.org/livemigrate/',
      grammarFolders: [join(import.meta.dirname, '..', '..', 'grammars')],
    },
  );
  return { input, output };
}

async function within<T>(promise: Promise<T>, what: string | (() => string)): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const name = typeof what === 'string' ? what : what();
      reject(new Error(`no answer within ${String(answerLimit)} ms: ${name}`));
    }, answerLimit);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
