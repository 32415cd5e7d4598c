import {
  DocumentDiagnosticReportKind,
  type CancellationToken,
  type ResultProgressReporter,
  type WorkspaceDiagnosticParams,
  type WorkspaceDiagnosticReport,
  type WorkspaceDiagnosticReportPartialResult,
  type WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver/node';
import { cancelled, nextTurn } from './answer.ts';
import type { Conversion } from './convert.ts';
import type { Diagnoses } from './diagnoses.ts';
import { canonicalUri } from './file-uri.ts';
import type { OpenWorkspace } from './open-workspace.ts';
import { toDiagnostics } from './publisher.ts';

/** Documents of one partial result, after which waiting messages are let in. */
const batch = 50;
/** Milliseconds of checking before waiting messages are let in. */
const slice = 6;

interface PullOptions {
  readonly workspace: OpenWorkspace;
  readonly diagnoses: Diagnoses;
  conversion(): Conversion;
  /** Resolves once the workspace's files are known. */
  filesKnown(): Promise<void>;
}

type Progress = ResultProgressReporter<WorkspaceDiagnosticReportPartialResult> | undefined;

/**
 * Answers `workspace/diagnostic`. A client that takes partial results gets them as they come, and
 * its request stays open: what changes later is told at once, until the client cancels it. Others
 * get one answer, in which documents whose result they know already are unchanged.
 */
export class WorkspacePull {
  private readonly options: PullOptions;
  private readonly waiting = new Set<() => void>();
  private ended = false;

  constructor(options: PullOptions) {
    this.options = options;
  }

  /** Tells open requests that findings have changed. */
  wake(): void {
    for (const go of [...this.waiting]) go();
  }

  /** Answers all open requests; there will be nothing more to tell. */
  end(): void {
    this.ended = true;
    this.wake();
  }

  async answer(
    params: WorkspaceDiagnosticParams,
    token: CancellationToken,
    progress: Progress,
  ): Promise<WorkspaceDiagnosticReport> {
    const known = new Map(
      params.previousResultIds.map(({ uri, value }) => [canonicalUri(uri), { uri, value }]),
    );
    await this.options.filesKnown();
    if (progress === undefined) return { items: await this.reports(known, token, undefined) };
    for (;;) {
      await this.reports(known, token, progress);
      if (this.ended) return { items: [] };
      await this.change(token);
    }
  }

  /** What the client does not know yet, also sent in parts where it takes them. */
  private async reports(
    known: Map<string, { readonly uri: string; readonly value: string }>,
    token: CancellationToken,
    progress: Progress,
  ): Promise<WorkspaceDocumentDiagnosticReport[]> {
    const { diagnoses, workspace } = this.options;
    await this.settle(token);
    let items: WorkspaceDocumentDiagnosticReport[] = [];
    const converted = this.options.conversion();
    const current = new Set<string>();
    for (const [index, uri] of diagnoses.documents().entries()) {
      const key = canonicalUri(uri);
      current.add(key);
      const { id, problems } = diagnoses.report(uri);
      const version = workspace.document(uri)?.version ?? null;
      if (known.get(key)?.value !== id) {
        known.set(key, { uri, value: id });
        const diagnostics = toDiagnostics(problems, converted);
        items.push({ ...full(uri, diagnostics), resultId: id, version });
      } else if (progress === undefined) {
        items.push({ kind: DocumentDiagnosticReportKind.Unchanged, uri, resultId: id, version });
      }
      if (index % batch !== batch - 1) continue;
      if (progress !== undefined && items.length > 0) {
        progress.report({ items });
        items = [];
      }
      await this.yield(token);
    }
    for (const [key, { uri }] of known) {
      if (current.has(key)) continue;
      known.delete(key);
      items.push({ ...full(uri, []), version: null });
    }
    if (progress !== undefined && items.length > 0) progress.report({ items });
    return items;
  }

  /** Checks everything that is outdated, bit by bit. */
  private async settle(token: CancellationToken): Promise<void> {
    const { diagnoses } = this.options;
    while (diagnoses.hasWork()) {
      diagnoses.work(slice);
      await this.yield(token);
    }
  }

  private async yield(token: CancellationToken): Promise<void> {
    await nextTurn();
    if (token.isCancellationRequested) throw cancelled();
  }

  private change(token: CancellationToken): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        this.waiting.delete(go);
        listening.dispose();
        if (token.isCancellationRequested) reject(cancelled());
        else resolve();
      };
      this.waiting.add(go);
      const listening = token.onCancellationRequested(go);
    });
  }
}

function full(
  uri: string,
  items: ReturnType<typeof toDiagnostics>,
): Extract<WorkspaceDocumentDiagnosticReport, { kind: 'full' }> {
  return { kind: DocumentDiagnosticReportKind.Full, uri, items, version: null };
}
