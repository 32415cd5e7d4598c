import type { Connection, Diagnostic } from 'vscode-languageserver/node';
import type { Problem } from '../core/problems.ts';
import { toDiagnostic } from './convert.ts';
import type { Conversion } from './convert.ts';
import { describe } from './describe.ts';
import type { Diagnoses } from './diagnoses.ts';
import type { OpenWorkspace } from './open-workspace.ts';

/** Findings of one document that are sent to an editor. */
const diagnosticsLimit = 500;

/** How many milliseconds a stream of changes can hold back an answer. */
const longestWait = 250;

/** Milliseconds of work on documents that are not open before waiting messages are let in. */
const slice = 6;

export interface PublisherOptions {
  readonly connection: Connection;
  readonly workspace: OpenWorkspace;
  readonly diagnoses: Diagnoses;
  conversion(): Conversion;
  /** Does the client ask for diagnostics of open documents itself? */
  pulls(): boolean;
  /** Does it ask for those of the whole workspace? */
  pullsWorkspace(): boolean;
  /** Called after each round, for what else depends on the documents. */
  published(): void;
  /** Called when everything is up to date, with the documents whose findings have changed. */
  settled(changed: readonly string[]): void;
}

/**
 * Publishes diagnostics when the stream of changes pauses for one turn of the event loop: there is
 * no fixed delay, and a newer change takes the place of an older one. Open documents come first;
 * what depends on them follows bit by bit.
 */
export class Publisher {
  private readonly options: PublisherOptions;
  /** Documents that were sent with findings, and the id of the last report with their version. */
  private readonly sent = new Map<string, string>();
  private readonly withFindings = new Set<string>();
  private dirtySince: number | undefined;
  private scheduled: NodeJS.Immediate | undefined;
  private seen = -1;

  constructor(options: PublisherOptions) {
    this.options = options;
  }

  schedule(): void {
    this.dirtySince ??= Date.now();
    this.scheduled ??= setImmediate(() => {
      this.turn();
    });
  }

  stop(): void {
    clearImmediate(this.scheduled);
    this.scheduled = undefined;
  }

  private turn(): void {
    this.scheduled = undefined;
    const { workspace, connection, diagnoses } = this.options;
    try {
      if (this.dirtySince !== undefined) {
        const waited = Date.now() - this.dirtySince;
        if (this.seen !== workspace.generation && waited < longestWait) {
          this.seen = workspace.generation;
          this.schedule();
          return;
        }
        this.dirtySince = undefined;
        this.publishOpen();
        this.options.published();
        // What was sent is written before anything else is done.
        this.continue();
        return;
      }
      if (diagnoses.hasWork()) diagnoses.work(slice);
      if (diagnoses.hasWork()) this.continue();
      else this.settle();
    } catch (error) {
      connection.console.error(`publishing diagnostics failed: ${describe(error)}`);
    }
  }

  private continue(): void {
    this.scheduled ??= setImmediate(() => {
      this.turn();
    });
  }

  private publishOpen(): void {
    const { options } = this;
    const { workspace } = options;
    if (options.pulls()) return;
    const converted = options.conversion();
    for (const { uri } of workspace.documents()) this.send(uri, converted);
  }

  /** Nothing is outdated any more: what has changed elsewhere is sent. */
  private settle(): void {
    const { options } = this;
    const { workspace, diagnoses } = options;
    const changed = diagnoses.takeChanged();
    const converted = options.conversion();
    for (const uri of new Set([...changed, ...this.withFindings])) {
      const open = workspace.document(uri) !== undefined;
      if (open ? !options.pulls() : !options.pullsWorkspace()) this.send(uri, converted);
      else this.clear(uri);
    }
    options.settled(changed);
  }

  private send(uri: string, conversion: Conversion): void {
    const { workspace, diagnoses, connection } = this.options;
    const version = workspace.document(uri)?.version;
    const { id, problems } = diagnoses.report(uri);
    const stamp = `${id} ${String(version)}`;
    if (this.sent.get(uri) === stamp) return;
    if (version === undefined && problems.length === 0 && !this.withFindings.has(uri)) return;
    this.sent.set(uri, stamp);
    if (problems.length > 0) this.withFindings.add(uri);
    else this.withFindings.delete(uri);
    const diagnostics = toDiagnostics(problems, conversion);
    void connection.sendDiagnostics(
      version === undefined ? { uri, diagnostics } : { uri, version, diagnostics },
    );
  }

  /** Takes back what was pushed of a document that the client now asks for itself. */
  private clear(uri: string): void {
    this.sent.delete(uri);
    if (!this.withFindings.delete(uri)) return;
    void this.options.connection.sendDiagnostics({ uri, diagnostics: [] });
  }
}

export function toDiagnostics(problems: readonly Problem[], conversion: Conversion): Diagnostic[] {
  return problems.slice(0, diagnosticsLimit).map((problem) => toDiagnostic(problem, conversion));
}
