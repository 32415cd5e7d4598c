import { DiagnosticSeverity } from 'vscode-languageserver/node';
import type {
  Diagnostic,
  TextEdit as LspTextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import { render, say } from '../core/messages.ts';
import type { Message, Translate } from '../core/messages.ts';
import type { Evidence, Problem, Severity, TextEdit } from '../core/problems.ts';
import { indexLines } from '../core/text/lines.ts';
import type { LineIndex, PositionRange } from '../core/text/lines.ts';
import type { Location, Span } from '../core/text/span.ts';
import { formatDuration } from '../core/units/quantity.ts';

/** What turning core's answers into the protocol's needs to know. */
export interface Conversion {
  readonly translate: Translate;
  readonly now: number;
  /** Address of the page that documents a code; undefined where the pages are not at hand. */
  documentation(code: string): string | undefined;
  /** Line index of a document's newest text; of an empty one when it cannot be read. */
  lines(uri: string): LineIndex;
}

/** Line indexes by document and text, so that one answer indexes each text once. */
export function createConversion(
  options: Omit<Conversion, 'lines'> & { read(uri: string): string | undefined },
): Conversion {
  const known = new Map<string, LineIndex>();
  return {
    ...options,
    lines(uri) {
      const found = known.get(uri);
      if (found !== undefined) return found;
      // Nothing is ever said about places behind the parsers' limits.
      const index = indexLines((options.read(uri) ?? '').slice(0, 16 * 1024 * 1024));
      known.set(uri, index);
      return index;
    },
  };
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export function toDiagnostic(problem: Problem, conversion: Conversion): Diagnostic {
  const href = conversion.documentation(problem.code);
  return {
    range: toRange(problem, conversion),
    severity: severities[problem.severity],
    code: problem.code,
    ...(href === undefined ? {} : { codeDescription: { href } }),
    source: 'live-migrate',
    message: messageWithEvidence(problem, conversion),
    relatedInformation: problem.related.map((related) => ({
      location: { uri: related.uri, range: toRange(related, conversion) },
      message: render(related.message, conversion.translate),
    })),
  };
}

/** The sentence, and on lines of their own what it rests on: host, command and age. */
export function messageWithEvidence(problem: Problem, conversion: Conversion): string {
  const evidence = problem.evidence.flatMap((each) => {
    const said = evidenceMessage(each, conversion.now);
    return said === undefined ? [] : [render(said, conversion.translate)];
  });
  return [render(problem.message, conversion.translate), ...new Set(evidence)].join('\n');
}

/** Undefined for what a file says: the finding points into the file itself. */
function evidenceMessage({ host, from, at }: Evidence, now: number): Message | undefined {
  if (host === undefined || at === undefined) return undefined;
  const age = formatDuration(Math.max(0, Math.round((now - at) / 1000)) * 1000);
  return say('According to {0} on {1}, {2} ago.', from, host, age);
}

export function toRange({ uri, span }: Location, conversion: Conversion): PositionRange {
  return conversion.lines(uri).range(span);
}

export function toSpan(uri: string, range: PositionRange, conversion: Conversion): Span {
  const lines = conversion.lines(uri);
  return { start: lines.offset(range.start), end: lines.offset(range.end) };
}

export function toTextEdit(edit: TextEdit, conversion: Conversion): LspTextEdit {
  return { range: toRange(edit, conversion), newText: edit.newText };
}

export function toWorkspaceEdit(edits: readonly TextEdit[], conversion: Conversion): WorkspaceEdit {
  const changes: Record<string, LspTextEdit[]> = {};
  for (const edit of edits) (changes[edit.uri] ??= []).push(toTextEdit(edit, conversion));
  return { changes };
}
