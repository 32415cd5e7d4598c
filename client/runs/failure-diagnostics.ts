import * as vscode from 'vscode';
import { explainFailure } from '../../core/explain/explain.ts';
import { documentationPage } from '../../core/rules/documentation.ts';
import type { Surroundings } from '../../core/service/surroundings.ts';
import { indexLines } from '../../core/text/lines.ts';
import type { Location } from '../../core/text/span.ts';
import type { Cause, RunOutcome } from '../../hosts/run/entry.ts';
import { surroundingsAround } from '../migration/files-around.ts';
import { show } from '../text.ts';
import type { RunCenter } from './run-center.ts';
import { isActive } from './shown-run.ts';
import type { ShownRun } from './shown-run.ts';

/** What the Problems view names as the origin of these findings. */
const source = 'live-migrate run';

/**
 * Why a run failed, on the line of the migration file that can mend it. It stays until the file is
 * edited or its domain is migrated again.
 */
export class FailureDiagnostics {
  private readonly shown = vscode.languages.createDiagnosticCollection(source);
  private readonly seen = new Set<string>();
  private readonly listening: vscode.Disposable;
  private readonly extension: vscode.Uri;

  constructor(runs: RunCenter, extension: vscode.Uri) {
    this.extension = extension;
    const running = runs.changed.on((run) => {
      void this.follow(run);
    });
    this.listening = vscode.Disposable.from(
      { dispose: () => running.dispose() },
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.shown.delete(document.uri);
      }),
      vscode.workspace.onDidDeleteFiles(({ files }) => {
        for (const file of files) this.shown.delete(file);
      }),
    );
  }

  dispose(): void {
    this.listening.dispose();
    this.shown.dispose();
  }

  /** Only runs that were seen under way are told: what failed last week is in the history. */
  private async follow(run: ShownRun): Promise<void> {
    if (isActive(run)) {
      if (this.seen.has(run.id)) return;
      this.seen.add(run.id);
      for (const { file } of await migrationsOf(run)) this.shown.delete(file);
      return;
    }
    if (!this.seen.delete(run.id) || !isFailure(run.outcome)) return;
    const { cause } = run.outcome;
    for (const { file, around } of await migrationsOf(run)) {
      this.shown.set(file, [this.diagnostic(cause, around)]);
    }
  }

  private diagnostic(cause: Cause, around: Surroundings): vscode.Diagnostic {
    const { descriptor, domainXml } = around;
    const explained = explainFailure(cause.text, { descriptor, domain: domainXml?.domain });
    const at = explained.at ?? { uri: descriptor.uri, span: descriptor.at(['domain']) };
    // The record may know more than its text: what the program itself refused has no text at all.
    const remedy = cause.remedy ?? explained.remedy;
    const message = [
      show(cause.message),
      ...(remedy === undefined ? [] : [show(remedy)]),
      ...(cause.text === '' ? [] : [cause.text]),
    ].join('\n');
    const diagnostic = new vscode.Diagnostic(rangeOf(at, descriptor.text), message);
    diagnostic.source = source;
    if (cause.code !== undefined) {
      const language = vscode.env.language.startsWith('zh') ? 'zh-cn' : 'en';
      const page = documentationPage(cause.code, language);
      const target = vscode.Uri.joinPath(this.extension, page);
      diagnostic.code = { value: cause.code, target };
    }
    if (explained.about !== undefined && domainXml !== undefined) {
      const range = rangeOf(explained.about, domainXml.text);
      const place = new vscode.Location(vscode.Uri.parse(explained.about.uri), range);
      const said = vscode.l10n.t('libvirt speaks of this.');
      diagnostic.relatedInformation = [new vscode.DiagnosticRelatedInformation(place, said)];
    }
    return diagnostic;
  }
}

function isFailure(
  outcome: RunOutcome | undefined,
): outcome is RunOutcome & { readonly cause: Cause } {
  const failed = outcome?.result === 'failed' || outcome?.result === 'timed-out';
  return failed && outcome.cause !== undefined;
}

/** The migration files of the workspace that describe the move which a run carried out. */
async function migrationsOf(
  run: ShownRun,
): Promise<readonly { readonly file: vscode.Uri; readonly around: Surroundings }[]> {
  const files = await vscode.workspace.findFiles(
    '**/*.migration.{yaml,yml}',
    '**/{node_modules,.git}/**',
    1000,
  );
  return files.flatMap((file) => {
    const around = surroundingsAround(file);
    if (around === undefined) return [];
    const { domain, source: from, destination } = around.descriptor.migration;
    const same =
      domain?.value === run.domain &&
      from?.value === run.source &&
      destination?.value === run.destination;
    return same ? [{ file, around }] : [];
  });
}

function rangeOf({ span }: Location, text: string): vscode.Range {
  const { start, end } = indexLines(text).range(span);
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
