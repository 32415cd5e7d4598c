import { LineCounter, isAlias, isMap, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node, Pair, Scalar } from 'yaml';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import { boundedProblems } from '../text/bounded-problems.ts';
import type { Span } from '../text/span.ts';
import { repeatedKey, syntaxMessage } from './syntax-message.ts';
import type { YamlEntry, YamlNode, YamlScalar, YamlTree } from './tree.ts';

/** Bounds that keep a damaged or hostile file from costing more than it is worth. */
export interface YamlLimits {
  /** UTF-16 code units. */
  readonly maxLength: number;
  readonly maxDepth: number;
  /** Nodes after aliases are resolved: an alias bomb stops here. */
  readonly maxNodes: number;
}

export const defaultYamlLimits: YamlLimits = {
  maxLength: 2 * 1024 * 1024,
  maxDepth: 64,
  maxNodes: 100_000,
};

/** Parses one YAML document into a tree with ranges. Never throws; what is wrong is in `problems`. */
export function parseYaml(text: string, limits: YamlLimits = defaultYamlLimits): YamlTree {
  if (text.length > limits.maxLength) {
    return refused(
      'file-too-large',
      text,
      say('This file has {0} characters; at most {1} are read.', text.length, limits.maxLength),
    );
  }
  if (text.includes('\0')) {
    return refused('not-text', text, say('This is not a text file: it contains NUL characters.'));
  }
  if (deepestFlow(text) > limits.maxDepth) return tooDeep(text, limits);
  const document = parseWithoutThrowing(text);
  if (document === undefined) return tooDeep(text, limits);
  const problems: SyntaxProblem[] = [...document.errors, ...document.warnings].map((error) =>
    problem(
      'yaml-syntax',
      clamp({ start: error.pos[0], end: error.pos[1] }, text),
      syntaxMessage(error),
    ),
  );
  const conversion = new Conversion(text, limits);
  const root = conversion.convert(document.contents, 0);
  // Beyond the bound the library's own errors speak of its stack, not of the file.
  if (conversion.problems.some(({ code }) => code === 'too-deep')) {
    return { root, problems: conversion.problems };
  }
  return { root, problems: boundedProblems([...problems, ...conversion.problems]) };
}

/**
 * The library recurses: a document nested deeper than the stack ends in a RangeError, which is
 * answered like any other nesting beyond the bound. Any other exception is a defect and is thrown.
 */
function parseWithoutThrowing(text: string): Document.Parsed | undefined {
  try {
    return parseDocument(text, {
      lineCounter: new LineCounter(),
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

function tooDeep(text: string, limits: YamlLimits): YamlTree {
  return refused(
    'too-deep',
    text,
    say('This file is nested deeper than {0} levels.', limits.maxDepth),
  );
}

class Conversion {
  readonly problems: SyntaxProblem[] = [];
  private nodes = 0;
  private stopped = false;
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
    if (this.stopped || !isNode(node)) return undefined;
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
        return { kind: 'mapping', span, flow: node.flow === true, entries };
      }
      if (isSeq(node)) {
        const items = node.items.flatMap(
          (item) => this.convert(isPair(item) ? item.value : item, depth + 1, place) ?? [],
        );
        return { kind: 'sequence', span, flow: node.flow === true, items };
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
    this.stopped = true;
    this.problems.push(problem(code, span, message));
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

function spanOf(node: Node, text: string): Span {
  const range = node.range;
  if (range === null || range === undefined) return { start: 0, end: 0 };
  let end = range[1];
  // A block collection's range runs to the end of its last line; the reader's eye stops earlier.
  while (end > range[0] && /\s/.test(text.charAt(end - 1))) end--;
  return { start: range[0], end };
}

/** Depth of `[` and `{`, so that the recursive parser is never given a text made to exhaust it. */
function deepestFlow(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth = Math.max(0, depth - 1);
  }
  return deepest;
}

function refused(code: string, text: string, message: Message): YamlTree {
  const end = text.indexOf('\n');
  const span = { start: 0, end: Math.min(end < 0 ? text.length : end, 200) };
  return { root: undefined, problems: [problem(code, span, message)] };
}

function problem(code: string, span: Span, message: Message): SyntaxProblem {
  return { code, span, message, severity: 'error', fixes: [] };
}

function clamp(span: Span, text: string): Span {
  const start = Math.min(Math.max(0, span.start), text.length);
  return { start, end: Math.min(Math.max(start, span.end), text.length) };
}
