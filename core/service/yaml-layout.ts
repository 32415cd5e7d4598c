import type { Span } from '../text/span.ts';
import type { YamlEntry, YamlMapping, YamlNode, YamlSequence } from '../yaml/tree.ts';
import type { SpaceEdit } from './format-yaml.ts';

/** Columns of one level. */
const step = 2;

/** The edits of white space that lay a tree out, by place. */
export function layOut(text: string, root: YamlNode): readonly SpaceEdit[] {
  const layout = new Layout(text);
  layout.block(root, 0);
  return layout.edits();
}

interface Line {
  readonly start: number;
  /** Behind the last character, before the line end. */
  readonly end: number;
  /** Behind the line end. */
  readonly next: number;
  /** Column of the first key, dash, value or closing bracket on it. */
  column: number | undefined;
  /** Part of a text of several lines: nothing but its indentation may change. */
  inText: boolean;
  /** Columns that a line of a block text moves with its key. */
  moved: (() => number) | undefined;
}

class Layout {
  private readonly text: string;
  private readonly lines: readonly Line[];
  private readonly gaps: SpaceEdit[] = [];

  constructor(text: string) {
    this.text = text;
    this.lines = linesOf(text);
  }

  /** Lays out a node that is not in a flow collection, whose keys or dashes stand in a column. */
  block(node: YamlNode, column: number): void {
    if (this.isAlias(node)) return;
    if (node.kind === 'scalar') this.value(node, column, this.columnOf(node.span.start));
    else if (node.flow) this.flow(node, column, 0);
    else if (node.kind === 'mapping') {
      for (const entry of node.entries) this.entry(entry, column);
    } else {
      let from = node.span.start;
      for (const item of node.items) {
        this.item(item, from, column);
        from = item.span.end;
      }
    }
  }

  private entry({ key, value }: YamlEntry, column: number): void {
    const was = this.columnOf(key.span.start);
    this.begin(key.span.start, column);
    if (value === undefined) return;
    if (!this.isAlias(value) && value.kind !== 'scalar' && !value.flow) {
      this.block(value, column + step);
      return;
    }
    this.gap({ start: key.span.end, end: value.span.start }, /^[ \t]*:[ \t]+$/, ': ');
    this.begin(value.span.start, column + step);
    if (value.kind === 'scalar' || this.isAlias(value)) this.value(value, column, was);
    else this.flow(value, column, 0);
  }

  /** `from`: where the sequence begins, or the item before ends. */
  private item(item: YamlNode, from: number, column: number): void {
    const dash = this.dashBehind(from);
    if (dash === undefined) return;
    const was = this.columnOf(dash);
    this.begin(dash, column);
    if (item.span.end > item.span.start) {
      this.gap({ start: dash + 1, end: item.span.start }, /^[ \t]+$/, ' ');
    }
    this.begin(item.span.start, column + step);
    if (this.isAlias(item) || item.kind === 'scalar') this.value(item, column, was);
    else if (item.flow) this.flow(item, column, 0);
    else this.block(item, column + step);
  }

  /** Further lines of a text: a block text moves with its parent, another is indented below it. */
  private value(node: YamlNode, column: number, was: number): void {
    const first = this.lineAt(node.span.start);
    const last = this.lineAt(node.span.end);
    const isBlock = /[|>]/.test(this.text.charAt(node.span.start));
    for (let index = first; index <= last; index++) {
      const line = this.lines[index];
      if (line === undefined || first === last) continue;
      line.inText = true;
      if (index === first) continue;
      if (isBlock) line.moved = () => column - was;
      else line.column = column + step;
    }
  }

  /** Lays out `{ }` and `[ ]`, `depth` collections inside the outermost one. */
  private flow(node: YamlMapping | YamlSequence, column: number, depth: number): void {
    const children: readonly Span[] =
      node.kind === 'mapping' ? node.entries.map(entrySpan) : node.items.map(({ span }) => span);
    const inner = column + step * (depth + 1);
    const [before, after] = node.kind === 'mapping' ? [' ', ' '] : ['', ''];
    const { start, end } = node.span;
    const first = children[0];
    const last = children.at(-1);
    if (first === undefined || last === undefined) {
      this.gap({ start: start + 1, end: end - 1 }, /^[ \t]+$/, '');
    } else {
      this.gap({ start: start + 1, end: first.start }, /^[ \t]*$/, before);
      this.gap({ start: last.end, end: end - 1 }, /^[ \t]*$/, after);
    }
    children.forEach((child, index) => {
      this.begin(child.start, inner);
      const following = children[index + 1];
      if (following !== undefined) {
        this.gap({ start: child.end, end: following.start }, /^[ \t]*,[ \t]*$/, ', ');
      }
    });
    this.begin(end - 1, column + step * depth);
    if (node.kind === 'sequence') {
      for (const item of node.items) this.inFlow(item, column, depth + 1);
      return;
    }
    for (const { key, value } of node.entries) {
      if (value === undefined) continue;
      this.gap({ start: key.span.end, end: value.span.start }, /^[ \t]*:[ \t]+$/, ': ');
      this.begin(value.span.start, inner + step);
      this.inFlow(value, column, depth + 1);
    }
  }

  private inFlow(node: YamlNode, column: number, depth: number): void {
    if (node.kind === 'scalar' || this.isAlias(node)) this.value(node, column + step * depth, 0);
    else this.flow(node, column, depth);
  }

  edits(): readonly SpaceEdit[] {
    const edits = [...this.gaps];
    const levels = new Levels();
    let blank = 0;
    let shown = 0;
    this.lines.forEach((line, index) => {
      const content = this.text.slice(line.start, line.end);
      const was = content.length - content.trimStart().length;
      if (content.trim() === '' && !line.inText) {
        blank++;
        return;
      }
      // Empty lines before this one: none at the top, one elsewhere.
      const firstBlank = this.lines[index - blank];
      if (blank > 0 && firstBlank !== undefined) {
        const keep = shown === 0 ? '' : this.text.slice(firstBlank.end, firstBlank.next);
        push(edits, this.text, { start: firstBlank.start, end: line.start }, keep);
      }
      blank = 0;
      shown++;
      const column = this.newColumn(index, { was, content }, levels);
      push(edits, this.text, { start: line.start, end: line.start + was }, ' '.repeat(column));
      const trimmed = line.start + content.trimEnd().length;
      if (!line.inText) push(edits, this.text, { start: trimmed, end: line.end }, '');
    });
    this.endOfFile(edits, blank);
    return edits.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  }

  private newColumn(
    index: number,
    { was, content }: { readonly was: number; readonly content: string },
    levels: Levels,
  ): number {
    const line = this.lines[index];
    if (line?.moved !== undefined) {
      return content.trim() === '' ? was : Math.max(0, was + line.moved());
    }
    if (content.trim() === '') return was;
    if (line?.inText !== true && content.trimStart().startsWith('#')) {
      return levels.forComment(was, this.nextLevel(index));
    }
    if (line?.column === undefined) return was;
    levels.enter(was, line.column);
    // The keys of an item stand one step behind its dash.
    const dashes = /^(?:-[ \t]+)+/.exec(content.slice(was))?.[0];
    if (dashes !== undefined) {
      levels.enter(was + dashes.length, line.column + step * (dashes.match(/-/g)?.length ?? 1));
    }
    return line.column;
  }

  /** The old and the new column of the next line that is no comment. */
  private nextLevel(index: number): Level | undefined {
    for (const line of this.lines.slice(index + 1)) {
      if (line.column === undefined || line.inText) continue;
      const content = this.text.slice(line.start, line.end);
      return { was: content.length - content.trimStart().length, is: line.column };
    }
    return undefined;
  }

  private endOfFile(edits: SpaceEdit[], blank: number): void {
    const last = this.lines.at(-1 - blank);
    const newline = this.text.includes('\r\n') ? '\r\n' : '\n';
    if (last === undefined || last.inText) return;
    push(edits, this.text, { start: last.end, end: this.text.length }, newline);
  }

  /** Sets the column of the line that begins with what stands at an offset. */
  private begin(offset: number, column: number): void {
    const line = this.lines[this.lineAt(offset)];
    if (line === undefined || line.inText) return;
    if (this.text.slice(line.start, offset).trim() === '') line.column = column;
  }

  private gap(span: Span, pattern: RegExp, newText: string): void {
    if (span.end < span.start || !pattern.test(this.text.slice(span.start, span.end))) return;
    push(this.gaps, this.text, span, newText);
  }

  /** The dash of the next item: nothing but white space and comments comes before it. */
  private dashBehind(from: number): number | undefined {
    let at = from;
    for (;;) {
      const character = this.text.charAt(at);
      if (character === '#') {
        const end = this.text.indexOf('\n', at);
        at = end < 0 ? this.text.length : end;
      } else if (/\s/.test(character)) at++;
      else return character === '-' ? at : undefined;
    }
  }

  private isAlias(node: YamlNode): boolean {
    return this.text.charAt(node.span.start) === '*';
  }

  private columnOf(offset: number): number {
    return offset - (this.lines[this.lineAt(offset)]?.start ?? 0);
  }

  private lineAt(offset: number): number {
    let low = 0;
    let high = this.lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lines[middle]?.start ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

interface Level {
  readonly was: number;
  readonly is: number;
}

/** The columns that are open at a line, old and new: what a comment can belong to. */
class Levels {
  private open: Level[] = [];

  enter(was: number, is: number): void {
    this.open = [...this.open.filter((level) => level.was < was), { was, is }];
  }

  /** A comment belongs to what follows in its column, else to what it stands behind. */
  forComment(was: number, next: Level | undefined): number {
    if (next?.was === was) return next.is;
    const exact = this.open.find((level) => level.was === was);
    if (exact !== undefined) return exact.is;
    return next?.is ?? this.open.findLast((level) => level.was <= was)?.is ?? 0;
  }
}

function entrySpan({ key, value }: YamlEntry): Span {
  return { start: key.span.start, end: value?.span.end ?? key.span.end };
}

function push(edits: SpaceEdit[], text: string, span: Span, newText: string): void {
  if (text.slice(span.start, span.end) !== newText) edits.push({ span, newText });
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const next = found < 0 ? text.length : found + 1;
    const end =
      found < 0 ? next : text.charAt(found - 1) === '\r' && found > start ? found - 1 : found;
    lines.push({ start, end, next, column: undefined, inText: false, moved: undefined });
    start = next;
  }
  return lines;
}
