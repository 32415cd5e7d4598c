import type { Connection, Diagnostic } from 'vscode-languageserver/node';
import { diagnose } from '../core/service/diagnose.ts';
import type { Diagnosis } from '../core/service/diagnose.ts';
import { documentKind } from '../core/service/document-kind.ts';
import type { ParseCache } from '../core/service/parse-cache.ts';
import { say } from '../core/messages.ts';
import type { Problem } from '../core/problems.ts';
import { toDiagnostic } from './convert.ts';
import type { Conversion } from './convert.ts';
import { describe } from './describe.ts';
import { canonicalUri } from './file-uri.ts';
import type { OpenWorkspace } from './open-workspace.ts';

/** Findings of one document that are sent to an editor. */
const diagnosticsLimit = 500;

/**
 * Diagnoses of open documents. A descriptor's findings may stand in the domain XML or the
 * inventory, so a document's diagnostics are its own and those of the descriptors that refer to it.
 */
export class Diagnoses {
  private readonly memo = new Map<string, { generation: number; diagnosis: Diagnosis }>();
  private readonly workspace: OpenWorkspace;
  private readonly cache: ParseCache;
  private readonly logError: (message: string) => void;

  constructor(workspace: OpenWorkspace, cache: ParseCache, logError: (message: string) => void) {
    this.workspace = workspace;
    this.cache = cache;
    this.logError = logError;
  }

  /** The diagnosis of one document, computed again only when something has changed. */
  of(uri: string): Diagnosis {
    const key = canonicalUri(uri);
    const { generation } = this.workspace;
    const found = this.memo.get(key);
    if (found?.generation === generation) return found.diagnosis;
    const document = this.workspace.document(uri);
    const diagnosis = this.compute(document?.uri ?? uri, document?.languageId);
    if (this.memo.size > 256) this.memo.clear();
    this.memo.set(key, { generation, diagnosis });
    return diagnosis;
  }

  /** A check that fails must never pass for a clean document. */
  private compute(uri: string, languageId: string | undefined): Diagnosis {
    try {
      return diagnose(uri, this.workspace, this.cache, languageId);
    } catch (error) {
      this.logError(`checking ${uri} failed: ${describe(error)}`);
      const problem: Problem = {
        uri,
        span: { start: 0, end: 0 },
        code: 'check-failed',
        severity: 'error',
        message: say(
          'This file could not be checked because of a mistake in Live Migrate; see its log.',
        ),
        related: [],
        evidence: [],
        fixes: [],
      };
      return {
        problems: [problem],
        problemsByDocument: new Map([[uri, [problem]]]),
        waiting: [],
        dependsOn: [],
      };
    }
  }

  /** Everything that any open document has to say about this one. */
  problemsIn(uri: string): readonly Problem[] {
    const key = canonicalUri(uri);
    const problems = [...(this.of(uri).problemsByDocument.get(this.spelling(uri)) ?? [])];
    for (const document of this.descriptors()) {
      if (canonicalUri(document) === key) continue;
      for (const [about, found] of this.of(document).problemsByDocument) {
        if (canonicalUri(about) === key) problems.push(...found);
      }
    }
    return withoutRepeats(problems);
  }

  /** Documents that are not open but have findings from open ones, each with these. */
  problemsElsewhere(): ReadonlyMap<string, readonly Problem[]> {
    const elsewhere = new Map<string, Problem[]>();
    for (const document of this.descriptors()) {
      for (const [about, found] of this.of(document).problemsByDocument) {
        if (found.length === 0 || this.workspace.document(about) !== undefined) continue;
        elsewhere.set(about, [...(elsewhere.get(about) ?? []), ...found]);
      }
    }
    return elsewhere;
  }

  /**
   * Did another document's last diagnosis depend on this one? It computes nothing, because it is
   * asked at every change of a stream of changes.
   */
  hasDependents(uri: string): boolean {
    const key = canonicalUri(uri);
    return [...this.memo.values()].some(({ diagnosis }) =>
      diagnosis.dependsOn.some((each) => canonicalUri(each) === key),
    );
  }

  private descriptors(): readonly string[] {
    return this.workspace
      .documents()
      .filter(({ uri, languageId }) => documentKind(uri, languageId, '') === 'descriptor')
      .map((document) => document.uri);
  }

  private spelling(uri: string): string {
    return this.workspace.document(uri)?.uri ?? uri;
  }
}

export function toDiagnostics(problems: readonly Problem[], conversion: Conversion): Diagnostic[] {
  return problems.slice(0, diagnosticsLimit).map((problem) => toDiagnostic(problem, conversion));
}

/** Two descriptors that refer to one domain XML must not say the same thing of it twice. */
function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const key = `${problem.code}:${String(problem.span.start)}:${String(problem.span.end)}:${JSON.stringify(problem.message)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** How many milliseconds a stream of changes can hold back an answer. */
const longestWait = 250;

export interface PublisherOptions {
  readonly connection: Connection;
  readonly workspace: OpenWorkspace;
  readonly diagnoses: Diagnoses;
  conversion(): Conversion;
  /** Does the client ask for diagnostics of open documents itself? */
  pulls(): boolean;
  /** Called after each round, for what else depends on the documents. */
  published(): void;
}

/**
 * Publishes diagnostics when the stream of changes pauses for one turn of the event loop: there is
 * no fixed delay, and a newer change takes the place of an older one.
 */
export class Publisher {
  private readonly options: PublisherOptions;
  private readonly withFindings = new Set<string>();
  /** What was sent last for documents that are not open, to send it once. */
  private readonly sentElsewhere = new Map<string, string>();
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
    const { workspace, connection } = this.options;
    const waited = Date.now() - (this.dirtySince ?? 0);
    if (this.seen !== workspace.generation && waited < longestWait) {
      this.seen = workspace.generation;
      this.schedule();
      return;
    }
    this.dirtySince = undefined;
    try {
      this.publish();
      this.options.published();
    } catch (error) {
      connection.console.error(`publishing diagnostics failed: ${describe(error)}`);
    }
  }

  private publish(): void {
    const { workspace, diagnoses } = this.options;
    const conversion = this.options.conversion();
    const current = new Map<string, readonly Problem[]>(diagnoses.problemsElsewhere());
    if (!this.options.pulls()) {
      for (const { uri } of workspace.documents()) current.set(uri, diagnoses.problemsIn(uri));
    }
    for (const uri of this.withFindings) {
      if (!current.has(uri)) this.send(uri, []);
    }
    for (const uri of this.sentElsewhere.keys()) {
      if (!current.has(uri) || workspace.document(uri) !== undefined)
        this.sentElsewhere.delete(uri);
    }
    this.withFindings.clear();
    for (const [uri, problems] of current) {
      if (problems.length > 0) this.withFindings.add(uri);
      this.send(uri, toDiagnostics(problems, conversion));
    }
  }

  private send(uri: string, diagnostics: Diagnostic[]): void {
    const version = this.options.workspace.document(uri)?.version;
    if (version === undefined && diagnostics.length > 0) {
      const text = JSON.stringify(diagnostics);
      if (this.sentElsewhere.get(uri) === text) return;
      this.sentElsewhere.set(uri, text);
    }
    void this.options.connection.sendDiagnostics(
      version === undefined ? { uri, diagnostics } : { uri, version, diagnostics },
    );
  }
}
