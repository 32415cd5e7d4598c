import { say } from '../messages.ts';
import { decodeEntities, isSpace, nameEnd, skipSpace, trimmedEnd, wordAt } from './characters.ts';
import type { Lookahead } from './lookahead.ts';
import type { ProblemList } from './problem-list.ts';
import type { Span } from '../text/span.ts';
import { noAttributes } from './element-data.ts';
import type { AttributeData } from './element-data.ts';

/** Where an attribute was found; all offsets are those of the text. */
interface RawAttribute {
  readonly name: string;
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly end: number;
}

const lineFeed = 10;
const ampersand = 0x26;
const lessThan = 0x3c;
const equalsSign = 0x3d;
const greaterThan = 0x3e;
const slash = 0x2f;
const letterX = 0x78;

/** Above this many attributes a set finds a name that is there already, below it a plain search. */
const fewAttributes = 16;

/** Reads the attributes of start tags; a tag that is being typed ends where the next one begins. */
export class AttributeScanner {
  /** Offset behind the `>` or `/>` of the last tag, or where it was left off. */
  end = 0;
  selfClosing = false;
  /** False when the last tag was left off before its `>`. */
  complete = true;
  private readonly text: string;
  private readonly ahead: Lookahead;
  private readonly problems: ProblemList;
  /** The `<` that offsets are counted from. */
  private open = 0;
  private words: string[] = [];
  private places: number[] = [];

  constructor(text: string, ahead: Lookahead, problems: ProblemList) {
    this.text = text;
    this.ahead = ahead;
    this.problems = problems;
  }

  /** Reads from behind the name of a start tag that begins at `open` to behind its `>`. */
  scan(open: number, from: number): AttributeData {
    const { text } = this;
    let names: Set<string> | undefined;
    let declares = false;
    let any = false;
    let at = from;
    for (;;) {
      const start = skipSpace(text, at);
      const code = start < text.length ? text.charCodeAt(start) : lessThan;
      if (code === greaterThan) {
        this.ends(start + 1, false, true);
        break;
      }
      if (code === slash && text.charCodeAt(start + 1) === greaterThan) {
        this.ends(start + 2, true, true);
        break;
      }
      if (code === lessThan) {
        this.ends(trimmedEnd(text, at, start), false, false);
        break;
      }
      const stop = nameEnd(text, start);
      if (stop === start) {
        const message = say('“{0}” cannot stand in a tag; remove it.', text.charAt(start));
        this.problems.addReplaceable('xml-stray-character', { start, end: start + 1 }, message, '');
        at = start + 1;
        continue;
      }
      if (start === at) this.missingSpace(start, stop);
      if (!any) {
        any = true;
        this.open = open;
        this.words = [];
        this.places = [];
      }
      const { words } = this;
      const before = words.length;
      const end = this.attribute(start, stop);
      const name = words[before] ?? '';
      declares ||= code === letterX && name.startsWith('xmlns');
      if (names === undefined && before >= 2 * fewAttributes) {
        names = new Set(words.filter((_, index) => index < before && index % 2 === 0));
      }
      if (names?.has(name) ?? holds(words, name, before)) this.duplicate(start, stop, end, at);
      names?.add(name);
      at = end;
    }
    return any ? { words: this.words, places: this.places, declares } : noAttributes;
  }

  private ends(end: number, selfClosing: boolean, complete: boolean): void {
    this.end = end;
    this.selfClosing = selfClosing;
    this.complete = complete;
  }

  /** Takes up the attribute whose name is `[start, stop)`; gives the offset behind it. */
  private attribute(start: number, stop: number): number {
    const { text } = this;
    const name = wordAt(text, start, stop);
    let equals = stop;
    if (text.charCodeAt(equals) !== equalsSign) equals = skipSpace(text, stop);
    if (equals >= text.length || text.charCodeAt(equals) !== equalsSign) {
      this.problems.add(
        'xml-attribute-no-value',
        { start, end: stop },
        say("The attribute {0} has no value; write {0}='…'.", name),
        [
          {
            title: say('Give it an empty value'),
            span: { start: stop, end: stop },
            newText: "=''",
          },
        ],
      );
      return this.take({ name, start, valueStart: stop, valueEnd: stop, end: stop }, '');
    }
    const valueAt = skipSpace(text, equals + 1);
    const quote = valueAt < text.length ? text.charCodeAt(valueAt) : 0;
    if (quote !== 0x22 && quote !== 0x27) {
      return this.special(this.unquoted(name, { start, end: stop }, equals + 1));
    }
    // The usual case is read in one go; what crosses a line or a tag is looked at more closely.
    let plain = true;
    let end = valueAt + 1;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === quote || code === lineFeed || code === lessThan) break;
      if (code === ampersand || code === 9 || code === 13) plain = false;
    }
    if (end < text.length && text.charCodeAt(end) === quote) {
      const valueStart = valueAt + 1;
      if (!plain) return this.special({ name, start, valueStart, valueEnd: end, end: end + 1 });
      const { open } = this;
      this.words.push(name, wordAt(text, valueStart, end));
      this.places.push(start - open, valueStart - open, end - open, end + 1 - open);
      return end + 1;
    }
    const written = text.charAt(valueAt);
    return this.special(this.unusualValue(name, start, valueAt + 1, written));
  }

  private take({ name, start, valueStart, valueEnd, end }: RawAttribute, value: string): number {
    const { open } = this;
    this.words.push(name, value);
    this.places.push(start - open, valueStart - open, valueEnd - open, end - open);
    return end;
  }

  /** A quoted value that holds a line end or `<`, or whose closing quote is missing. */
  private unusualValue(name: string, start: number, from: number, quote: string): RawAttribute {
    const { text, ahead } = this;
    const close = ahead.next(quote, from);
    const nextTag = ahead.next('<', from);
    const lineEnd = ahead.next('\n', from);
    if (close < text.length && (close < nextTag || close < lineEnd)) {
      if (nextTag < close) {
        this.problems.addReplaceable(
          'xml-lt-in-value',
          { start: nextTag, end: nextTag + 1 },
          say('“<” cannot stand in an attribute value; write &lt;.'),
          '&lt;',
        );
      }
      return { name, start, valueStart: from, valueEnd: close, end: close + 1 };
    }
    const end = this.beforeTagEnd(from, Math.min(lineEnd, nextTag));
    const valueSpan = { start: from, end };
    this.problems.add(
      'xml-unclosed-value',
      valueSpan,
      say('The value of {0} is not closed; the quote {1} is missing.', name, quote),
      [{ title: say('Insert {0}', quote), span: { start: end, end }, newText: quote }],
    );
    return { name, start, valueStart: from, valueEnd: end, end };
  }

  /** Where `[from, limit)` ends without the `>` or `/>` of the tag and the spaces around it. */
  private beforeTagEnd(from: number, limit: number): number {
    const { text } = this;
    const end = trimmedEnd(text, from, limit);
    if (end === from || text.charAt(end - 1) !== '>') return end;
    const slash = end - 1 > from && text.charAt(end - 2) === '/';
    return trimmedEnd(text, from, slash ? end - 2 : end - 1);
  }

  private unquoted(name: string, nameSpan: Span, from: number): RawAttribute {
    const { text } = this;
    let start = from;
    while (text.charCodeAt(start) !== lineFeed && isSpace(text.charCodeAt(start))) start++;
    let end = start;
    while (
      end < text.length &&
      !isSpace(text.charCodeAt(end)) &&
      !'<>"\'='.includes(text.charAt(end)) &&
      !text.startsWith('/>', end)
    ) {
      end++;
    }
    const valueSpan = { start, end };
    this.problems.add(
      'xml-unquoted-value',
      start === end ? nameSpan : valueSpan,
      say('The value of {0} must stand in quotes.', name),
      [{ title: say('Put it in quotes'), span: valueSpan, newText: `'${text.slice(start, end)}'` }],
    );
    return { name, start: nameSpan.start, valueStart: start, valueEnd: end, end };
  }

  /** Resolves entities; white space becomes spaces, as XML 1.0, 3.3.3 has it. */
  private special(raw: RawAttribute): number {
    const { valueStart } = raw;
    const written = this.text.slice(valueStart, raw.valueEnd);
    const value = decodeEntities(written.replace(/\r\n|[\t\r\n]/g, ' '), () => undefined);
    decodeEntities(written, (from, to) => {
      badEntity(this.problems, this.text, valueStart + from, valueStart + to);
    });
    return this.take(raw, value);
  }

  private missingSpace(start: number, stop: number): void {
    const name = this.text.slice(start, stop);
    this.problems.add(
      'xml-missing-space',
      { start, end: stop },
      say('A space is missing before the attribute {0}.', name),
      [{ title: say('Insert a space'), span: { start, end: start }, newText: ' ' }],
    );
  }

  private duplicate(start: number, stop: number, end: number, from: number): void {
    this.problems.add(
      'xml-duplicate-attribute',
      { start, end: stop },
      say('The attribute {0} is written twice; remove one of them.', this.text.slice(start, stop)),
      [{ title: say('Remove it'), span: { start: from, end }, newText: '' }],
    );
  }
}

/** Is `name` one of the names before `length`? */
function holds(words: readonly string[], name: string, length: number): boolean {
  for (let at = 0; at < length; at += 2) if (words[at] === name) return true;
  return false;
}

/** Reports an `&` that begins no entity known here. */
export function badEntity(problems: ProblemList, text: string, start: number, end: number): void {
  problems.addReplaceable(
    'xml-bad-entity',
    { start, end },
    say('“{0}” is no entity; write &amp; for the character & itself.', text.slice(start, end)),
    `&amp;${text.slice(start + 1, end)}`,
  );
}
