import { say } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import type { Span } from '../text/span.ts';
import type { XmlAttribute, XmlElement } from './tree.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface OpenElement {
  readonly element: Writable<XmlElement> & { children: XmlElement[] };
  readonly pieces: { text: string; span: Span }[];
  /** Column of `<` when the tag is the first thing on its line, else undefined. */
  readonly column: number | undefined;
}

export interface StartTag {
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
  readonly attributes: readonly XmlAttribute[];
  readonly selfClosing: boolean;
  /** False for a tag that was left off before its `>`. */
  readonly complete: boolean;
  readonly column: number | undefined;
  /** Column of the next tag that begins a line, for tags that were left off. */
  readonly nextColumn: number | undefined;
}

export interface EndTag {
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
  readonly column: number | undefined;
}

/**
 * Puts tags together to a tree. Without `indentation` an element ends where XML says; with it, an
 * element whose end tag is missing ends where the next tag stands at its own column or before it,
 * which is what the author sees.
 */
export class TreeBuilder {
  root: XmlElement | undefined;
  readonly problems: SyntaxProblem[] = [];
  private readonly open: OpenElement[] = [];
  private readonly indentation: boolean;
  private readonly maxDepth: number;
  private skippedDepth = 0;
  private toldTooDeep = false;
  private toldSeveralRoots = false;

  constructor(options: { readonly indentation: boolean; readonly maxDepth: number }) {
    this.indentation = options.indentation;
    this.maxDepth = options.maxDepth;
  }

  /** True when an element had to be closed without its end tag: worth a second look by columns. */
  unclosed = false;

  get depth(): number {
    return this.open.length;
  }

  start(tag: StartTag): void {
    if (this.indentation) this.closeByColumn(tag.column, tag.span.start);
    if (this.open.length >= this.maxDepth) {
      this.tooDeep(tag);
      return;
    }
    const parent = this.open.at(-1)?.element;
    const element: OpenElement['element'] = {
      name: tag.name,
      nameSpan: tag.nameSpan,
      span: tag.span,
      startTagSpan: tag.span,
      endTagSpan: undefined,
      attributes: tag.attributes,
      children: [],
      text: { value: '', span: { start: tag.span.end, end: tag.span.end } },
      parent,
    };
    if (parent !== undefined) this.open.at(-1)?.element.children.push(element);
    else this.newRoot(element);
    if (tag.selfClosing || this.leftOffEmpty(tag)) return;
    this.open.push({ element, pieces: [], column: tag.column });
  }

  end(tag: EndTag): void {
    if (this.skippedDepth > 0) {
      this.skippedDepth--;
      return;
    }
    const at = this.open.findLastIndex(({ element }) => element.name === tag.name);
    const top = this.open.at(-1);
    if (at >= 0 && !this.belongsToTop(tag, at)) {
      while (this.open.length - 1 > at) this.closeWithoutEndTag(tag.span.start);
      this.close(tag.span);
    } else if (top !== undefined && (top.column === tag.column || at >= 0)) {
      // A misspelt pair: the tags stand at one column, so they are meant for each other.
      this.problem(
        'xml-mismatched-end-tag',
        tag.nameSpan,
        say(
          'This end tag closes <{0}>, which begins elsewhere; write </{1}> here or rename the start tag.',
          tag.name,
          top.element.name,
        ),
        [
          {
            title: say('Change to “{0}”', top.element.name),
            span: tag.nameSpan,
            newText: top.element.name,
          },
          {
            title: say('Rename the start tag to “{0}”', tag.name),
            span: top.element.nameSpan,
            newText: tag.name,
          },
        ],
      );
      this.close(tag.span);
    } else {
      this.problem(
        'xml-stray-end-tag',
        tag.span,
        say('</{0}> closes nothing: no <{0}> is open here.', tag.name),
        [{ title: say('Remove </{0}>', tag.name), span: tag.span, newText: '' }],
      );
    }
  }

  text(text: string, span: Span): void {
    if (text.trim() === '') return;
    const top = this.open.at(-1);
    if (top !== undefined) {
      top.pieces.push({ text, span });
      return;
    }
    if (this.skippedDepth > 0) return;
    const start = span.start + (text.length - text.trimStart().length);
    this.problem(
      'xml-stray-text',
      { start, end: Math.min(span.end, start + text.trim().length) },
      say('Text stands outside of the root element.'),
    );
  }

  finish(end: number): void {
    while (this.open.length > 0) this.closeWithoutEndTag(end);
    if (this.root === undefined && this.problems.length === 0) {
      this.problem(
        'xml-no-root',
        { start: 0, end: Math.min(end, 1) },
        say('There is no element here; domain XML begins with <domain>.'),
      );
    }
  }

  /** The end tag's element is open further up, but the columns say that it is meant for the top. */
  private belongsToTop(tag: EndTag, at: number): boolean {
    if (!this.indentation || at === this.open.length - 1) return false;
    const top = this.open.at(-1);
    return (
      top?.column !== undefined && top.column === tag.column && this.open[at]?.column !== tag.column
    );
  }

  private newRoot(element: XmlElement): void {
    if (this.root === undefined) {
      this.root = element;
    } else if (!this.toldSeveralRoots) {
      this.toldSeveralRoots = true;
      this.problem(
        'xml-several-roots',
        element.nameSpan,
        say('<{0}> stands behind the end of the root element <{1}>.', element.name, this.root.name),
      );
    }
  }

  /** A tag that was left off and whose next line is not deeper has no content. */
  private leftOffEmpty(tag: StartTag): boolean {
    if (tag.complete) return false;
    return tag.column === undefined || tag.nextColumn === undefined || tag.nextColumn <= tag.column;
  }

  private closeByColumn(column: number | undefined, at: number): void {
    if (column === undefined) return;
    for (;;) {
      const top = this.open.at(-1);
      if (top?.column === undefined || this.open.length <= 1 || top.column < column) return;
      this.closeWithoutEndTag(at);
    }
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
    const { element } = top;
    const end = Math.max(
      element.startTagSpan.end,
      element.children.at(-1)?.span.end ?? 0,
      top.pieces.at(-1)?.span.end ?? 0,
    );
    element.span = { start: element.startTagSpan.start, end: Math.min(end, at) };
    settleText(top);
    this.unclosed = true;
    this.problem(
      'xml-unclosed-element',
      element.nameSpan,
      say('<{0}> is never closed; </{0}> is missing.', element.name),
      [
        {
          title: say('Insert </{0}>', element.name),
          span: { start: element.span.end, end: element.span.end },
          newText: closing(top),
        },
      ],
    );
  }

  private tooDeep(tag: StartTag): void {
    if (!this.toldTooDeep) {
      this.toldTooDeep = true;
      this.problem(
        'xml-too-deep',
        tag.nameSpan,
        say(
          'Elements are nested deeper than {0} levels; the rest of this branch is not read.',
          this.maxDepth,
        ),
      );
    }
    if (!tag.selfClosing) this.skippedDepth++;
  }

  private problem(
    code: string,
    span: Span,
    message: SyntaxProblem['message'],
    fixes: readonly { title: SyntaxProblem['message']; span: Span; newText: string }[] = [],
  ): void {
    this.problems.push({
      code,
      span,
      severity: 'error',
      message,
      fixes: fixes.map(({ title, span: at, newText }) => ({
        title,
        edits: [{ span: at, newText }],
      })),
    });
  }
}

/** An end tag on a line of its own where the element has children, else right behind the text. */
function closing({ element, column }: OpenElement): string {
  const tag = `</${element.name}>`;
  return element.children.length > 0 && column !== undefined
    ? `\n${' '.repeat(column)}${tag}`
    : tag;
}

function settleText({ element, pieces }: OpenElement): void {
  const [first] = pieces;
  const last = pieces.at(-1);
  if (first === undefined || last === undefined) return;
  const leading = first.text.length - first.text.trimStart().length;
  const trailing = last.text.length - last.text.trimEnd().length;
  element.text = {
    value: pieces
      .map(({ text }) => text)
      .join('')
      .trim(),
    span: {
      start: first.span.start + leading,
      end: Math.max(first.span.start + leading, last.span.end - trailing),
    },
  };
}
