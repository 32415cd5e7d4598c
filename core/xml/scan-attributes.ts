import { say } from '../messages.ts';
import { decodeEntities, isSpace, nameEnd, skipSpace, trimmedEnd } from './characters.ts';
import type { Lookahead } from './lookahead.ts';
import type { ProblemList } from './problem-list.ts';
import type { XmlAttribute } from './tree.ts';

export interface ScannedAttributes {
  readonly attributes: readonly XmlAttribute[];
  /** Offset behind `>` or `/>`, or where the tag was left off. */
  readonly end: number;
  readonly selfClosing: boolean;
  /** False when the tag was left off before its `>`. */
  readonly complete: boolean;
}

type RawAttribute = Omit<XmlAttribute, 'value'>;

const lineFeed = 10;
const ampersand = 0x26;
const lessThan = 0x3c;
const equalsSign = 0x3d;
const greaterThan = 0x3e;
const slash = 0x2f;

/** Above this many attributes a set finds a name that is there already, below it a plain search. */
const fewAttributes = 16;

/** Reads the attributes of start tags; a tag that is being typed ends where the next one begins. */
export class AttributeScanner {
  private readonly text: string;
  private readonly ahead: Lookahead;
  private readonly problems: ProblemList;

  constructor(text: string, ahead: Lookahead, problems: ProblemList) {
    this.text = text;
    this.ahead = ahead;
    this.problems = problems;
  }

  /** Reads from behind the name of a start tag to behind its `>`. */
  scan(from: number): ScannedAttributes {
    const { text } = this;
    const attributes: XmlAttribute[] = [];
    let names: Set<string> | undefined;
    let at = from;
    for (;;) {
      const start = skipSpace(text, at);
      const code = text.charCodeAt(start);
      if (code === greaterThan) {
        return { attributes, end: start + 1, selfClosing: false, complete: true };
      }
      if (code === slash && text.charCodeAt(start + 1) === greaterThan) {
        return { attributes, end: start + 2, selfClosing: true, complete: true };
      }
      if (start >= text.length || code === lessThan) {
        const end = trimmedEnd(text, at, start);
        return { attributes, end, selfClosing: false, complete: false };
      }
      const stop = nameEnd(text, start);
      if (stop === start) {
        const message = say('“{0}” cannot stand in a tag; remove it.', text.charAt(start));
        this.problems.addReplaceable('xml-stray-character', { start, end: start + 1 }, message, '');
        at = start + 1;
        continue;
      }
      if (start === at) this.missingSpace(start, stop);
      const read = this.attribute(start, stop);
      if (names === undefined && attributes.length >= fewAttributes) {
        names = new Set(attributes.map(({ name }) => name));
      }
      if (names?.has(read.name) ?? holds(attributes, read.name)) {
        this.duplicate(read, at);
      }
      names?.add(read.name);
      attributes.push(read);
      at = read.span.end;
    }
  }

  private attribute(start: number, stop: number): XmlAttribute {
    const { text } = this;
    const name = text.slice(start, stop);
    const nameSpan = { start, end: stop };
    const equals = skipSpace(text, stop);
    if (text.charCodeAt(equals) !== equalsSign) {
      this.problems.add(
        'xml-attribute-no-value',
        nameSpan,
        say("The attribute {0} has no value; write {0}='…'.", name),
        [
          {
            title: say('Give it an empty value'),
            span: { start: stop, end: stop },
            newText: "=''",
          },
        ],
      );
      return { name, nameSpan, value: '', valueSpan: { start: stop, end: stop }, span: nameSpan };
    }
    const valueAt = skipSpace(text, equals + 1);
    const quote = text.charCodeAt(valueAt);
    if (quote !== 0x22 && quote !== 0x27) {
      return this.withValue(this.unquoted(name, nameSpan, equals + 1), true);
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
      const span = { start, end: end + 1 };
      const valueSpan = { start: valueAt + 1, end };
      return this.withValue({ name, nameSpan, valueSpan, span }, !plain);
    }
    return this.withValue(
      this.unusualValue(name, nameSpan, valueAt + 1, text.charAt(valueAt)),
      true,
    );
  }

  /** A quoted value that holds a line end or `<`, or whose closing quote is missing. */
  private unusualValue(
    name: string,
    nameSpan: XmlAttribute['nameSpan'],
    from: number,
    quote: string,
  ): RawAttribute {
    const { text, ahead } = this;
    const close = ahead.next(quote, from);
    const nextTag = ahead.next('<', from);
    const lineEnd = ahead.next('\n', from);
    const { start } = nameSpan;
    if (close < text.length && (close < nextTag || close < lineEnd)) {
      if (nextTag < close) {
        this.problems.addReplaceable(
          'xml-lt-in-value',
          { start: nextTag, end: nextTag + 1 },
          say('“<” cannot stand in an attribute value; write &lt;.'),
          '&lt;',
        );
      }
      const valueSpan = { start: from, end: close };
      return { name, nameSpan, valueSpan, span: { start, end: close + 1 } };
    }
    const end = this.beforeTagEnd(from, Math.min(lineEnd, nextTag));
    const valueSpan = { start: from, end };
    this.problems.add(
      'xml-unclosed-value',
      valueSpan,
      say('The value of {0} is not closed; the quote {1} is missing.', name, quote),
      [{ title: say('Insert {0}', quote), span: { start: end, end }, newText: quote }],
    );
    return { name, nameSpan, valueSpan, span: { start, end } };
  }

  /** Where `[from, limit)` ends without the `>` or `/>` of the tag and the spaces around it. */
  private beforeTagEnd(from: number, limit: number): number {
    const { text } = this;
    const end = trimmedEnd(text, from, limit);
    if (end === from || text.charAt(end - 1) !== '>') return end;
    const slash = end - 1 > from && text.charAt(end - 2) === '/';
    return trimmedEnd(text, from, slash ? end - 2 : end - 1);
  }

  private unquoted(name: string, nameSpan: XmlAttribute['nameSpan'], from: number): RawAttribute {
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
    return { name, nameSpan, valueSpan, span: { start: nameSpan.start, end } };
  }

  /** Resolves entities; white space becomes spaces, as XML 1.0, 3.3.3 has it. */
  private withValue(raw: RawAttribute, special: boolean): XmlAttribute {
    const { start, end } = raw.valueSpan;
    const written = this.text.slice(start, end);
    const { name, nameSpan, valueSpan, span } = raw;
    if (!special) return { name, nameSpan, value: written, valueSpan, span };
    const value = decodeEntities(written.replace(/\r\n|[\t\r\n]/g, ' '), () => undefined);
    decodeEntities(written, (from, to) => {
      badEntity(this.problems, this.text, start + from, start + to);
    });
    return { name, nameSpan, value, valueSpan, span };
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

  private duplicate({ name, nameSpan, span }: XmlAttribute, from: number): void {
    this.problems.add(
      'xml-duplicate-attribute',
      nameSpan,
      say('The attribute {0} is written twice; remove one of them.', name),
      [{ title: say('Remove it'), span: { start: from, end: span.end }, newText: '' }],
    );
  }
}

function holds(attributes: readonly XmlAttribute[], name: string): boolean {
  for (const attribute of attributes) if (attribute.name === name) return true;
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
