import type { Span } from '../../text/span.ts';
import { isSpace, nameEnd, skipSpace } from '../../xml/characters.ts';
import type { DomainXml } from '../parse-cache.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** White space in place of white space. */
export interface LayoutEdit {
  readonly span: Span;
  readonly newText: string;
}

/** A step of indentation, as libvirt itself writes domain XML. */
const indent = '  ';

/**
 * Lays out a document: an element a line, indented by depth. Only white space changes, and only
 * where no text is: between elements and inside of tags. Text, comments, values and everything
 * inside of what other programs keep in `<metadata>` stay to the letter. A document that is not
 * well-formed is left alone. Formatting twice is formatting once.
 */
export function formatDomainXml(
  { text, document }: DomainXml,
  range: Span = { start: 0, end: text.length },
): readonly LayoutEdit[] {
  if (document.root === undefined || document.problems.length > 0) return [];
  const layout = new Layout(text);
  return layout.edits().filter(({ span }) => span.start <= range.end && range.start <= span.end);
}

interface Frame {
  readonly name: string;
  /** Its children stand on lines of their own; false where white space may mean something. */
  readonly laidOut: boolean;
}

class Layout {
  private readonly text: string;
  private readonly lineEnd: string;
  private readonly pieces: readonly Markup[];
  private readonly found: LayoutEdit[] = [];
  private readonly frames: Frame[] = [];

  constructor(text: string) {
    this.text = text;
    this.lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
    this.pieces = markup(text);
  }

  edits(): readonly LayoutEdit[] {
    const holds = holdings(this.text, this.pieces);
    let before: Markup | undefined;
    for (const [index, piece] of this.pieces.entries()) {
      if (piece.kind === 'text' && isBlank(this.text, piece.span)) continue;
      this.gap(before, piece);
      before = piece;
      const outer = this.frames.at(-1);
      if (piece.kind === 'start-tag' || piece.kind === 'empty-tag') {
        if (outer?.laidOut !== false) this.tag(piece.span);
      }
      if (piece.kind === 'start-tag') {
        const name = this.text.slice(
          piece.span.start + 1,
          nameEnd(this.text, piece.span.start + 1),
        );
        const preserved = /\sxml:space\s*=/.test(this.text.slice(piece.span.start, piece.span.end));
        this.frames.push({
          name,
          laidOut:
            outer?.laidOut !== false && holds[index] === 'markup' && !preserved && !this.foreign(),
        });
      }
      if (piece.kind === 'end-tag') {
        this.frames.pop();
        if (this.frames.at(-1)?.laidOut !== false) this.endTag(piece.span);
      }
    }
    this.end(before);
    return this.found;
  }

  /** Directly in `<metadata>`: elements of other programs, whose white space is theirs. */
  private foreign(): boolean {
    return this.frames.length === 2 && this.frames[1]?.name === 'metadata';
  }

  /** The white space between two pieces. */
  private gap(before: Markup | undefined, piece: Markup): void {
    const frame = this.frames.at(-1);
    if (frame?.laidOut === false) return;
    const span = { start: before?.span.end ?? bom(this.text), end: piece.span.start };
    if (before === undefined) {
      this.set(span, '');
      return;
    }
    const now = this.text.slice(span.start, span.end);
    const lines = now.split('\n').length - 1;
    if (piece.kind === 'comment' && lines === 0) {
      this.set(span, ' ');
      return;
    }
    const closing = piece.kind === 'end-tag';
    const opened = before.kind === 'start-tag';
    const depth = this.frames.length - (closing ? 1 : 0);
    const blank = lines > 1 && !closing && !opened ? this.lineEnd : '';
    this.set(span, blank + this.lineEnd + indent.repeat(depth));
  }

  /** Behind the root element: at most one line end. */
  private end(before: Markup | undefined): void {
    const span = { start: before?.span.end ?? 0, end: this.text.length };
    if (span.end > span.start) this.set(span, this.lineEnd);
  }

  private tag(span: Span): void {
    const { text } = this;
    let at = nameEnd(text, span.start + 1);
    const further = this.lineEnd + indent.repeat(this.frames.length + 2);
    for (;;) {
      const start = skipSpace(text, at);
      if (start >= span.end - 1 || (start === span.end - 2 && text.charAt(start) === '/')) {
        this.set({ start: at, end: start }, '');
        return;
      }
      const broken = text.slice(at, start).includes('\n');
      this.set({ start: at, end: start }, broken ? further : ' ');
      const stop = nameEnd(text, start);
      const equals = skipSpace(text, stop);
      const quote = skipSpace(text, equals + 1);
      this.set({ start: stop, end: equals }, '');
      this.set({ start: equals + 1, end: quote }, '');
      const close = text.indexOf(text.charAt(quote), quote + 1);
      if (stop === start || close < 0 || close >= span.end) return;
      at = close + 1;
    }
  }

  private endTag(span: Span): void {
    const at = nameEnd(this.text, span.start + 2);
    this.set({ start: at, end: span.end - 1 }, '');
  }

  private set(span: Span, newText: string): void {
    if (span.end < span.start || !isBlank(this.text, span)) return;
    if (this.text.slice(span.start, span.end) !== newText) this.found.push({ span, newText });
  }
}

/** What each start tag holds, by index of the piece. */
function holdings(
  text: string,
  pieces: readonly Markup[],
): readonly ('nothing' | 'text' | 'markup' | undefined)[] {
  const holds = new Array<'nothing' | 'text' | 'markup' | undefined>(pieces.length);
  const open: number[] = [];
  const note = (what: 'text' | 'markup'): void => {
    const top = open.at(-1);
    if (top !== undefined && holds[top] !== 'text') holds[top] = what;
  };
  for (const [index, { kind, span }] of pieces.entries()) {
    if (kind === 'end-tag') {
      open.pop();
      continue;
    }
    if (kind === 'cdata') note('text');
    else if (kind !== 'text') note('markup');
    else if (!isBlank(text, span)) note('text');
    if (kind === 'start-tag') {
      holds[index] = 'nothing';
      open.push(index);
    }
  }
  return holds;
}

function isBlank(text: string, { start, end }: Span): boolean {
  for (let at = start; at < end; at++) if (!isSpace(text.charCodeAt(at))) return false;
  return true;
}

function bom(text: string): number {
  return text.startsWith('\uFEFF') ? 1 : 0;
}
