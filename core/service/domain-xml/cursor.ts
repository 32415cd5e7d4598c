import type { Span } from '../../text/span.ts';
import { isSpace, nameEnd, skipSpace } from '../../xml/characters.ts';

/** Where a cursor stands in the writing of XML; what is half-typed has a place like the rest. */
export type XmlCursor =
  /** In an element: before, between or in text. `word` is a name begun without `<`. */
  | { readonly at: 'content'; readonly word: Span }
  /** In the name of a start tag; `name` is without `<`, `rest` behind the name. */
  | { readonly at: 'tag-name'; readonly open: number; readonly name: Span; readonly alone: boolean }
  | { readonly at: 'end-tag'; readonly open: number; readonly name: Span; readonly closed: boolean }
  /** `hasValue`: `=` follows the name. `spaced`: white space is before it. */
  | {
      readonly at: 'attribute-name';
      readonly open: number;
      readonly name: Span;
      readonly hasValue: boolean;
      readonly spaced: boolean;
    }
  /** `quote` is empty where the value is not in quotes; `closed` where the closing quote is there. */
  | {
      readonly at: 'attribute-value';
      readonly open: number;
      readonly name: string;
      readonly value: Span;
      readonly quote: '' | '"' | "'";
      readonly closed: boolean;
    };

/** Undefined where nothing can be proposed: in comments, CDATA and instructions. */
export function xmlCursor(text: string, offset: number): XmlCursor | undefined {
  if (offset < 0 || offset > text.length) return undefined;
  if (inside(text, offset, '<!--', '-->') || inside(text, offset, '<![CDATA[', ']]>')) {
    return undefined;
  }
  const open = offset === 0 ? -1 : text.lastIndexOf('<', offset - 1);
  if (open < 0) return content(text, offset, 0);
  const next = text.charAt(open + 1);
  if (next === '!' || next === '?') {
    const close = text.indexOf('>', open);
    return close >= 0 && close < offset ? content(text, offset, close + 1) : undefined;
  }
  return next === '/' ? endTag(text, offset, open) : startTag(text, offset, open);
}

/** Is the offset behind the last `begin` and not behind its `end`? An open one ends with its line. */
function inside(text: string, offset: number, begin: string, end: string): boolean {
  const from = offset === 0 ? -1 : text.lastIndexOf(begin, offset - 1);
  if (from < 0 || offset < from + begin.length) return false;
  const close = text.indexOf(end, from + begin.length);
  if (close >= 0) return offset < close + end.length;
  const lineEnd = text.indexOf('\n', from);
  return lineEnd < 0 || offset <= lineEnd;
}

function content(text: string, offset: number, from: number): XmlCursor {
  let start = offset;
  while (start > from && /[\w:.-]/.test(text.charAt(start - 1))) start--;
  return { at: 'content', word: { start, end: offset } };
}

function endTag(text: string, offset: number, open: number): XmlCursor | undefined {
  if (offset < open + 2) return undefined;
  const nameStop = nameEnd(text, open + 2);
  const behind = skipSpace(text, nameStop);
  const closed = text.charAt(behind) === '>';
  if (closed && offset > behind) return content(text, offset, behind + 1);
  if (!closed && offset > nameStop) return content(text, offset, nameStop);
  return { at: 'end-tag', open, name: { start: open + 2, end: nameStop }, closed };
}

function startTag(text: string, offset: number, open: number): XmlCursor | undefined {
  const nameStop = nameEnd(text, open + 1);
  if (offset <= nameStop) {
    const name = { start: open + 1, end: nameStop };
    return { at: 'tag-name', open, name, alone: tagIsAlone(text, nameStop) };
  }
  // A lone `<` with something else behind it is text.
  if (nameStop === open + 1) return content(text, offset, open + 1);
  return inTag(text, offset, open, nameStop);
}

/** Nothing of a tag follows the name: neither attributes nor its end. */
function tagIsAlone(text: string, nameStop: number): boolean {
  let at = nameStop;
  while (at < text.length && (text.charAt(at) === ' ' || text.charAt(at) === '\t')) at++;
  const code = text.charAt(at);
  return code === '' || code === '<' || code === '\n' || code === '\r';
}

/** Goes through the attributes up to the one that the cursor is at. */
function inTag(text: string, offset: number, open: number, from: number): XmlCursor | undefined {
  let at = from;
  for (;;) {
    const start = skipSpace(text, at);
    const code = text.charAt(start);
    // Right before a name something new is begun: typing there would not go on with that name.
    if (offset <= start) {
      const spaced = offset > at || isSpace(text.charCodeAt(offset - 1));
      const name = { start: offset, end: offset };
      return { at: 'attribute-name', open, name, hasValue: false, spaced };
    }
    if (code === '>') return content(text, offset, start + 1);
    if (code === '/' || code === '"' || code === "'" || code === '=') {
      // `/` of `/>`, or a stray character: there is nothing to propose behind it.
      if (offset <= start) return undefined;
      if (code === '/' && text.charAt(start + 1) === '>') {
        return offset >= start + 2 ? content(text, offset, start + 2) : undefined;
      }
      at = start + 1;
      continue;
    }
    const stop = nameEnd(text, start);
    if (stop === start) {
      if (offset <= start) return undefined;
      at = start + 1;
      continue;
    }
    const equals = skipSpace(text, stop);
    const hasValue = text.charAt(equals) === '=';
    const spaced = start > at;
    if (offset <= stop) {
      return { at: 'attribute-name', open, name: { start, end: stop }, hasValue, spaced };
    }
    if (!hasValue) {
      at = stop;
      continue;
    }
    if (offset <= equals) return undefined;
    const value = valueAt(text, equals + 1);
    if (offset <= value.span.end || (offset < value.end && !value.closed)) {
      const name = text.slice(start, stop);
      const { span, quote, closed } = value;
      const typed = offset < span.start ? { start: offset, end: offset } : span;
      return offset < span.start && quote !== ''
        ? undefined
        : { at: 'attribute-value', open, name, value: typed, quote, closed };
    }
    at = value.end;
  }
}

interface Value {
  /** Between the quotes. */
  readonly span: Span;
  readonly quote: '' | '"' | "'";
  readonly closed: boolean;
  /** Behind the closing quote. */
  readonly end: number;
}

/** A value; one whose quote is never closed ends with its line or where the tag does. */
function valueAt(text: string, from: number): Value {
  const start = skipSpace(text, from);
  const quote = text.charAt(start);
  if (quote !== '"' && quote !== "'") {
    const stop = unquotedEnd(text, from);
    return { span: { start: from, end: stop }, quote: '', closed: false, end: stop };
  }
  const close = text.indexOf(quote, start + 1);
  const lineEnd = endOr(text, text.indexOf('\n', start));
  const nextTag = endOr(text, text.indexOf('<', start));
  if (close >= 0 && (close < nextTag || close < lineEnd) && !crossesTag(text, start + 1, close)) {
    return { span: { start: start + 1, end: close }, quote, closed: true, end: close + 1 };
  }
  const limit = Math.min(lineEnd, nextTag);
  let end = start + 1;
  while (
    end < limit &&
    !'>/\r'.includes(text.charAt(end)) &&
    !/^\s+[\w:-]+\s*=/.test(text.slice(end, end + 40))
  ) {
    end++;
  }
  return { span: { start: start + 1, end }, quote, closed: false, end };
}

/** Does the text up to a quote look as if the quote that opened it were never closed? */
function crossesTag(text: string, from: number, to: number): boolean {
  return /\s[\w:-]+=$/.test(text.slice(Math.max(from, to - 64), to));
}

function unquotedEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && !/[\s<>"'=]/.test(text.charAt(end)) && !text.startsWith('/>', end)) {
    end++;
  }
  return end;
}

function endOr(text: string, index: number): number {
  return index < 0 ? text.length : index;
}
