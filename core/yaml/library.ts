import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node, Pair, Scalar } from 'yaml';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import type { Span } from '../text/span.ts';
import type { YamlLimits } from './limits.ts';
import { problem } from './refusal.ts';
import { repeatedKey, syntaxMessage } from './syntax-message.ts';
import type { YamlEntry, YamlNode, YamlScalar } from './tree.ts';

/** What the library makes of a text. */
export interface LibraryAnswer {
  readonly root: YamlNode | undefined;
  readonly problems: {
    /** What the library found. */
    readonly library: readonly SyntaxProblem[];
    /** What was found on the way to the tree. */
    readonly own: readonly SyntaxProblem[];
  };
  /** A bound was reached: there is no tree, or only a part of it. */
  readonly stopped: SyntaxProblem | undefined;
  /** Nodes in the tree. */
  readonly nodes: number;
  /** Does an alias stand anywhere? Then a part of the text may be in the tree more than once. */
  readonly hasAliases: boolean;
}

/** Reads a text by the library; undefined when it is nested too deep for it. */
export function readByLibrary(text: string, limits: YamlLimits): LibraryAnswer | undefined {
  const document = parseWithoutThrowing(text);
  if (document === undefined) return undefined;
  const library = [...document.errors, ...document.warnings].map((error) =>
    problem(
      'yaml-syntax',
      clamp({ start: error.pos[0], end: error.pos[1] }, text),
      syntaxMessage(error),
    ),
  );
  const conversion = new Conversion(text, limits);
  const root = conversion.convert(document.contents, 0);
  const { problems: own, stopped, nodes, hasAliases } = conversion;
  return { root, problems: { library, own }, stopped, nodes, hasAliases };
}

/**
 * The library recurses: a document nested deeper than the stack ends in a RangeError, which is
 * answered like any other nesting beyond the bound. Any other exception is a defect and is thrown.
 */
function parseWithoutThrowing(text: string): Document.Parsed | undefined {
  try {
    return parseDocument(text, {
      prettyErrors: false,
      merge: false,
      strict: true,
      // The library compares every key with every other; `Conversion` finds repeats in one pass.
      uniqueKeys: false,
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

class Conversion {
  readonly problems: SyntaxProblem[] = [];
  stopped: SyntaxProblem | undefined;
  nodes = 0;
  hasAliases = false;
  private readonly text: string;
  /** The latest node of each anchor so far, as YAML 1.2 (7.1) has it. */
  private readonly anchors = new Map<string, Node>();
  private readonly limits: YamlLimits;
  private readonly open = new Set<Node>();

  constructor(text: string, limits: YamlLimits) {
    this.text = text;
    this.limits = limits;
  }

  convert(node: unknown, depth: number, place?: Span): YamlNode | undefined {
    if (this.stopped !== undefined || !isNode(node)) return undefined;
    const span = place ?? spanOf(node, this.text);
    if (++this.nodes > this.limits.maxNodes) {
      return this.stop(
        'yaml-too-many-nodes',
        span,
        say(
          'This file expands to more than {0} values; aliases may repeat it.',
          this.limits.maxNodes,
        ),
      );
    }
    if (depth > this.limits.maxDepth) {
      return this.stop(
        'too-deep',
        span,
        say('This file is nested deeper than {0} levels.', this.limits.maxDepth),
      );
    }
    if (isAlias(node)) {
      this.hasAliases = true;
      const target = this.anchors.get(node.source);
      if (target === undefined || this.open.has(target)) return undefined;
      return this.convert(target, depth + 1, span);
    }
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) {
      this.anchors.set(node.anchor, node);
    }
    if (isScalar(node)) return scalar(node, span);
    this.open.add(node);
    try {
      if (isMap(node)) {
        const entries = node.items.flatMap((pair) => this.entry(pair, depth, place));
        this.reportRepeats(entries);
        const flow = node.flow === true;
        const end = flow || place !== undefined ? undefined : entries.at(-1)?.span.end;
        return { kind: 'mapping', span: upTo(span, end), flow, entries };
      }
      if (isSeq(node)) {
        const items = node.items.flatMap(
          (item) => this.convert(isPair(item) ? item.value : item, depth + 1, place) ?? [],
        );
        const flow = node.flow === true;
        const end = flow || place !== undefined ? undefined : items.at(-1)?.span.end;
        return { kind: 'sequence', span: upTo(span, end), flow, items };
      }
      return undefined;
    } finally {
      this.open.delete(node);
    }
  }

  private entry(pair: Pair, depth: number, place: Span | undefined): YamlEntry[] {
    if (!isScalar(pair.key)) {
      if (isNode(pair.key)) {
        this.problems.push(
          problem('yaml-syntax', spanOf(pair.key, this.text), say('A key must be a plain word.')),
        );
      }
      return [];
    }
    const key = scalar(pair.key, place ?? spanOf(pair.key, this.text));
    const value = isEmpty(pair.value) ? undefined : this.convert(pair.value, depth + 1, place);
    return [{ key, value, span: { start: key.span.start, end: value?.span.end ?? key.span.end } }];
  }

  private reportRepeats(entries: readonly YamlEntry[]): void {
    const seen = new Set<string>();
    for (const { key } of entries) {
      if (seen.has(key.source)) {
        this.problems.push(problem('yaml-syntax', key.span, repeatedKey));
      }
      seen.add(key.source);
    }
  }

  private stop(code: string, span: Span, message: Message): undefined {
    this.stopped = problem(code, span, message);
    return undefined;
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}

/** `key:` with nothing behind it; an explicit `null` or `~` is a value. */
function isEmpty(value: unknown): boolean {
  if (value === null) return true;
  if (!isScalar(value) || value.value !== null) return false;
  return value.range === null || value.range === undefined || value.range[0] === value.range[1];
}

function scalar(node: Scalar, span: Span): YamlScalar {
  const value = node.value;
  const plain =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : null;
  const quoted = node.type !== undefined && node.type !== 'PLAIN';
  const source = quoted ? String(plain) : (node.source ?? (plain === null ? '' : String(plain)));
  return { kind: 'scalar', span, value: plain, source, quoted };
}

/** A block collection ends where its last value does; the library counts comments behind it in. */
function upTo({ start, end }: Span, last: number | undefined): Span {
  return { start, end: last === undefined ? end : last };
}

function spanOf(node: Node, text: string): Span {
  const range = node.range;
  if (range === null || range === undefined) return { start: 0, end: 0 };
  let end = range[1];
  // A block scalar's range runs to the end of its last line; the reader's eye stops earlier.
  while (end > range[0] && /\s/.test(text.charAt(end - 1))) end--;
  return { start: range[0], end };
}

function clamp(span: Span, text: string): Span {
  const start = Math.min(Math.max(0, span.start), text.length);
  return { start, end: Math.min(Math.max(start, span.end), text.length) };
}
