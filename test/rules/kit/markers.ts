import type { Problem } from '../../../core/problems.ts';
import { render } from '../../../core/messages.ts';
import { indexLines } from '../../../core/text/lines.ts';

/** One finding, by place, as a marker in the text states it. */
export interface Marked {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly severity: string;
  readonly code: string;
  readonly text: string;
}

const marker = /^(\s*#\s*)(\^+) (error|warning|info|hint) ([a-z0-9-]+)(?:: (.*))?$/;

/**
 * The markers of a text: `#      ^^^^ error rule-id: words of the message` below the line they are
 * about. Several may follow one line.
 */
export function readMarkers(text: string): readonly Marked[] {
  let about = -1;
  return text.split('\n').flatMap((content, line): Marked[] => {
    const match = marker.exec(content);
    if (match === null) {
      about = line;
      return [];
    }
    const [, before = '', carets = '', severity = '', code = '', words = ''] = match;
    const from = before.length;
    return [{ line: about, from, to: from + carets.length, severity, code, text: words }];
  });
}

/** Findings in the form of markers, with their whole message. */
export function markersOf(text: string, problems: readonly Problem[]): readonly Marked[] {
  const lines = indexLines(text);
  return problems.map((problem) => {
    const { start, end } = lines.range(problem.span);
    return {
      line: start.line,
      from: start.character,
      to: end.line === start.line ? end.character : -1,
      severity: problem.severity,
      code: problem.code,
      text: render(problem.message),
    };
  });
}

export function placeOf({ line, from, to, severity, code }: Marked): string {
  return `${line + 1}:${from + 1}-${to + 1} ${severity} ${code}`;
}
