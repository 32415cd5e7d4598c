import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import type { Span } from '../text/span.ts';
import { decodeEntities, isSpace, nameEnd, skipSpace } from './characters.ts';
import type { Lookahead } from './lookahead.ts';
import type { XmlAttribute } from './tree.ts';

export interface ScannedAttributes {
  readonly attributes: readonly XmlAttribute[];
  readonly problems: readonly SyntaxProblem[];
  /** Offset behind `>` or `/>`, or where the tag was left off. */
  readonly end: number;
  readonly selfClosing: boolean;
  /** False when the tag was left off before its `>`. */
  readonly complete: boolean;
}

/**
 * Reads attributes from behind the name of a start tag. A tag that is being typed ends where the
 * next tag begins; a value without its closing quote ends with its line.
 */
export function scanAttributes(text: string, from: number, ahead: Lookahead): ScannedAttributes {
  const attributes: XmlAttribute[] = [];
  const problems: SyntaxProblem[] = [];
  const seen = new Set<string>();
  const problem = (
    code: string,
    span: Span,
    message: Message,
    fix?: { title: Message; at: Span; newText: string },
  ): void => {
    const fixes =
      fix === undefined
        ? []
        : [{ title: fix.title, edits: [{ span: fix.at, newText: fix.newText }] }];
    problems.push({ code, span, severity: 'error', message, fixes });
  };
  const done = (end: number, selfClosing: boolean, complete: boolean): ScannedAttributes => ({
    attributes,
    problems,
    end,
    selfClosing,
    complete,
  });

  let at = from;
  for (;;) {
    const start = skipSpace(text, at);
    const char = text.charAt(start);
    if (char === '>') return done(start + 1, false, true);
    if (char === '/' && text.charAt(start + 1) === '>') return done(start + 2, true, true);
    if (char === '' || char === '<') return done(trimmedEnd(text, at, start), false, false);
    const stop = nameEnd(text, start);
    if (stop === start) {
      problem(
        'xml-stray-character',
        { start, end: start + 1 },
        say('“{0}” cannot stand in a tag.', char),
      );
      at = start + 1;
      continue;
    }
    if (start === at) {
      problem(
        'xml-missing-space',
        { start, end: stop },
        say('A space is missing before the attribute {0}.', text.slice(start, stop)),
        { title: say('Insert a space'), at: { start, end: start }, newText: ' ' },
      );
    }
    const read = readAttribute(text, { start, end: stop }, ahead);
    if (read.problem !== undefined) problem(...read.problem);
    const { attribute } = read;
    if (seen.has(attribute.name)) {
      problem(
        'xml-duplicate-attribute',
        attribute.nameSpan,
        say('The attribute {0} is written twice.', attribute.name),
      );
    }
    seen.add(attribute.name);
    const { text: value, bad } = decodeEntities(attribute.value);
    const offset = attribute.valueSpan.start;
    for (const each of bad) {
      const raw = attribute.value.slice(each.start, each.end);
      const span = { start: offset + each.start, end: offset + each.end };
      problem(
        'xml-bad-entity',
        span,
        say('“{0}” is no entity; write &amp; for the character & itself.', raw),
        {
          title: say('Write {0}', `&amp;${raw.slice(1)}`),
          at: span,
          newText: `&amp;${raw.slice(1)}`,
        },
      );
    }
    attributes.push({ ...attribute, value });
    at = read.end;
  }
}

type ReadProblem = [
  code: string,
  span: Span,
  message: Message,
  fix?: { title: Message; at: Span; newText: string },
];

function readAttribute(
  text: string,
  nameSpan: Span,
  ahead: Lookahead,
): { attribute: XmlAttribute; end: number; problem?: ReadProblem } {
  const { start, end: stop } = nameSpan;
  const name = text.slice(start, stop);
  const equals = skipSpace(text, stop);
  if (text.charAt(equals) !== '=') {
    const attribute = {
      name,
      nameSpan,
      value: '',
      valueSpan: { start: stop, end: stop },
      span: nameSpan,
    };
    return {
      attribute,
      end: stop,
      problem: [
        'xml-attribute-no-value',
        nameSpan,
        say("The attribute {0} has no value; write {0}='…'.", name),
        { title: say('Give it an empty value'), at: { start: stop, end: stop }, newText: "=''" },
      ],
    };
  }
  const valueAt = skipSpace(text, equals + 1);
  const quote = text.charAt(valueAt);
  if (quote !== '"' && quote !== "'") return unquoted(text, { name, nameSpan }, equals + 1);
  const close = ahead.next(quote, valueAt + 1);
  const closed = close < text.length;
  const lessThan = ahead.next('<', valueAt + 1);
  const lineEnd = ahead.next('\n', valueAt + 1);
  if (closed && close < lessThan) {
    return {
      attribute: {
        name,
        nameSpan,
        value: text.slice(valueAt + 1, close),
        valueSpan: { start: valueAt + 1, end: close },
        span: { start, end: close + 1 },
      },
      end: close + 1,
    };
  }
  if (closed && close < lineEnd) {
    const span = { start: lessThan, end: lessThan + 1 };
    return {
      attribute: {
        name,
        nameSpan,
        value: text.slice(valueAt + 1, close),
        valueSpan: { start: valueAt + 1, end: close },
        span: { start, end: close + 1 },
      },
      end: close + 1,
      problem: [
        'xml-lt-in-value',
        span,
        say('“<” cannot stand in an attribute value; write &lt;.'),
        { title: say('Write {0}', '&lt;'), at: span, newText: '&lt;' },
      ],
    };
  }
  // The closing quote is missing: the value ends before the tag's own end or with the line.
  const limit = Math.min(lineEnd, lessThan);
  const tail = /\s*\/?>\s*$/.exec(text.slice(valueAt + 1, limit));
  const end = tail === null ? trimmedEnd(text, valueAt + 1, limit) : valueAt + 1 + tail.index;
  const valueSpan = { start: valueAt + 1, end };
  return {
    attribute: {
      name,
      nameSpan,
      value: text.slice(valueAt + 1, end),
      valueSpan,
      span: { start, end },
    },
    end,
    problem: [
      'xml-unclosed-value',
      valueSpan,
      say('The value of {0} is not closed; the quote {1} is missing.', name, quote),
      { title: say('Insert {0}', quote), at: { start: end, end }, newText: quote },
    ],
  };
}

function unquoted(
  text: string,
  { name, nameSpan }: { name: string; nameSpan: Span },
  from: number,
): { attribute: XmlAttribute; end: number; problem: ReadProblem } {
  let start = from;
  while (start < text.length && text.charCodeAt(start) !== 10 && isSpace(text.charCodeAt(start)))
    start++;
  let end = start;
  while (
    end < text.length &&
    !isSpace(text.charCodeAt(end)) &&
    !'<>"\'='.includes(text.charAt(end)) &&
    !text.startsWith('/>', end)
  )
    end++;
  const value = text.slice(start, end);
  const valueSpan = { start, end };
  return {
    attribute: { name, nameSpan, value, valueSpan, span: { start: nameSpan.start, end } },
    end,
    problem: [
      'xml-unquoted-value',
      value === '' ? nameSpan : valueSpan,
      say('The value of {0} must stand in quotes.', name),
      { title: say('Put it in quotes'), at: valueSpan, newText: `'${value}'` },
    ],
  };
}

function trimmedEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && isSpace(text.charCodeAt(end - 1))) end--;
  return end;
}
