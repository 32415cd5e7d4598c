import {
  carriageReturn,
  doubleQuote,
  hash,
  hyphen,
  isLineEnd,
  lineFeed,
  openBrace,
  openBracket,
  singleQuote,
  space,
} from './characters.ts';
import { readPlainFlow } from './plain-flow.ts';
import { keyEnd, readKey, readPlain, readQuoted } from './plain-scalar.ts';
import { hasRepeatedKey } from './tree.ts';
import type { YamlEntry, YamlMapping, YamlNode, YamlSequence } from './tree.ts';

/** Bounds within which a text is read here; beyond them the library says what is wrong. */
export interface PlainBlockLimits {
  readonly maxDepth: number;
  readonly maxNodes: number;
}

/**
 * Reads a text that is written the way nearly every descriptor is: block mappings and sequences,
 * one key, one plain or simply quoted value or one flow collection to a line, comments. For such a
 * text the tree is the library's to the last span (a property test holds the two together), at a
 * small part of its time and memory. Undefined for every other text, and for every text in which
 * something is wrong: that one is the library's.
 */
export function readPlainBlocks(text: string, limits: PlainBlockLimits): YamlNode | undefined {
  return hasLoneReturn(text) ? undefined : new PlainBlocks(text, limits).read();
}

/** An item of a block sequence that is plain by itself, whatever stands around it. */
export interface PlainItem {
  readonly node: YamlNode;
  /** Offset of its hyphen. */
  readonly start: number;
  /** Nodes in it, itself included. */
  readonly nodes: number;
}

/**
 * All runs of plain items that follow one upon the other in one column. Whether an item is one in
 * truth only those can say who know what stands around it: it may be a line of a longer text.
 */
export function plainRuns(
  text: string,
  limits: PlainBlockLimits,
): readonly (readonly PlainItem[])[] {
  return hasLoneReturn(text) ? [] : new PlainBlocks(text, limits).runs();
}

/** The library takes a carriage return by itself for text. */
function hasLoneReturn(text: string): boolean {
  return text.includes('\r') && /\r(?!\n)/.test(text);
}

class PlainBlocks {
  private readonly text: string;
  private readonly limits: PlainBlockLimits;
  private nodes = 0;
  /** Where the line of content begins that is read next, behind its indentation; the end when none is. */
  private at = 0;
  /** Its indentation; -1 at the end. */
  private indent = -1;
  /** Set as soon as something is met that is not read here. */
  private foreign = false;

  constructor(text: string, limits: PlainBlockLimits) {
    this.text = text;
    this.limits = limits;
  }

  read(): YamlNode | undefined {
    const { text } = this;
    this.toContent(0);
    if (this.indent === 0 && text.startsWith('---', this.at)) {
      const end = this.lineEnd(this.at);
      if (end !== this.at + 3) return undefined;
      this.toContent(end);
    }
    if (this.indent < 0) return undefined;
    const root = this.block(0);
    return this.foreign || this.indent >= 0 ? undefined : root;
  }

  runs(): readonly (readonly PlainItem[])[] {
    const runs: (readonly PlainItem[])[] = [];
    this.toContent(0);
    while (this.indent >= 0) {
      const run = this.run();
      if (run.length > 0) runs.push(run);
      else this.toContent(this.endOfLine());
    }
    return runs;
  }

  /** The plain items from here on; none leaves the reader where it stands. */
  private run(): readonly PlainItem[] {
    const items: PlainItem[] = [];
    const { indent } = this;
    while (this.indent === indent && this.text.charCodeAt(this.at) === hyphen) {
      const start = this.at;
      this.nodes = 0;
      const node = this.item(0, indent);
      if (node === undefined || this.foreign || this.indent > indent) {
        this.foreign = false;
        this.at = start;
        this.indent = indent;
        break;
      }
      items.push({ node, start, nodes: this.nodes });
    }
    return items;
  }

  /** The block collection that begins where the reader stands. */
  private block(depth: number): YamlNode | undefined {
    if (this.text.charCodeAt(this.at) === hyphen) return this.sequence(depth, this.indent);
    return this.mapping(depth, this.indent);
  }

  private mapping(depth: number, indent: number): YamlMapping | undefined {
    if (!this.count(depth)) return this.give();
    const entries: YamlEntry[] = [];
    const start = this.at;
    while (this.indent === indent) {
      const entry = this.entry(depth, indent);
      if (entry === undefined) return undefined;
      entries.push(entry);
    }
    if (hasRepeatedKey(entries)) return this.give();
    if (this.indent > indent) return this.give();
    const last = entries.at(-1);
    if (last === undefined) return this.give();
    return { kind: 'mapping', span: { start, end: last.span.end }, flow: false, entries };
  }

  private sequence(depth: number, indent: number): YamlSequence | undefined {
    if (!this.count(depth)) return this.give();
    const items: YamlNode[] = [];
    const start = this.at;
    while (this.indent === indent && this.text.charCodeAt(this.at) === hyphen) {
      const item = this.item(depth, indent);
      if (item === undefined) return undefined;
      items.push(item);
    }
    if (this.indent > indent) return this.give();
    const last = items.at(-1);
    if (last === undefined) return this.give();
    return { kind: 'sequence', span: { start, end: last.span.end }, flow: false, items };
  }

  /** `- ` and what stands behind it: a value, a mapping that begins in this line, or one below. */
  private item(depth: number, indent: number): YamlNode | undefined {
    const { text } = this;
    let from = this.at + 1;
    if (text.charCodeAt(from) !== space) return this.give();
    while (text.charCodeAt(from) === space) from++;
    const code = text.charCodeAt(from);
    if (code === hyphen || code === hash || isLineEnd(code)) return this.give();
    if (keyEnd(text, from) >= 0) {
      // The mapping's column is that of its first key.
      this.indent = indent + from - this.at;
      this.at = from;
      return this.mapping(depth + 1, this.indent);
    }
    return this.value(from, indent, depth + 1);
  }

  private entry(depth: number, indent: number): YamlEntry | undefined {
    const { text, at } = this;
    const key = readKey(text, at);
    if (key === undefined) return this.give();
    let from = key.span.end + 1;
    while (text.charCodeAt(from) === space) from++;
    const code = text.charCodeAt(from);
    if (code !== hash && !isLineEnd(code)) {
      const value = this.value(from, indent, depth + 1);
      return value && { key, value, span: { start: at, end: value.span.end } };
    }
    this.toContent(from);
    const below =
      this.indent > indent || (this.indent === indent && this.text.charCodeAt(this.at) === hyphen);
    if (!below) return { key, value: undefined, span: key.span };
    const value = this.block(depth + 1);
    return value && { key, value, span: { start: at, end: value.span.end } };
  }

  /** A value that ends in its line; what follows must not be indented deeper. */
  private value(from: number, indent: number, depth: number): YamlNode | undefined {
    const node = this.inLine(from, depth);
    if (node === undefined) return this.give();
    const behind = this.lineEnd(node.span.end);
    if (behind < 0) return this.give();
    this.toContent(behind);
    return this.indent > indent ? this.give() : node;
  }

  private inLine(from: number, depth: number): YamlNode | undefined {
    const { text } = this;
    const code = text.charCodeAt(from);
    if (code === openBrace || code === openBracket) {
      return readPlainFlow(text, from, depth, (below) => this.count(below));
    }
    if (!this.count(depth)) return undefined;
    return code === singleQuote || code === doubleQuote
      ? readQuoted(text, from)
      : readPlain(text, from, false);
  }

  /** End of the line, when nothing but space and a comment stands from here on; else -1. */
  private lineEnd(from: number): number {
    const { text } = this;
    let at = from;
    while (text.charCodeAt(at) === space) at++;
    if (text.charCodeAt(at) === hash && at > from) {
      while (!isLineEnd(text.charCodeAt(at))) at++;
    }
    return isLineEnd(text.charCodeAt(at)) ? at : -1;
  }

  /** End of the line that the reader stands in. */
  private endOfLine(): number {
    const end = this.text.indexOf('\n', this.at);
    return end < 0 ? this.text.length : end;
  }

  /** Goes on to the next line with content, from the end of a line or the begin of the text. */
  private toContent(from: number): void {
    const { text } = this;
    let at = from;
    for (;;) {
      if (text.charCodeAt(at) === carriageReturn) at++;
      if (text.charCodeAt(at) === lineFeed) at++;
      const start = at;
      while (text.charCodeAt(at) === space) at++;
      const code = text.charCodeAt(at);
      if (code === hash) while (!isLineEnd(text.charCodeAt(at))) at++;
      else if (!isLineEnd(code)) {
        this.indent = at - start;
        this.at = at;
        return;
      }
      if (at >= text.length) {
        this.indent = -1;
        this.at = text.length;
        return;
      }
    }
  }

  private count(depth: number): boolean {
    return depth <= this.limits.maxDepth && ++this.nodes <= this.limits.maxNodes;
  }

  private give(): undefined {
    this.foreign = true;
    return undefined;
  }
}
