import { say } from '../messages.ts';
import type { Span } from '../text/span.ts';
import { isSpace, withoutCarriageReturns } from './characters.ts';
import type { ProblemList } from './problem-list.ts';
import type { XmlAttribute, XmlElement } from './tree.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface Piece {
  readonly text: string;
  /** Without the white space at both ends; empty for a piece that is nothing else. */
  readonly span: Span;
}

interface OpenElement {
  readonly element: Writable<XmlElement> & { children: XmlElement[] };
  readonly pieces: Piece[];
  /** Are there pieces that are more than white space? */
  hasText: boolean;
  /** Its start tag was left off before `>`. */
  readonly leftOff: boolean;
  /** See `columnOf`; null until it is asked for. */
  column: number | undefined | null;
}

export interface StartTag {
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
  readonly attributes: readonly XmlAttribute[];
  readonly selfClosing: boolean;
  /** False for a tag that was left off before its `>`. */
  readonly complete: boolean;
  /** Offset of the next `<`, for a tag that was left off. */
  readonly next: number;
}

export interface EndTag {
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
  readonly complete: boolean;
}

/**
 * Puts tags together to a tree. Without `indentation` an element ends where XML says; with it, an
 * element whose end tag is missing ends where the next tag stands at its own column or before it,
 * which is what the author sees.
 */
export class TreeBuilder {
  root: XmlElement | undefined;
  /** True when an element had to be closed without its end tag: worth a second look by columns. */
  unclosed = false;
  private readonly open: OpenElement[] = [];
  private readonly source: string;
  private readonly problems: ProblemList;
  private readonly indentation: boolean;
  private readonly maxDepth: number;
  private skippedDepth = 0;
  private toldTooDeep = false;
  private toldSeveralRoots = false;

  constructor(options: {
    readonly text: string;
    readonly problems: ProblemList;
    readonly indentation: boolean;
    readonly maxDepth: number;
  }) {
    this.source = options.text;
    this.problems = options.problems;
    this.indentation = options.indentation;
    this.maxDepth = options.maxDepth;
  }

  /** No element is open. */
  get outside(): boolean {
    return this.open.length === 0;
  }

  start(tag: StartTag): void {
    if (this.indentation) this.closeByColumn(tag.span.start);
    const empty = tag.selfClosing || (!tag.complete && !this.deeper(tag.span.start, tag.next));
    if (!tag.complete) this.leftOffTag(tag, empty);
    if (this.open.length >= this.maxDepth) {
      this.tooDeep(tag, empty);
      return;
    }
    const parent = this.open.at(-1)?.element;
    const { end } = tag.span;
    const element: OpenElement['element'] = {
      name: tag.name,
      nameSpan: tag.nameSpan,
      span: tag.span,
      startTagSpan: tag.span,
      endTagSpan: undefined,
      attributes: tag.attributes,
      children: [],
      text: { value: '', span: { start: end, end } },
      rawText: '',
      parent,
    };
    if (parent !== undefined) parent.children.push(element);
    else this.newRoot(element);
    if (empty) return;
    this.open.push({ element, pieces: [], hasText: false, leftOff: !tag.complete, column: null });
  }

  /** A `<` without a name whose next tag stands deeper holds what is behind it. */
  startNameless({ span, next }: { readonly span: Span; readonly next: number }): void {
    if (this.open.length >= this.maxDepth || !this.deeper(span.start, next)) return;
    const parent = this.open.at(-1)?.element;
    // Not in the root's place: a document whose root has no name yet is told as having none.
    if (parent === undefined) return;
    const element: OpenElement['element'] = {
      name: '',
      nameSpan: { start: span.end, end: span.end },
      span,
      startTagSpan: span,
      endTagSpan: undefined,
      attributes: [],
      children: [],
      text: { value: '', span: { start: span.end, end: span.end } },
      rawText: '',
      parent,
    };
    parent.children.push(element);
    this.open.push({ element, pieces: [], hasText: false, leftOff: true, column: null });
  }

  end(tag: EndTag): void {
    if (this.skippedDepth > 0) {
      this.skippedDepth--;
      return;
    }
    const top = this.open.at(-1);
    if (top?.element.name === tag.name && tag.complete) {
      this.close(tag.span);
      return;
    }
    const column = this.columnOf(tag.span.start);
    if (top?.leftOff === true && column !== undefined && this.completes(top, tag, column)) {
      top.element.name = tag.name;
      this.close(tag.span);
      return;
    }
    if (!tag.complete) {
      this.leftOffEndTag(tag, column);
      return;
    }
    const at = this.open.findLastIndex(({ element }) => element.name === tag.name);
    if (at >= 0 && !this.belongsToTop(column, at)) {
      this.closeTo(at, tag.span);
    } else if (top !== undefined && (this.columnOfOpen(top) === column || at >= 0)) {
      this.mismatched(tag, top);
    } else {
      this.problems.add(
        'xml-stray-end-tag',
        tag.span,
        say('</{0}> closes nothing: no <{0}> is open here.', tag.name),
        [{ title: say('Remove </{0}>', tag.name), span: tag.span, newText: '' }],
      );
    }
  }

  /** Text of the innermost element; `span` is without the white space at both ends. */
  text(text: string, span: Span): void {
    const top = this.open.at(-1);
    if (top === undefined) return;
    top.pieces.push({ text, span });
    top.hasText = true;
  }

  /** White space only: it counts between other texts, and in an element that holds nothing else. */
  space(source: string, start: number, end: number): void {
    const top = this.open.at(-1);
    if (top !== undefined && (top.hasText || top.element.children.length === 0)) {
      const text = withoutCarriageReturns(source.slice(start, end));
      top.pieces.push({ text, span: { start, end: start } });
    }
  }

  finish(end: number): void {
    while (this.open.length > 0) this.closeWithoutEndTag(end);
    if (this.root === undefined && this.problems.count === 0) {
      this.problems.add(
        'xml-no-root',
        { start: 0, end: Math.min(end, 1) },
        say('There is no element here; domain XML begins with <domain>.'),
      );
    }
  }

  /** Column of a tag that is the first thing on its line; a tab counts as one. */
  private columnOf(at: number): number | undefined {
    let start = at;
    for (;;) {
      const code = this.source.charCodeAt(start - 1);
      if (code !== 32 && code !== 9) return start === 0 || code === 10 ? at - start : undefined;
      start--;
    }
  }

  private columnOfOpen(open: OpenElement): number | undefined {
    if (open.column === null) open.column = this.columnOf(open.element.startTagSpan.start);
    return open.column;
  }

  /** Does the tag at `next` begin a line, further right than the one at `at`? */
  private deeper(at: number, next: number): boolean {
    const column = this.columnOf(at);
    const below = next >= this.source.length ? undefined : this.columnOf(next);
    return column !== undefined && below !== undefined && below > column;
  }

  private leftOffTag({ name, nameSpan, span }: StartTag, empty: boolean): void {
    const newText = empty ? '/>' : '>';
    this.problems.add(
      'xml-unclosed-tag',
      nameSpan,
      say('The tag <{0}> is not finished: “>” is missing.', name),
      [{ title: say('Insert {0}', newText), span: { start: span.end, end: span.end }, newText }],
    );
  }

  /** A start tag that was cut within its name is completed by the end tag at its column. */
  private completes(top: OpenElement, tag: EndTag, column: number): boolean {
    return tag.name.startsWith(top.element.name) && this.columnOfOpen(top) === column;
  }

  /** An end tag that is being typed: one problem, and it closes what it can only mean. */
  private leftOffEndTag(tag: EndTag, column: number | undefined): void {
    const top = this.open.at(-1);
    const meant =
      top?.element.name.startsWith(tag.name) === true &&
      (column === undefined || this.columnOfOpen(top) === column);
    const name = meant ? top.element.name : tag.name;
    this.problems.add(
      'xml-unclosed-tag',
      tag.nameSpan.start === tag.nameSpan.end
        ? { start: tag.span.start, end: tag.nameSpan.end }
        : tag.nameSpan,
      say('The tag </{0}> is not finished: “>” is missing.', name),
      name === ''
        ? []
        : [
            {
              title: say('Write {0}', `</${name}>`),
              span: { start: tag.span.start, end: tag.span.end },
              newText: `</${name}>`,
            },
          ],
    );
    if (meant) {
      this.close(tag.span);
      return;
    }
    const at = this.open.findLastIndex(({ element }) => element.name === tag.name);
    if (at >= 0 && !this.belongsToTop(column, at)) this.closeTo(at, tag.span);
  }

  /** A misspelt pair: the tags stand at one column, so they are meant for each other. */
  private mismatched(tag: EndTag, top: OpenElement): void {
    const { name, nameSpan } = top.element;
    this.problems.add(
      'xml-mismatched-end-tag',
      tag.nameSpan,
      say(
        'This end tag closes <{0}>, which begins elsewhere; write </{1}> here or rename the start tag.',
        tag.name,
        name,
      ),
      [
        { title: say('Change to “{0}”', name), span: tag.nameSpan, newText: name },
        {
          title: say('Rename the start tag to “{0}”', tag.name),
          span: nameSpan,
          newText: tag.name,
        },
      ],
    );
    this.close(tag.span);
  }

  /** The end tag's element is open further up, but the columns say that it is meant for the top. */
  private belongsToTop(column: number | undefined, at: number): boolean {
    const top = this.open.at(-1);
    const other = this.open[at];
    if (!this.indentation || top === undefined || other === undefined || other === top)
      return false;
    return (
      column !== undefined &&
      this.columnOfOpen(top) === column &&
      this.columnOfOpen(other) !== column
    );
  }

  private newRoot(element: XmlElement): void {
    if (this.root === undefined) {
      this.root = element;
    } else if (!this.toldSeveralRoots) {
      this.toldSeveralRoots = true;
      this.problems.add(
        'xml-several-roots',
        element.nameSpan,
        say(
          '<{0}> stands behind the end of the root element <{1}>; there can be only one root element.',
          element.name,
          this.root.name,
        ),
      );
    }
  }

  private closeByColumn(at: number): void {
    const column = this.columnOf(at);
    if (column === undefined) return;
    for (;;) {
      const top = this.open.at(-1);
      if (top === undefined || this.open.length <= 1) return;
      const own = this.columnOfOpen(top);
      if (own === undefined || own < column) return;
      this.skippedDepth = 0;
      this.closeWithoutEndTag(at);
    }
  }

  private closeTo(index: number, endTag: Span): void {
    while (this.open.length - 1 > index) this.closeWithoutEndTag(endTag.start);
    this.close(endTag);
  }

  private close(endTag: Span): void {
    const top = this.open.pop();
    if (top === undefined) return;
    top.element.endTagSpan = endTag;
    top.element.span = { start: top.element.startTagSpan.start, end: endTag.end };
    settleText(top);
  }

  private closeWithoutEndTag(at: number): void {
    const top = this.open.pop();
    if (top === undefined) return;
    settleText(top);
    this.unclosed = true;
    const { element } = top;
    const end = Math.max(
      element.startTagSpan.end,
      element.children.at(-1)?.span.end ?? 0,
      element.text.span.end,
    );
    element.span = { start: element.startTagSpan.start, end: Math.min(end, at) };
    // Without a name it is told as a stray `<` already.
    if (element.name === '') return;
    this.problems.add(
      'xml-unclosed-element',
      element.nameSpan,
      say('<{0}> is never closed; </{0}> is missing.', element.name),
      [
        {
          title: say('Insert </{0}>', element.name),
          span: { start: element.span.end, end: element.span.end },
          newText: this.closing(top),
        },
      ],
    );
  }

  private tooDeep(tag: StartTag, empty: boolean): void {
    if (!this.toldTooDeep) {
      this.toldTooDeep = true;
      this.problems.add(
        'xml-too-deep',
        tag.nameSpan,
        say(
          'Elements are nested deeper than {0} levels; the rest of this branch is not read.',
          this.maxDepth,
        ),
      );
    }
    if (!empty) this.skippedDepth++;
  }

  /** An end tag on a line of its own where the element has children, else right behind the text. */
  private closing(open: OpenElement): string {
    const { name, children, startTagSpan } = open.element;
    const column = this.columnOfOpen(open);
    if (children.length === 0 || column === undefined) return `</${name}>`;
    const indent = this.source.slice(startTagSpan.start - column, startTagSpan.start);
    return `\n${indent}</${name}>`;
  }
}

function settleText({ element, pieces }: OpenElement): void {
  const [only] = pieces;
  if (only === undefined) return;
  const joined = pieces.length === 1 ? only.text : pieces.map(({ text }) => text).join('');
  const value = trimSpace(joined);
  element.rawText = element.children.length === 0 ? joined : value;
  const first = pieces.find((piece) => !isBlank(piece));
  const last = pieces.findLast((piece) => !isBlank(piece));
  if (first === undefined || last === undefined) return;
  element.text = { value, span: { start: first.span.start, end: last.span.end } };
}

function isBlank({ span }: Piece): boolean {
  return span.start === span.end;
}

/** XML's white space only; `trim` would take a no-break space for one. */
function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}
