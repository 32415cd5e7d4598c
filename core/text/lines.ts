import type { Span } from './span.ts';

/** Zero-based line and UTF-16 character, as in the Language Server Protocol. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface PositionRange {
  readonly start: Position;
  readonly end: Position;
}

/** Converts between offsets and line/character positions of one immutable text. */
export interface LineIndex {
  position(offset: number): Position;
  offset(position: Position): number;
  range(span: Span): PositionRange;
  readonly lineCount: number;
}

/** Indexes `\n`, `\r\n` and lone `\r` as line ends. Offsets outside the text are clamped. */
export function indexLines(text: string): LineIndex {
  const starts = text.includes('\r') ? startsAfterAny(text) : startsAfterNewline(text);
  const position = (offset: number): Position => {
    const clamped = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= clamped) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: clamped - (starts[low] ?? 0) };
  };
  return {
    position,
    offset({ line, character }) {
      const start = starts[line];
      if (start === undefined) return line < 0 ? 0 : text.length;
      const end = starts[line + 1] ?? text.length;
      return Math.min(start + Math.max(0, character), end);
    },
    range: (span) => ({ start: position(span.start), end: position(span.end) }),
    lineCount: starts.length,
  };
}

/** Lines of a text in which `\n` is the only line end: found several times as fast. */
function startsAfterNewline(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function startsAfterAny(text: string): readonly number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 13 && text.charCodeAt(i + 1) === 10) continue;
    if (code === 10 || code === 13) starts.push(i + 1);
  }
  return starts;
}
