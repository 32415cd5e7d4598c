import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import { boundedProblems } from '../text/bounded-problems.ts';
import type { Span } from '../text/span.ts';
import { TreeBuilder } from './build-tree.ts';
import {
  decodeEntities,
  forbiddenCharacter,
  isSpace,
  nameEnd,
  skipSpace,
  startsName,
} from './characters.ts';
import { Lookahead } from './lookahead.ts';
import { scanAttributes } from './scan-attributes.ts';
import { defaultXmlLimits } from './tree.ts';
import type { XmlDocument, XmlLimits } from './tree.ts';

/**
 * Parses XML into a tree with exact ranges. Never throws, in time proportional to the text; what is
 * wrong is in `problems` and the rest of the tree keeps its shape. No entity but the predefined
 * ones is ever resolved and no document type is read.
 */
export function parseXml(text: string, limits: XmlLimits = defaultXmlLimits): XmlDocument {
  if (text.length > limits.maxLength) {
    return refused(
      'file-too-large',
      text,
      say('This file has {0} characters; at most {1} are read.', text.length, limits.maxLength),
    );
  }
  if (text.includes('\0')) {
    return refused('not-text', text, say('This is not a text file: it contains NUL characters.'));
  }
  const strict = scan(text, { indentation: false, maxDepth: limits.maxDepth });
  if (!strict.unclosed) return strict.document;
  // Some end tag is missing: the columns of the tags say where its element was meant to end.
  return scan(text, { indentation: true, maxDepth: limits.maxDepth }).document;
}

function scan(
  text: string,
  options: { indentation: boolean; maxDepth: number },
): { document: XmlDocument; unclosed: boolean } {
  const scanner = new Scanner(text, new TreeBuilder(options));
  scanner.run();
  const { builder, problems } = scanner;
  const all = boundedProblems([...problems, ...builder.problems]);
  return { document: { root: builder.root, problems: all }, unclosed: builder.unclosed };
}

class Scanner {
  readonly problems: SyntaxProblem[] = [];
  readonly builder: TreeBuilder;
  private readonly text: string;
  private readonly ahead: Lookahead;
  private at = 0;

  constructor(text: string, builder: TreeBuilder) {
    this.text = text;
    this.builder = builder;
    this.ahead = new Lookahead(text);
  }

  run(): void {
    const { text } = this;
    if (text.startsWith('\uFEFF')) this.at = 1;
    if (/^<\?xml[\s?]/.test(text.slice(this.at, this.at + 6))) this.declaration();
    this.forbiddenCharacters();
    while (this.at < text.length) {
      const open = text.indexOf('<', this.at);
      const end = open < 0 ? text.length : open;
      if (end > this.at) this.characterData(this.at, end);
      this.at = end;
      if (open >= 0) this.markup(open);
    }
    this.builder.finish(text.length);
  }

  private markup(open: number): void {
    const { text } = this;
    if (text.startsWith('<!--', open)) this.comment(open);
    else if (text.startsWith('<![CDATA[', open)) this.cdata(open);
    else if (text.startsWith('<!', open)) this.documentType(open);
    else if (text.startsWith('<?', open)) this.instruction(open);
    else if (text.startsWith('</', open)) this.endTag(open);
    else if (startsName(text, open + 1)) this.startTag(open);
    else {
      this.problem(
        'xml-stray-lt',
        { start: open, end: open + 1 },
        say('“<” begins no element here; write &lt; for the character itself.'),
        '&lt;',
      );
      this.at = open + 1;
    }
  }

  private startTag(open: number): void {
    const { text } = this;
    const nameStop = nameEnd(text, open + 1);
    const scanned = scanAttributes(text, nameStop, this.ahead);
    for (const problem of scanned.problems) this.problems.push(problem);
    const nameSpan = { start: open + 1, end: nameStop };
    const name = text.slice(open + 1, nameStop);
    if (!scanned.complete) {
      this.problem(
        'xml-unclosed-tag',
        nameSpan,
        say('The tag <{0}> is not finished: “>” is missing.', name),
      );
    }
    this.builder.start({
      name,
      nameSpan,
      span: { start: open, end: scanned.end },
      attributes: scanned.attributes,
      selfClosing: scanned.selfClosing,
      complete: scanned.complete,
      column: this.column(open),
      nextColumn: scanned.complete ? undefined : this.nextTagColumn(scanned.end),
    });
    this.at = scanned.end;
  }

  private endTag(open: number): void {
    const { text } = this;
    const nameStop = nameEnd(text, open + 2);
    const name = text.slice(open + 2, nameStop);
    const behind = skipSpace(text, nameStop);
    const closed = text.charAt(behind) === '>';
    const nameSpan = { start: open + 2, end: Math.max(nameStop, open + 2) };
    if (name === '') {
      this.problem(
        'xml-bad-end-tag',
        { start: open, end: open + 2 },
        say('“</” is followed by no name.'),
      );
      this.at = open + 2;
      return;
    }
    let end = closed ? behind + 1 : nameStop;
    if (!closed) {
      this.problem(
        'xml-unclosed-tag',
        nameSpan,
        say('The tag </{0}> is not finished: “>” is missing.', name),
      );
      const stop = Math.min(...['<', '>', '\n'].map((each) => this.ahead.next(each, nameStop)));
      end = text.charAt(stop) === '>' ? stop + 1 : stop;
    }
    this.builder.end({ name, nameSpan, span: { start: open, end }, column: this.column(open) });
    this.at = end;
  }

  private comment(open: number): void {
    const { text } = this;
    const close = text.indexOf('--', open + 4);
    if (close < 0) {
      this.problem(
        'xml-unclosed-comment',
        { start: open, end: open + 4 },
        say('This comment is never closed; “-->” is missing.'),
      );
      this.at = text.length;
      return;
    }
    if (text.charAt(close + 2) === '>') {
      this.at = close + 3;
      return;
    }
    this.problem(
      'xml-bad-comment',
      { start: close, end: close + 2 },
      say('“--” cannot stand inside a comment.'),
    );
    const end = text.indexOf('-->', close);
    this.at = end < 0 ? text.length : end + 3;
  }

  private cdata(open: number): void {
    const { text } = this;
    const close = text.indexOf(']]>', open);
    const end = close < 0 ? text.length : close;
    if (close < 0)
      this.problem(
        'xml-unclosed-cdata',
        { start: open, end: open + 9 },
        say('This CDATA section is never closed; “]]>” is missing.'),
      );
    if (this.builder.depth === 0)
      this.problem(
        'xml-stray-text',
        { start: open, end: Math.min(end + 3, text.length) },
        say('Text stands outside of the root element.'),
      );
    else this.builder.text(text.slice(open + 9, end), { start: open + 9, end });
    this.at = close < 0 ? text.length : close + 3;
  }

  private instruction(open: number): void {
    const { text } = this;
    const stop = nameEnd(text, open + 2);
    const close = text.indexOf('?>', open + 2);
    const name = text.slice(open + 2, stop);
    const behind = close < 0 ? text.length : close;
    if (close < 0 || name === '' || (stop < behind && !isSpace(text.charCodeAt(stop)))) {
      this.problem(
        'xml-bad-instruction',
        { start: open, end: Math.max(stop, open + 2) },
        say('This processing instruction is not well-formed.'),
      );
    } else if (name.toLowerCase() === 'xml') {
      this.problem(
        'xml-declaration-place',
        { start: open, end: stop },
        say('<?xml …?> stands only at the very beginning of a file.'),
      );
    }
    this.at = close < 0 ? text.length : close + 2;
  }

  private declaration(): void {
    const { text } = this;
    const open = this.at;
    const close = text.indexOf('?>', open);
    const whole = text.slice(open, close + 2);
    const good =
      /^<\?xml\s+version\s*=\s*(["'])1\.[0-9]+\1(\s+encoding\s*=\s*(["'])[A-Za-z][A-Za-z0-9._-]*\3)?(\s+standalone\s*=\s*(["'])(yes|no)\5)?\s*\?>$/;
    if (close < 0 || !good.test(whole)) {
      this.problem(
        'xml-bad-declaration',
        { start: open, end: open + 5 },
        say(
          'The XML declaration is not well-formed; write <?xml version="1.0" encoding="utf-8"?> or nothing.',
        ),
      );
    }
    this.at = close < 0 ? open + 5 : close + 2;
  }

  /** Never read: libvirt's domain XML has none, and what a document type can declare is dangerous. */
  private documentType(open: number): void {
    const { text } = this;
    let end = open + 2;
    let depth = 0;
    for (; end < text.length; end++) {
      const char = text.charAt(end);
      if (char === '[') depth++;
      else if (char === ']') depth--;
      else if (char === '>' && depth <= 0) break;
      else if ((char === '"' || char === "'") && text.startsWith('<!DOCTYPE', open)) {
        const quote = text.indexOf(char, end + 1);
        if (quote < 0) break;
        end = quote;
      }
    }
    const whole = text.slice(open, end);
    const span = { start: open, end: Math.min(end + 1, text.length) };
    if (
      /<!ENTITY[^>]*\b(SYSTEM|PUBLIC)\b/.test(whole) ||
      /^<!DOCTYPE\s+\S+\s+(SYSTEM|PUBLIC)\b/.test(whole)
    ) {
      this.problem(
        'xml-external-entity',
        span,
        say(
          'This refers to a file outside; nothing is ever loaded, and domain XML has no document type. Remove it.',
        ),
        '',
      );
    } else {
      this.problem(
        'xml-doctype',
        span,
        say('Domain XML has no document type; it is not read. Remove it.'),
        '',
      );
    }
    this.at = span.end;
  }

  private characterData(start: number, end: number): void {
    const raw = this.text.slice(start, end);
    const { text, bad } = decodeEntities(raw);
    for (const each of bad) {
      this.problem(
        'xml-bad-entity',
        { start: start + each.start, end: start + each.end },
        say(
          '“{0}” is no entity; write &amp; for the character & itself.',
          raw.slice(each.start, each.end),
        ),
        `&amp;${raw.slice(each.start + 1, each.end)}`,
      );
    }
    const marker = raw.indexOf(']]>');
    if (marker >= 0)
      this.problem(
        'xml-stray-cdata-end',
        { start: start + marker, end: start + marker + 3 },
        say('“]]>” cannot stand in text; write ]]&gt;.'),
        ']]&gt;',
      );
    this.builder.text(text, { start, end });
  }

  private forbiddenCharacters(): void {
    forbiddenCharacter.lastIndex = 0;
    const found = forbiddenCharacter.exec(this.text);
    if (found === null) return;
    this.problem(
      'xml-bad-character',
      { start: found.index, end: found.index + 1 },
      say('XML cannot contain this control character.'),
      '',
    );
  }

  /** Column of a tag that is the first thing on its line; a tab counts as one. */
  private column(open: number): number | undefined {
    let start = open;
    while (
      start > 0 &&
      (this.text.charCodeAt(start - 1) === 32 || this.text.charCodeAt(start - 1) === 9)
    )
      start--;
    return start === 0 || this.text.charCodeAt(start - 1) === 10 ? open - start : undefined;
  }

  private nextTagColumn(from: number): number | undefined {
    const next = this.ahead.next('<', from);
    return next === this.text.length ? undefined : this.column(next);
  }

  private problem(code: string, span: Span, message: Message, replacement?: string): void {
    const fixes =
      replacement === undefined
        ? []
        : [
            {
              title: replacement === '' ? say('Remove it') : say('Write {0}', replacement),
              edits: [{ span, newText: replacement }],
            },
          ];
    this.problems.push({ code, span, severity: 'error', message, fixes });
  }
}

function refused(code: string, text: string, message: Message): XmlDocument {
  const line = text.slice(0, 200).indexOf('\n');
  const span = { start: 0, end: line < 0 ? Math.min(text.length, 200) : line };
  return { root: undefined, problems: [{ code, span, severity: 'error', message, fixes: [] }] };
}
