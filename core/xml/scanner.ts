import { say } from '../messages.ts';
import type { TreeBuilder } from './build-tree.ts';
import {
  decodeEntities,
  forbiddenCharacter,
  isSpace,
  nameEnd,
  skipSpace,
  startsName,
  trimmedEnd,
  withoutCarriageReturns,
  wordAt,
} from './characters.ts';
import { scanDocumentType } from './document-type.ts';
import { Lookahead } from './lookahead.ts';
import type { ProblemList } from './problem-list.ts';
import { AttributeScanner, badEntity } from './scan-attributes.ts';
import { longestShared } from './shared-elements.ts';
import type { SharedElements } from './shared-elements.ts';

const exclamationMark = 0x21;
const slash = 0x2f;
const lessThan = 0x3c;
const questionMark = 0x3f;

/** Reads a text once from front to end, tells its tags and texts to a builder, and what is wrong. */
export class Scanner {
  private readonly text: string;
  private readonly builder: TreeBuilder;
  private readonly problems: ProblemList;
  private readonly ahead: Lookahead;
  private readonly attributes: AttributeScanner;
  private readonly shared: SharedElements | undefined;
  private at = 0;
  private endlessDocumentType = false;

  constructor(
    text: string,
    builder: TreeBuilder,
    problems: ProblemList,
    shared: SharedElements | undefined,
  ) {
    this.shared = shared;
    this.text = text;
    this.builder = builder;
    this.problems = problems;
    this.ahead = new Lookahead(text);
    this.attributes = new AttributeScanner(text, this.ahead, problems);
  }

  run(): void {
    const { text } = this;
    if (text.startsWith('\uFEFF')) this.at = 1;
    if (/^<\?xml[\s?]/.test(text.slice(this.at, this.at + 6))) this.declaration();
    this.forbiddenCharacters();
    while (this.at < text.length) {
      const open = this.nextTag();
      if (open >= 0) this.markup(open);
    }
    this.builder.finish(text.length);
  }

  /**
   * Reads from behind one tag up to another one, which is not read any more. False when no tag of
   * the element that was open at the beginning begins there, or a problem came before.
   */
  runFrom(from: number, to: number): boolean {
    const { text, builder, problems } = this;
    this.at = from;
    while (this.at < text.length && this.at <= to && problems.count === 0 && !builder.outside) {
      const open = this.nextTag();
      if (open === to && builder.depth === 1) return true;
      if (open >= 0) this.markup(open);
    }
    return false;
  }

  /** Reads the text up to the next tag; its offset, or -1 when there is none. */
  private nextTag(): number {
    const { text, at } = this;
    // Mostly there is nothing but white space between two tags.
    const start = skipSpace(text, at);
    let open = start;
    if (start >= text.length) open = -1;
    else if (text.charCodeAt(start) !== lessThan) open = text.indexOf('<', start + 1);
    const end = open < 0 ? text.length : open;
    if (end > at) this.characterData(at, start, end);
    this.at = end;
    return open;
  }

  private markup(open: number): void {
    const { text } = this;
    const next = text.charCodeAt(open + 1);
    if (next === slash) this.endTag(open);
    else if (next === questionMark) this.instruction(open);
    else if (next === exclamationMark) this.declarative(open);
    else if (startsName(text, open + 1)) this.startTag(open);
    else this.namelessTag(open);
  }

  private declarative(open: number): void {
    const { text } = this;
    if (text.startsWith('<!--', open)) this.comment(open);
    else if (text.startsWith('<![CDATA[', open)) this.cdata(open);
    else if (text.startsWith('<!DOCTYPE', open)) this.documentType(open);
    else {
      const span = { start: open, end: Math.max(open + 2, nameEnd(text, open + 2)) };
      this.problems.add(
        'xml-bad-markup',
        span,
        say('“<!” begins nothing here; a comment is written <!-- … -->.'),
      );
      this.at = span.end;
    }
  }

  private startTag(open: number): void {
    if (this.shared !== undefined && this.wasRead(open, this.shared)) return;
    const { text } = this;
    const nameStop = nameEnd(text, open + 1);
    const scanned = this.attributes;
    const attributes = scanned.scan(open, nameStop);
    const { end, selfClosing, complete } = scanned;
    const name = wordAt(text, open + 1, nameStop);
    const next = complete ? end : this.ahead.next('<', end);
    this.builder.start({ name, start: open, end, attributes, selfClosing, complete, next });
    this.at = end;
  }

  /** Takes an element from those that were read before. */
  private wasRead(open: number, shared: SharedElements): boolean {
    const end = this.endOfSmall(open) || this.endOfLarger(open);
    const data = end === 0 ? undefined : shared.find(this.text, open, end);
    if (data === undefined || !this.builder.again(data, open)) return false;
    this.at = end;
    return true;
  }

  /** Where `<a …/>` or `<a …>text</a>` would end that begins at `open`; 0 for anything else. */
  private endOfSmall(open: number): number {
    const { text, ahead } = this;
    const end = ahead.next('>', open);
    if (end + 1 >= text.length) return 0;
    if (text.charCodeAt(end - 1) === slash) return end + 1;
    const next = text.charCodeAt(end + 1);
    if (next === lessThan || isSpace(next)) return 0;
    const close = ahead.next('</', end);
    return close === text.length ? 0 : ahead.next('>', close) + 1;
  }

  /** Behind the first end tag with the name of the start tag at `open`; 0 when none is near. */
  private endOfLarger(open: number): number {
    const { text } = this;
    const endTag = `</${wordAt(text, open + 1, nameEnd(text, open + 1))}>`;
    const close = text.slice(open, open + longestShared).indexOf(endTag);
    return close < 0 ? 0 : open + close + endTag.length;
  }

  /** A `<` alone: a tag whose name is still to come if what follows is deeper, else a stray character. */
  private namelessTag(open: number): void {
    const { text } = this;
    this.at = open + 1;
    const span = { start: open, end: open + 1 };
    this.problems.addReplaceable(
      'xml-stray-lt',
      span,
      say('“<” begins no element here; write &lt; for the character itself.'),
      '&lt;',
    );
    const next = skipSpace(text, open + 1);
    if (text.charAt(next) !== '<') return;
    this.builder.startNameless({ span, next });
  }

  private endTag(open: number): void {
    const { text } = this;
    const nameStop = nameEnd(text, open + 2);
    const behind = skipSpace(text, nameStop);
    const complete = nameStop > open + 2 && text.charAt(behind) === '>';
    let end = behind + 1;
    if (!complete) {
      const stop = Math.min(...['<', '>', '\n'].map((each) => this.ahead.next(each, nameStop)));
      end = text.charAt(stop) === '>' ? stop + 1 : trimmedEnd(text, nameStop, stop);
    }
    const name = wordAt(text, open + 2, nameStop);
    this.builder.end({ name, start: open, end, complete });
    this.at = end;
  }

  private comment(open: number): void {
    const { text, ahead } = this;
    const dashes = ahead.next('--', open + 4);
    if (text.charAt(dashes + 2) === '>') {
      this.at = dashes + 3;
      return;
    }
    const another = text.startsWith('<!', dashes - 2) && dashes - 2 > open;
    const close = ahead.next('-->', open + 4);
    if (close === text.length || another) {
      // It is being typed: what is behind its line is no part of it.
      const end = trimmedEnd(text, open + 4, ahead.next('\n', open + 4));
      this.problems.add(
        'xml-unclosed-comment',
        { start: open, end: open + 4 },
        say('This comment is never closed; “-->” is missing.'),
        [{ title: say('Insert {0}', '-->'), span: { start: end, end }, newText: ' -->' }],
      );
      this.at = end;
      return;
    }
    let end = dashes;
    while (text.charAt(end) === '-') end++;
    // `--->` keeps its `-->`.
    const closing = text.charAt(end) === '>';
    this.problems.addReplaceable(
      'xml-bad-comment',
      { start: dashes, end: closing ? end - 2 : end },
      say('“--” cannot stand inside a comment; write a single “-”.'),
      closing ? ' ' : '-',
    );
    this.at = close + 3;
  }

  private cdata(open: number): void {
    const { text } = this;
    const end = this.ahead.next(']]>', open + 9);
    if (end === text.length)
      this.problems.add(
        'xml-unclosed-cdata',
        { start: open, end: open + 9 },
        say('This CDATA section is never closed; “]]>” is missing.'),
      );
    this.at = Math.min(end + 3, text.length);
    if (this.builder.outside) this.strayText(open, this.at);
    else
      this.builder.text(withoutCarriageReturns(text.slice(open + 9, end)), {
        start: open + 9,
        end,
      });
  }

  private instruction(open: number): void {
    const { text } = this;
    const stop = nameEnd(text, open + 2);
    const close = this.ahead.next('?>', open + 2);
    const name = text.slice(open + 2, stop);
    if (close === text.length || name === '' || (stop < close && !isSpace(text.charCodeAt(stop)))) {
      this.problems.add(
        'xml-bad-instruction',
        { start: open, end: stop },
        say('This processing instruction is not well-formed; it is written <?name …?>.'),
      );
    } else if (name.toLowerCase() === 'xml') {
      this.problems.add(
        'xml-declaration-place',
        { start: open, end: stop },
        say('<?xml …?> stands only at the very beginning of a file.'),
        [{ title: say('Remove it'), span: { start: open, end: close + 2 }, newText: '' }],
      );
    }
    this.at = close === text.length ? this.ahead.next('\n', stop) : close + 2;
  }

  private declaration(): void {
    const { text } = this;
    const open = this.at;
    const close = text.indexOf('?>', open);
    const good =
      /^<\?xml\s+version\s*=\s*(["'])1\.[0-9]+\1(\s+encoding\s*=\s*(["'])[A-Za-z][A-Za-z0-9._-]*\3)?(\s+standalone\s*=\s*(["'])(yes|no)\5)?\s*\?>$/;
    if (close < 0 || !good.test(text.slice(open, close + 2))) {
      this.problems.add(
        'xml-bad-declaration',
        { start: open, end: open + 5 },
        say(
          'The XML declaration is not well-formed; write <?xml version="1.0" encoding="utf-8"?> or nothing.',
        ),
      );
    }
    this.at = close < 0 ? open + 5 : close + 2;
  }

  private documentType(open: number): void {
    const { text, ahead } = this;
    const { span, external } = this.endlessDocumentType
      ? { span: { start: open, end: ahead.next('\n', open) }, external: false }
      : scanDocumentType(text, open, ahead);
    // Only one is looked for to the end of the file, so that many of them cost no more.
    if (text.charAt(span.end - 1) !== '>') this.endlessDocumentType = true;
    if (external) {
      this.problems.addReplaceable(
        'xml-external-entity',
        span,
        say(
          'This refers to a file outside; nothing is ever loaded, and domain XML has no document type. Remove it.',
        ),
        '',
      );
    } else {
      this.problems.addReplaceable(
        'xml-doctype',
        span,
        say('Domain XML has no document type; it is not read. Remove it.'),
        '',
      );
    }
    this.at = span.end;
  }

  /** What stands between two tags; `start` is behind the white space it begins with. */
  private characterData(from: number, start: number, to: number): void {
    const { text, problems } = this;
    if (start >= to) {
      this.builder.space(from, to);
      return;
    }
    const end = trimmedEnd(text, start, to);
    const raw = text.slice(from, to);
    const decoded = decodeEntities(raw, (first, last) => {
      badEntity(problems, text, from + first, from + last);
    });
    const marker = raw.indexOf(']]>');
    if (marker >= 0)
      problems.addReplaceable(
        'xml-stray-cdata-end',
        { start: from + marker, end: from + marker + 3 },
        say('“]]>” cannot stand in text; write ]]&gt;.'),
        ']]&gt;',
      );
    if (this.builder.outside) this.strayText(start, end);
    else this.builder.text(this.lineEndsIn(raw, decoded), { start, end });
  }

  /** Line ends are settled before references, which may stand for carriage returns, are resolved. */
  private lineEndsIn(raw: string, decoded: string): string {
    const settled = withoutCarriageReturns(raw);
    return settled === raw ? decoded : decodeEntities(settled, () => undefined);
  }

  private strayText(start: number, end: number): void {
    const message = say(
      'Text stands outside of the root element; move it into an element or remove it.',
    );
    this.problems.addReplaceable('xml-stray-text', { start, end }, message, '');
  }

  private forbiddenCharacters(): void {
    forbiddenCharacter.lastIndex = 0;
    const found = forbiddenCharacter.exec(this.text);
    if (found === null) return;
    this.problems.addReplaceable(
      'xml-bad-character',
      { start: found.index, end: found.index + 1 },
      say('XML cannot contain this control character.'),
      '',
    );
  }
}
