import type { Span } from '../../text/span.ts';
import { nameEnd, skipSpace } from '../../xml/characters.ts';
import { Lookahead } from '../../xml/lookahead.ts';

/** One piece of a text in the order of the text; together they are the whole of it. */
export interface Markup {
  readonly kind:
    | 'text'
    | 'start-tag'
    | 'empty-tag'
    | 'end-tag'
    | 'comment'
    | 'cdata'
    | 'instruction'
    | 'document-type';
  readonly span: Span;
}

/**
 * Cuts a text into tags, comments and what is between them, for features that care for how a
 * document is written. For any text, in time proportional to it; what is not closed ends with its
 * line.
 */
export function markup(text: string): readonly Markup[] {
  const pieces: Markup[] = [];
  const ahead = new Lookahead(text);
  let at = 0;
  while (at < text.length) {
    const open = ahead.next('<', at);
    if (open > at) pieces.push({ kind: 'text', span: { start: at, end: open } });
    if (open === text.length) break;
    const piece = pieceAt(text, open, ahead);
    pieces.push(piece);
    at = piece.span.end;
  }
  return pieces;
}

function pieceAt(text: string, open: number, ahead: Lookahead): Markup {
  const closed = (close: string, from: number): Span => {
    const found = ahead.next(close, from);
    const end = found === text.length ? ahead.next('\n', from) : found + close.length;
    return { start: open, end };
  };
  if (text.startsWith('<!--', open)) return { kind: 'comment', span: closed('-->', open + 4) };
  if (text.startsWith('<![CDATA[', open)) return { kind: 'cdata', span: closed(']]>', open + 9) };
  if (text.startsWith('<?', open)) return { kind: 'instruction', span: closed('?>', open + 2) };
  if (text.startsWith('<!', open)) return { kind: 'document-type', span: documentType(text, open) };
  if (text.startsWith('</', open)) return { kind: 'end-tag', span: closed('>', open + 2) };
  return tag(text, open, ahead);
}

function tag(text: string, open: number, ahead: Lookahead): Markup {
  let at = nameEnd(text, open + 1);
  for (;;) {
    const code = text.charAt(at);
    if (code === '' || code === '<') break;
    if (code === '>') {
      const empty = text.charAt(at - 1) === '/';
      return { kind: empty ? 'empty-tag' : 'start-tag', span: { start: open, end: at + 1 } };
    }
    if (code === '"' || code === "'") {
      const close = ahead.next(code, at + 1);
      at = close === text.length ? at + 1 : close + 1;
    } else at++;
  }
  return { kind: 'start-tag', span: { start: open, end: Math.max(at, open + 1) } };
}

/** Up to the first `>` outside the brackets of the internal subset. */
function documentType(text: string, open: number): Span {
  let depth = 0;
  for (let at = skipSpace(text, open + 2); at < text.length; at++) {
    const code = text.charAt(at);
    if (code === '[') depth++;
    else if (code === ']') depth--;
    else if (code === '>' && depth <= 0) return { start: open, end: at + 1 };
  }
  return { start: open, end: text.length };
}
