import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { render, say } from '../../core/messages.ts';
import type { Translate } from '../../core/messages.ts';
import type { Problem, TextEdit } from '../../core/problems.ts';
import { indexLines } from '../../core/text/lines.ts';
import type { LineIndex, PositionRange } from '../../core/text/lines.ts';
import type { SuppressedFinding } from '../../core/rules/ignore.ts';
import type { Location } from '../../core/text/span.ts';

/** One problem as JSON: positions are zero-based lines and UTF-16 characters, as in LSP. */
export interface ProblemJson {
  readonly file: string;
  readonly range: PositionRange;
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly related: readonly { file: string; range: PositionRange; message: string }[];
  readonly evidence: readonly { fact: string; host?: string; from: string; at?: string }[];
  readonly fix: readonly {
    title: string;
    edits: readonly { file: string; range: PositionRange; newText: string }[];
  }[];
}

export interface PrintContext {
  readonly translate: Translate;
  readonly read: (uri: string) => string | undefined;
  /** Files are printed relative to this folder. */
  readonly folder: string;
}

/** `file:line:col: severity: message [rule-id]`, with one-based lines and columns as compilers print. */
function problemLine(problem: Problem, context: PrintContext): string {
  const { start } = located(problem, context);
  const place = `${fileName(problem.uri, context)}:${start.line + 1}:${start.character + 1}`;
  return `${place}: ${problem.severity}: ${render(problem.message, context.translate)} [${problem.code}]`;
}

/** Where a comment ignores what, and why it says so: whoever launches has to agree. */
export function ignoredLine({ problem, reason, at }: SuppressedFinding, context: PrintContext) {
  const { start } = located({ uri: at.uri, span: at.span }, context);
  const place = `${fileName(at.uri, context)}:${start.line + 1}:${start.character + 1}`;
  return say('{0}: {1} is ignored here: {2}', place, problem.code, reason);
}

/** The line of the file with the place marked below it, and where else the problem lies. */
function problemDetails(problem: Problem, context: PrintContext): readonly string[] {
  const text = context.read(problem.uri);
  if (text === undefined) return [];
  const range = located(problem, context);
  const source = lineOf(text, range.start.line, printed(problem.uri, context).lines);
  const end = range.end.line === range.start.line ? range.end.character : source.length;
  const shown = source.slice(0, 160);
  const marked =
    ' '.repeat(range.start.character) +
    '^'.repeat(Math.max(1, Math.min(end, 160) - range.start.character));
  const excerpt = source.trim() === '' ? [] : [`    ${shown}`, `    ${marked}`];
  const related = problem.related.map((other) => {
    const { start } = located(other, context);
    return `    ${fileName(other.uri, context)}:${start.line + 1}:${start.character + 1}: ${render(other.message, context.translate)}`;
  });
  const fixes = problem.fixes.map(
    (fix) =>
      `    ${render(say('fix: {0}', render(fix.title, context.translate)), context.translate)}`,
  );
  return [...excerpt, ...related, ...fixes];
}

/** Writes a problem with its details, line by line. */
export function printProblem(
  problem: Problem,
  context: PrintContext,
  write: (line: string) => void,
): void {
  write(problemLine(problem, context));
  problemDetails(problem, context).forEach(write);
}

export function problemJson(problem: Problem, context: PrintContext): ProblemJson {
  const edit = ({ uri, span, newText }: TextEdit) => ({
    file: fileName(uri, context),
    range: located({ uri, span }, context),
    newText,
  });
  return {
    file: fileName(problem.uri, context),
    range: located(problem, context),
    severity: problem.severity,
    code: problem.code,
    message: render(problem.message, context.translate),
    related: problem.related.map((other) => ({
      file: fileName(other.uri, context),
      range: located(other, context),
      message: render(other.message, context.translate),
    })),
    evidence: problem.evidence.map(({ fact, host, from, at }) => ({
      fact,
      ...(host === undefined ? {} : { host }),
      from,
      ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
    })),
    fix: problem.fixes.map((fix) => ({
      title: render(fix.title, context.translate),
      edits: fix.edits.map(edit),
    })),
  };
}

/** A line without its end. */
function lineOf(text: string, line: number, lines: LineIndex): string {
  const start = lines.offset({ line, character: 0 });
  return text.slice(start, lines.offset({ line: line + 1, character: 0 })).replace(/[\r\n]+$/, '');
}

function located(place: Location, context: PrintContext): PositionRange {
  return printed(place.uri, context).lines.range(place.span);
}

/** What is needed of a document for each of its problems. */
interface Printed {
  readonly name: string;
  readonly lines: LineIndex;
}

const known = new WeakMap<PrintContext, Map<string, Printed>>();

function printed(uri: string, context: PrintContext): Printed {
  let documents = known.get(context);
  if (documents === undefined) known.set(context, (documents = new Map<string, Printed>()));
  let found = documents.get(uri);
  if (found === undefined) {
    const lines = indexLines(context.read(uri) ?? '');
    documents.set(uri, (found = { name: shownName(uri, context.folder), lines }));
  }
  return found;
}

function fileName(uri: string, context: PrintContext): string {
  return printed(uri, context).name;
}

/** A path relative to the folder when it lies below it, else the whole path or URI. */
function shownName(uri: string, folder: string): string {
  if (!uri.startsWith('file:')) return uri;
  const path = fileURLToPath(uri);
  const inside = relative(folder, path);
  return inside.startsWith('..') ? path : inside;
}
