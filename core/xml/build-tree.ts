import { say } from '../messages.ts';
import type { Span } from '../text/span.ts';
import { isSpace, withoutCarriageReturns } from './characters.ts';
import { ElementUnderWork, noAttributes } from './element-data.ts';
import type { AttributeData, ElementData } from './element-data.ts';
import type { ProblemList } from './problem-list.ts';
import { deepestShared } from './shared-elements.ts';
import type { SharedElements } from './shared-elements.ts';

interface Piece {
  readonly text: string;
  /** Without the white space at both ends; empty for a piece that is nothing else. */
  readonly span: Span;
}

/** An element whose end is still to come. One object serves all elements of its depth, in turn. */
class OpenElement {
  data: ElementUnderWork;
  /** Offset of its `<`. */
  start: number;
  /** Its texts; undefined while there is none, or nothing but the one blank of `blankFrom`. */
  pieces: Piece[] | undefined = undefined;
  /** White space that came before anything else; it counts only when other text or no child comes. */
  blankFrom = 0;
  blankTo = 0;
  /** Are there pieces that are more than white space? */
  hasText = false;
  /** Its start tag was left off before `>`. */
  leftOff: boolean;
  /** See `columnOf`; null until it is asked for. */
  column: number | undefined | null = null;

  constructor(data: ElementUnderWork, start: number, leftOff: boolean) {
    this.data = data;
    this.start = start;
    this.leftOff = leftOff;
  }

  get nameSpan(): Span {
    return { start: this.start + 1, end: this.start + this.data.nameEnd };
  }
}

export interface StartTag {
  readonly name: string;
  /** Offsets of `<` and behind the tag. */
  readonly start: number;
  readonly end: number;
  readonly attributes: AttributeData;
  readonly selfClosing: boolean;
  /** False for a tag that was left off before its `>`. */
  readonly complete: boolean;
  /** Offset of the next `<`, for a tag that was left off. */
  readonly next: number;
}

export interface EndTag {
  readonly name: string;
  /** Offsets of `<` and behind the tag. */
  readonly start: number;
  readonly end: number;
  readonly complete: boolean;
}

/** An element and the offset of its `<`. */
export interface PlacedElement {
  readonly data: ElementData;
  readonly start: number;
}

/**
 * Puts tags together to a tree. Without `indentation` an element ends where XML says; with it, an
 * element whose end tag is missing ends where the next tag stands at its own column or before it,
 * which is what the author sees.
 */
export class TreeBuilder {
  root: PlacedElement | undefined;
  /** True when an element had to be closed without its end tag: worth a second look by columns. */
  unclosed = false;
  private readonly open: OpenElement[] = [];
  private readonly source: string;
  private readonly problems: ProblemList;
  private readonly indentation: boolean;
  private readonly maxDepth: number;
  private readonly shared: SharedElements | undefined;
  private skippedDepth = 0;
  private toldTooDeep = false;
  private toldSeveralRoots = false;

  constructor(options: {
    readonly text: string;
    readonly problems: ProblemList;
    readonly indentation: boolean;
    readonly maxDepth: number;
    readonly shared: SharedElements | undefined;
  }) {
    this.source = options.text;
    this.problems = options.problems;
    this.indentation = options.indentation;
    this.maxDepth = options.maxDepth;
    this.shared = options.shared;
  }

  /** No element is open. */
  get outside(): boolean {
    return this.open.length === 0;
  }

  /** Elements that are open. */
  get depth(): number {
    return this.open.length;
  }

  /** Goes on within an element whose start tag was read before. */
  resume(data: ElementUnderWork, start: number): void {
    this.open.push(new OpenElement(data, start, false));
  }

  /** Leaves the element of `resume`; its end tag is read by nobody. */
  leave(): void {
    const [open] = this.open;
    if (open !== undefined) this.settleText(open);
  }

  start(tag: StartTag): void {
    const { start, end, complete } = tag;
    if (this.indentation) this.closeByColumn(start);
    const empty = tag.selfClosing || (!complete && !this.deeper(start, tag.next));
    if (!complete) this.leftOffTag(tag, empty);
    const { open } = this;
    if (open.length >= this.maxDepth) {
      this.tooDeep(tag, empty);
      return;
    }
    const { name, attributes } = tag;
    const data = new ElementUnderWork(name, name.length + 1, end - start, attributes);
    if (open.length === 0) this.newRoot(data, start);
    if (empty) {
      this.share(data, start, end);
      this.settled(data, start);
    } else open.push(new OpenElement(data, start, !complete));
  }

  /** An element that was read before; false when it cannot stand here, and has to be read. */
  again(data: ElementData, start: number): boolean {
    const { open } = this;
    if (this.indentation || open.length === 0) return false;
    if (open.length + deepestShared > this.maxDepth) return false;
    this.settled(data, start);
    return true;
  }

  /** A `<` without a name whose next tag stands deeper holds what is behind it. */
  startNameless({ span, next }: { readonly span: Span; readonly next: number }): void {
    const { start } = span;
    const { open } = this;
    if (open.length >= this.maxDepth || !this.deeper(start, next)) return;
    // Not in the root's place: a document whose root has no name yet is told as having none.
    if (open.length === 0) return;
    open.push(new OpenElement(new ElementUnderWork('', 1, 1, noAttributes), start, true));
  }

  end(tag: EndTag): void {
    if (this.skippedDepth > 0) {
      this.skippedDepth--;
      return;
    }
    const top = this.top();
    if (top?.data.name === tag.name && tag.complete) {
      this.close(tag);
      return;
    }
    const column = this.columnOf(tag.start);
    if (top?.leftOff === true && column !== undefined && this.completes(top, tag, column)) {
      top.data.name = tag.name;
      this.close(tag);
      return;
    }
    if (!tag.complete) {
      this.leftOffEndTag(tag, column);
      return;
    }
    const at = this.open.findLastIndex(({ data }) => data.name === tag.name);
    if (at >= 0 && !this.belongsToTop(column, at)) {
      this.closeTo(at, tag);
    } else if (top !== undefined && (this.columnOfOpen(top) === column || at >= 0)) {
      this.mismatched(tag, top);
    } else {
      this.problems.add(
        'xml-stray-end-tag',
        { start: tag.start, end: tag.end },
        say('</{0}> closes nothing: no <{0}> is open here.', tag.name),
        [
          {
            title: say('Remove </{0}>', tag.name),
            span: { start: tag.start, end: tag.end },
            newText: '',
          },
        ],
      );
    }
  }

  /** Text of the innermost element; `span` is without the white space at both ends. */
  text(text: string, span: Span): void {
    const top = this.top();
    if (top === undefined) return;
    if (top.blankTo > top.blankFrom) this.keepBlank(top);
    (top.pieces ??= []).push({ text, span });
    top.hasText = true;
  }

  /** White space only: it counts between other texts, and in an element that holds nothing else. */
  space(start: number, end: number): void {
    const top = this.top();
    if (top === undefined) return;
    if (!top.hasText && top.data.children.length > 0) return;
    if (top.blankTo > top.blankFrom) this.keepBlank(top);
    top.blankFrom = start;
    top.blankTo = end;
    if (top.hasText) this.keepBlank(top);
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

  private top(): OpenElement | undefined {
    const { open } = this;
    return open.length === 0 ? undefined : open[open.length - 1];
  }

  /** Makes a piece of the white space that was only noted so far. */
  private keepBlank(open: OpenElement): void {
    const { blankFrom: start, blankTo } = open;
    const text = withoutCarriageReturns(this.source.slice(start, blankTo));
    (open.pieces ??= []).push({ text, span: { start, end: start } });
    open.blankTo = start;
  }

  private columnOfOpen(open: OpenElement): number | undefined {
    if (open.column === null) open.column = this.columnOf(open.start);
    return open.column;
  }

  /** Does the tag at `next` begin a line, further right than the one at `at`? */
  private deeper(at: number, next: number): boolean {
    const column = this.columnOf(at);
    const below = next >= this.source.length ? undefined : this.columnOf(next);
    return column !== undefined && below !== undefined && below > column;
  }

  private leftOffTag({ name, start, end }: StartTag, empty: boolean): void {
    const newText = empty ? '/>' : '>';
    this.problems.add(
      'xml-unclosed-tag',
      { start: start + 1, end: start + 1 + name.length },
      say('The tag <{0}> is not finished: “>” is missing.', name),
      [{ title: say('Insert {0}', newText), span: { start: end, end }, newText }],
    );
  }

  /** A start tag that was cut within its name is completed by the end tag at its column. */
  private completes(top: OpenElement, tag: EndTag, column: number): boolean {
    return tag.name.startsWith(top.data.name) && this.columnOfOpen(top) === column;
  }

  /** An end tag that is being typed: one problem, and it closes what it can only mean. */
  private leftOffEndTag(tag: EndTag, column: number | undefined): void {
    const top = this.top();
    const meant =
      top?.data.name.startsWith(tag.name) === true &&
      (column === undefined || this.columnOfOpen(top) === column);
    const name = meant ? top.data.name : tag.name;
    const { start, end } = tag;
    this.problems.add(
      'xml-unclosed-tag',
      tag.name === '' ? { start, end: start + 2 } : nameSpanOf(tag),
      say('The tag </{0}> is not finished: “>” is missing.', name),
      name === ''
        ? []
        : [
            {
              title: say('Write {0}', `</${name}>`),
              span: { start, end },
              newText: `</${name}>`,
            },
          ],
    );
    if (meant) {
      this.close(tag);
      return;
    }
    const at = this.open.findLastIndex(({ data }) => data.name === tag.name);
    if (at >= 0 && !this.belongsToTop(column, at)) this.closeTo(at, tag);
  }

  /** A misspelt pair: the tags stand at one column, so they are meant for each other. */
  private mismatched(tag: EndTag, top: OpenElement): void {
    const { name } = top.data;
    this.problems.add(
      'xml-mismatched-end-tag',
      nameSpanOf(tag),
      say(
        'This end tag closes <{0}>, which begins elsewhere; write </{1}> here or rename the start tag.',
        tag.name,
        name,
      ),
      [
        { title: say('Change to “{0}”', name), span: nameSpanOf(tag), newText: name },
        {
          title: say('Rename the start tag to “{0}”', tag.name),
          span: top.nameSpan,
          newText: tag.name,
        },
      ],
    );
    this.close(tag);
  }

  /** The end tag's element is open further up, but the columns say that it is meant for the top. */
  private belongsToTop(column: number | undefined, at: number): boolean {
    const top = this.top();
    const other = this.open[at];
    if (!this.indentation || top === undefined || other === undefined || other === top)
      return false;
    return (
      column !== undefined &&
      this.columnOfOpen(top) === column &&
      this.columnOfOpen(other) !== column
    );
  }

  private newRoot(element: ElementUnderWork, start: number): void {
    if (this.root === undefined) {
      this.root = { data: element, start };
    } else if (!this.toldSeveralRoots) {
      this.toldSeveralRoots = true;
      this.problems.add(
        'xml-several-roots',
        { start: start + 1, end: start + element.nameEnd },
        say(
          '<{0}> stands behind the end of the root element <{1}>; there can be only one root element.',
          element.name,
          this.root.data.name,
        ),
      );
    }
  }

  /** Only what is clean may come again; after a problem nothing is certain any more. */
  private share(data: ElementUnderWork, start: number, end: number): void {
    if (this.problems.count === 0) this.shared?.keep(this.source, start, end, data);
  }

  /** The element is done: it goes to the one that is open around it. */
  private settled(data: ElementData, start: number): void {
    const parent = this.top();
    parent?.data.add(data, start - parent.start);
  }

  private closeByColumn(at: number): void {
    const column = this.columnOf(at);
    if (column === undefined) return;
    for (;;) {
      const top = this.top();
      if (top === undefined || this.open.length <= 1) return;
      const own = this.columnOfOpen(top);
      if (own === undefined || own < column) return;
      this.skippedDepth = 0;
      this.closeWithoutEndTag(at);
    }
  }

  private closeTo(index: number, endTag: EndTag): void {
    while (this.open.length - 1 > index) this.closeWithoutEndTag(endTag.start);
    this.close(endTag);
  }

  private close(endTag: EndTag): void {
    const top = this.open.pop();
    if (top === undefined) return;
    const { data, start } = top;
    data.endTagStart = endTag.start - start;
    data.length = endTag.end - start;
    this.settleText(top);
    this.share(data, start, endTag.end);
    this.settled(data, start);
  }

  private closeWithoutEndTag(at: number): void {
    const top = this.open.pop();
    if (top === undefined) return;
    this.settleText(top);
    this.unclosed = true;
    const { data, start } = top;
    const { children, childStarts } = data;
    const lastChild = (childStarts.at(-1) ?? 0) + (children.at(-1)?.length ?? 0);
    const end = Math.min(start + Math.max(data.startTagEnd, lastChild, data.textEnd), at);
    data.length = end - start;
    this.settled(data, start);
    // Without a name it is told as a stray `<` already.
    if (data.name === '') return;
    this.problems.add(
      'xml-unclosed-element',
      top.nameSpan,
      say('<{0}> is never closed; </{0}> is missing.', data.name),
      [
        {
          title: say('Insert </{0}>', data.name),
          span: { start: end, end },
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
        { start: tag.start + 1, end: tag.start + 1 + tag.name.length },
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
    const { name, children } = open.data;
    const column = this.columnOfOpen(open);
    if (children.length === 0 || column === undefined) return `</${name}>`;
    const indent = this.source.slice(open.start - column, open.start);
    return `\n${indent}</${name}>`;
  }

  private settleText(open: OpenElement): void {
    const { data, start } = open;
    // White space before the first child, and nothing else.
    if (open.pieces === undefined && data.children.length > 0) return;
    if (open.blankTo > open.blankFrom) this.keepBlank(open);
    const { pieces } = open;
    const only = pieces?.[0];
    if (pieces === undefined || only === undefined) return;
    const joined = pieces.length === 1 ? only.text : pieces.map(({ text }) => text).join('');
    const value = trimSpace(joined);
    data.rawText = data.children.length === 0 ? joined : value;
    const first = pieces.find((piece) => !isBlank(piece));
    const last = pieces.findLast((piece) => !isBlank(piece));
    if (first === undefined || last === undefined) return;
    data.text = value;
    data.textStart = first.span.start - start;
    data.textEnd = last.span.end - start;
  }
}

function nameSpanOf({ start, name }: EndTag): Span {
  return { start: start + 2, end: start + 2 + name.length };
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
