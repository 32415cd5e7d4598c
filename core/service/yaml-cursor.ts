import type { Span } from '../text/span.ts';
import { scanFlow } from './yaml-flow.ts';

/** Keys, and indexes of list items, from the root. */
export type YamlPath = readonly (string | number)[];

/**
 * Where a cursor stands in YAML that is being typed and need not parse. At a `key`, `path` leads to
 * the mapping that the key belongs to (or to the list, when a whole item is about to be typed); at a
 * `value` it leads to the value.
 */
export interface YamlCursor {
  readonly at: 'key' | 'value';
  readonly path: YamlPath;
  /** What a completion replaces: the word around the cursor. */
  readonly span: Span;
  /** Mappings on the way, outermost first, each with its keys and their values as written. */
  readonly scopes: readonly ReadonlyMap<string, string>[];
  /** Inside `{ }` or `[ ]`. */
  readonly flow: boolean;
  /** A colon follows the key already. */
  readonly colonFollows: boolean;
  /** The value must be set off from its colon by a space. */
  readonly spaceNeeded: boolean;
}

interface Frame {
  readonly kind: 'map' | 'list';
  /** Column of the keys or of the dashes. */
  readonly column: number;
  /** Of a mapping: the key whose value is being read, and all keys so far. */
  key: string | undefined;
  value: string;
  readonly keys: Map<string, string>;
  /** Of a list: the item that is being read. */
  index: number;
}

const keyPattern =
  /^("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#,[\]{}&*!|>'"%@`:-](?:[^:#]|:(?=\S)|(?<=\S)#)*?|-(?=\S)[^:#]*?)\s*:(?=\s|$)/;

/** Finds out where the cursor stands; undefined in comments, texts and where nothing fits. */
export function yamlCursor(text: string, offset: number): YamlCursor | undefined {
  const lineStart = startOfLine(text, offset);
  const scan = new BlockScan(text);
  let at = 0;
  while (at < lineStart) at = scan.line(at, lineStart);
  // A flow collection that began above and reaches past this line's start holds the cursor.
  if (scan.openFlow !== undefined) return flowCursor(text, offset, scan, scan.openFlow);
  return cursorInLine(text, offset, lineStart, scan);
}

class BlockScan {
  readonly frames: Frame[] = [];
  /** Start of a flow collection that is not closed where scanning stopped. */
  openFlow: number | undefined;
  /** Lines indented deeper than this belong to a block scalar. */
  blockScalarAbove: number | undefined;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Reads the line at `start`, and the lines its flow collection goes on to; returns the next. */
  line(start: number, limit: number): number {
    const end = lineEnd(this.text, start);
    const next = end + 1;
    const line = this.text.slice(start, end).replace(/\r$/, '');
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    const content = line.slice(indent);
    if (content === '' || content.startsWith('#')) return next;
    if (this.blockScalarAbove !== undefined) {
      if (indent > this.blockScalarAbove) return next;
      this.blockScalarAbove = undefined;
    }
    if (indent === 0 && /^(---|\.\.\.)(\s|$)/.test(content)) {
      this.frames.length = 0;
      return next;
    }
    const column = this.enterItems(line, indent);
    const rest = line.slice(column);
    const key = keyPattern.exec(rest);
    const valueColumn = key === null ? column : column + key[0].length;
    if (key !== null) this.enterKey(column, unquoted(key[1] ?? ''));
    const value = withoutComment(line.slice(valueColumn)).trim();
    const top = this.frames.at(-1);
    if (key !== null && top !== undefined) {
      top.value = value;
      top.keys.set(top.key ?? '', unquoted(value));
    }
    if (/^[|>][-+0-9]*$/.test(value)) this.blockScalarAbove = top?.column ?? 0;
    const opener = value === '' ? -1 : this.text.indexOf(value, start + valueColumn);
    if (!/^[[{]/.test(value)) return next;
    return this.skipFlow(opener, limit, top?.column ?? 0);
  }

  /** Steps over the dashes of a line; returns the column of what follows them. */
  enterItems(line: string, indent: number): number {
    let column = indent;
    this.leave(column, /^-(\s|$)/.test(line.slice(column)));
    while (/^-(\s|$)/.test(line.slice(column))) {
      const top = this.frames.at(-1);
      if (top?.kind === 'list' && top.column === column) top.index++;
      else this.frames.push({ ...newFrame('list', column), index: 0 });
      column += 1 + (/^-(\s*)/.exec(line.slice(column))?.[1]?.length ?? 0);
    }
    return column;
  }

  enterKey(column: number, key: string): void {
    let top = this.frames.at(-1);
    if (top?.kind !== 'map' || top.column !== column) {
      top = newFrame('map', column);
      this.frames.push(top);
    }
    top.key = key;
  }

  /** Ends what a line at this column does not continue. */
  leave(column: number, isItem: boolean): void {
    for (;;) {
      const top = this.frames.at(-1);
      if (top === undefined) return;
      const over = top.column > column || (top.column === column && top.kind === 'list' && !isItem);
      // `- ` in the column of the key above it is that key's list, not a sibling of the key.
      if (!over) return;
      this.frames.pop();
    }
  }

  /**
   * The offset of the line behind a flow collection. A collection that was never closed ends where
   * a line looks like a key of the mapping around it, as happens while one is being typed.
   */
  private skipFlow(start: number, limit: number, column: number): number {
    let at = start;
    for (;;) {
      const end = lineEnd(this.text, at);
      const state = scanFlow(this.text, start, end);
      if (state.closedAt !== undefined) return end + 1;
      if (end + 1 >= limit || end >= this.text.length) {
        if (!this.looksLikeNextKey(limit, column)) this.openFlow = start;
        return limit;
      }
      if (this.looksLikeNextKey(end + 1, column)) return end + 1;
      at = end + 1;
    }
  }

  private looksLikeNextKey(start: number, column: number): boolean {
    const line = this.text.slice(start, lineEnd(this.text, start));
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    if (line.trim() === '') return indent <= column && start < this.text.length;
    return (
      indent <= column && (keyPattern.test(line.slice(indent)) || /^-\s/.test(line.slice(indent)))
    );
  }
}

function cursorInLine(
  text: string,
  offset: number,
  lineStart: number,
  scan: BlockScan,
): YamlCursor | undefined {
  const line = text.slice(lineStart, lineEnd(text, lineStart)).replace(/\r$/, '');
  const typed = text.slice(lineStart, offset);
  const indent = /^ */.exec(typed)?.[0].length ?? 0;
  if (typed.includes('\t') || /(^|\s)#/.test(withoutQuoted(typed))) return undefined;
  if (scan.blockScalarAbove !== undefined && indent > scan.blockScalarAbove) return undefined;
  const blank = typed.trim() === '';
  if (blank && line.trim() !== '') return undefined;
  if (/^ *(- +)*-$/.test(typed)) return undefined;
  const column = scan.enterItems(typed, indent);
  const rest = typed.slice(column);
  const key = keyPattern.exec(rest);
  if (/^[[{]/.test(rest)) return flowCursor(text, offset, scan, lineStart + column);
  if (key === null) return keyCursor({ text, line, lineStart, column, offset, scan });
  scan.enterKey(column, unquoted(key[1] ?? ''));
  const afterColon = column + key[0].length;
  const valueColumn = afterColon + (/^\s*/.exec(typed.slice(afterColon))?.[0].length ?? 0);
  if (/^[[{]/.test(line.slice(valueColumn))) {
    return flowCursor(text, offset, scan, lineStart + valueColumn);
  }
  const value = withoutComment(line.slice(valueColumn)).trimEnd();
  const end = Math.max(offset, lineStart + valueColumn + value.length);
  const top = scan.frames.at(-1);
  top?.keys.set(top.key ?? '', unquoted(value));
  addLaterKeys(text, lineStart, top);
  return {
    at: 'value',
    path: pathOf(scan.frames),
    span: { start: lineStart + valueColumn, end },
    scopes: scopesOf(scan.frames),
    flow: false,
    colonFollows: false,
    spaceNeeded: valueColumn === afterColon,
  };
}

function keyCursor(place: {
  readonly text: string;
  readonly line: string;
  readonly lineStart: number;
  readonly column: number;
  readonly offset: number;
  readonly scan: BlockScan;
}): YamlCursor | undefined {
  const { text, line, lineStart, column, offset, scan } = place;
  const word = /^[^\s:#,[\]{}]*/.exec(line.slice(column))?.[0] ?? '';
  const end = lineStart + column + word.length;
  if (offset > end) return undefined;
  const top = scan.frames.at(-1);
  const frames = [...scan.frames];
  const valueIsOpen = top === undefined ? column === 0 : top.kind === 'list' || top.value === '';
  const continues = top?.kind === 'map' && top.column === column;
  if (!continues && !valueIsOpen) return undefined;
  const own = continues ? top : newFrame('map', column);
  // Below an item, in a column that is neither the list's nor that of the item's keys.
  if (top?.kind === 'list' && !wroteDash(line, column)) return undefined;
  if (!continues) frames.push(own);
  addLaterKeys(text, lineStart, own);
  return {
    at: 'key',
    path: pathOf(frames.slice(0, -1)),
    span: { start: lineStart + column, end },
    scopes: scopesOf(frames),
    flow: false,
    colonFollows: /^\s*:/.test(text.slice(end, lineEnd(text, end))),
    spaceNeeded: false,
  };
}

function wroteDash(line: string, column: number): boolean {
  return /-\s*$/.test(line.slice(0, column));
}

function flowCursor(
  text: string,
  offset: number,
  scan: BlockScan,
  start: number,
): YamlCursor | undefined {
  const state = scanFlow(text, start, offset);
  if (state.closedAt !== undefined || state.inQuotes === 'comment') return undefined;
  const top = state.frames.at(-1);
  if (top === undefined) return undefined;
  const lastBlock = scan.frames.at(-1);
  addLaterKeys(text, startOfLine(text, offset), lastBlock);
  const path: (string | number)[] = [...pathOf(scan.frames)];
  for (const frame of state.frames.slice(0, -1)) {
    path.push(frame.kind === 'list' ? frame.index : (frame.key ?? ''));
  }
  const rest = text.slice(offset, lineEnd(text, offset));
  const behind = /^[^,[\]{}:#\s"']*/.exec(rest)?.[0].length ?? 0;
  const atValue = top.kind === 'list' || top.key !== undefined;
  if (top.kind === 'list') path.push(top.index);
  else if (top.key !== undefined) path.push(top.key);
  const keys = new Map([...top.keys, ...scanFlow(text, offset, lineEnd(text, offset)).looseKeys]);
  const scopes = [
    ...scopesOf(scan.frames),
    ...state.frames.slice(0, -1).flatMap((frame) => (frame.kind === 'map' ? [frame.keys] : [])),
    ...(top.kind === 'map' ? [keys] : []),
  ];
  return {
    at: atValue ? 'value' : 'key',
    path,
    span: { start: state.wordStart, end: offset + behind },
    scopes,
    flow: true,
    colonFollows: /^\s*:/.test(rest.slice(behind)),
    spaceNeeded: top.key !== undefined && text.charAt(state.wordStart - 1) === ':',
  };
}

/** Adds the keys that a mapping has below the cursor's line. */
function addLaterKeys(text: string, lineStart: number, frame: Frame | undefined): void {
  if (frame?.kind !== 'map') return;
  for (let at = lineEnd(text, lineStart) + 1; at < text.length; at = lineEnd(text, at) + 1) {
    const line = text.slice(at, lineEnd(text, at)).replace(/\r$/, '');
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    const content = line.slice(indent);
    if (content === '' || content.startsWith('#')) continue;
    if (indent < frame.column) return;
    const key = indent === frame.column ? keyPattern.exec(content) : null;
    if (key === null) continue;
    const name = unquoted(key[1] ?? '');
    if (!frame.keys.has(name)) {
      frame.keys.set(name, unquoted(withoutComment(content.slice(key[0].length)).trim()));
    }
  }
}

function pathOf(frames: readonly Frame[]): YamlPath {
  return frames.map((frame) => (frame.kind === 'list' ? frame.index : (frame.key ?? '')));
}

function scopesOf(frames: readonly Frame[]): readonly ReadonlyMap<string, string>[] {
  return frames.flatMap((frame) => (frame.kind === 'map' ? [frame.keys] : []));
}

function newFrame(kind: Frame['kind'], column: number): Frame {
  return { kind, column, key: undefined, value: '', keys: new Map(), index: 0 };
}

function startOfLine(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function withoutComment(text: string): string {
  const comment = /(^|\s)#/.exec(withoutQuoted(text));
  return comment === null ? text : text.slice(0, comment.index);
}

/** The text with everything between quotes blanked out, so that a `#` there is no comment. */
function withoutQuoted(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, (quoted) => '_'.repeat(quoted.length));
}

export function unquoted(text: string): string {
  return /^"[^"]*"$|^'[^']*'$/.test(text) ? text.slice(1, -1) : text;
}
