/** A language client that measures: one server process, spoken to over its standard streams. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import {
  StreamMessageReader,
  StreamMessageWriter,
  createProtocolConnection,
} from 'vscode-languageserver/node';
import type { Diagnostic, ProtocolConnection } from 'vscode-languageserver/node';

/** Milliseconds after which a server that does not answer has failed. */
const limit = 60_000;

export interface ServerProgram {
  readonly name: string;
  /** Words behind Node's own. */
  readonly words: readonly string[];
  /** Answers to `workspace/configuration`, by section. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly Diagnostic[];
}

export class LanguageClient {
  /** Milliseconds from the start of the process to the answer to `initialize`. */
  readonly started: number;
  private readonly process: ChildProcess;
  private readonly connection: ProtocolConnection;
  private listener: (published: Published) => void = () => undefined;
  private version = 1;

  private constructor(process: ChildProcess, connection: ProtocolConnection, started: number) {
    this.process = process;
    this.connection = connection;
    this.started = started;
    connection.onNotification('textDocument/publishDiagnostics', (published: Published) => {
      this.listener(published);
    });
  }

  /** Starts a server on a folder and waits until it is initialized. */
  static async start(program: ServerProgram, folder: string): Promise<LanguageClient> {
    const begin = performance.now();
    const child = spawn(process.execPath, [...program.words], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    connection.onRequest('client/registerCapability', () => null);
    connection.onRequest(
      'workspace/configuration',
      ({ items }: { items: readonly { section?: string }[] }) =>
        items.map(({ section }) => program.settings?.[section ?? ''] ?? null),
    );
    connection.listen();
    const uri = pathToFileURL(folder).href;
    await within(
      connection.sendRequest('initialize', {
        processId: null,
        rootUri: uri,
        workspaceFolders: [{ uri, name: 'bench' }],
        capabilities: {
          workspace: {
            configuration: true,
            workspaceFolders: true,
            didChangeConfiguration: { dynamicRegistration: true },
            didChangeWatchedFiles: { dynamicRegistration: true },
          },
          textDocument: { publishDiagnostics: { versionSupport: true, relatedInformation: true } },
        },
      }),
      `${program.name}: initialize`,
    );
    const client = new LanguageClient(child, connection, performance.now() - begin);
    await connection.sendNotification('initialized', {});
    return client;
  }

  /** Opens a document; milliseconds until its diagnostics are as expected. */
  open(uri: string, text: string, languageId: string, expected: Expectation): Promise<number> {
    return this.timed(expected, () =>
      this.connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId, version: this.version, text },
      }),
    );
  }

  /** Replaces a range of one line; milliseconds until the diagnostics are as expected. */
  change(uri: string, edit: LineEdit, expected: Expectation): Promise<number> {
    this.version++;
    const range = {
      start: { line: edit.line, character: edit.start },
      end: { line: edit.line, character: edit.end },
    };
    return this.timed(expected, () =>
      this.connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version: this.version },
        contentChanges: [{ range, text: edit.text }],
      }),
    );
  }

  private timed(expected: Expectation, send: () => Promise<void>): Promise<number> {
    const begin = performance.now();
    const version = this.version;
    const came = new Promise<number>((resolve) => {
      this.listener = (published) => {
        if (expected(published, version)) resolve(performance.now() - begin);
      };
    });
    void send();
    return within(came, 'diagnostics');
  }

  /** Resident memory of the process in MiB (Linux). */
  memory(): number {
    const status = readFileSync(`/proc/${String(this.process.pid)}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
  }

  /** Ends the server as an editor does; one that does not end is ended. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    const patience = setTimeout(() => this.process.kill('SIGKILL'), 5000);
    await Promise.race([this.connection.sendRequest('shutdown'), ended]);
    await Promise.race([this.connection.sendNotification('exit'), ended]);
    await ended;
    clearTimeout(patience);
    this.connection.dispose();
  }
}

/** Are these the diagnostics that were waited for? `version` is that of the document. */
export type Expectation = (published: Published, version: number) => boolean;

export interface LineEdit {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${String(limit)} ms: ${what}`));
    }, limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
