import type { SyntaxProblem } from '../problems.ts';
import type { Span } from '../text/span.ts';

/** A YAML node with the range of its text. Aliases are resolved; anchors keep their own range. */
export type YamlNode = YamlScalar | YamlMapping | YamlSequence;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly span: Span;
  /** The value under the YAML 1.2 core schema. */
  readonly value: string | number | boolean | null;
  /** The text as written, without quotes. */
  readonly source: string;
  readonly quoted: boolean;
}

export interface YamlMapping {
  readonly kind: 'mapping';
  readonly span: Span;
  readonly flow: boolean;
  readonly entries: readonly YamlEntry[];
}

export interface YamlEntry {
  readonly key: YamlScalar;
  /** Absent in `key:` with nothing behind it. */
  readonly value: YamlNode | undefined;
  /** Key and value together. */
  readonly span: Span;
}

export interface YamlSequence {
  readonly kind: 'sequence';
  readonly span: Span;
  readonly flow: boolean;
  readonly items: readonly YamlNode[];
}

export interface YamlTree {
  readonly root: YamlNode | undefined;
  readonly problems: readonly SyntaxProblem[];
}

export function entry(node: YamlNode | undefined, key: string): YamlEntry | undefined {
  if (node?.kind !== 'mapping') return undefined;
  return node.entries.find((candidate) => candidate.key.source === key);
}

/** Keys up to which each is simply compared with each. */
const fewKeys = 10;

/** Does one key stand twice in a mapping? */
export function hasRepeatedKey(entries: readonly YamlEntry[]): boolean {
  if (entries.length > fewKeys) {
    return new Set(entries.map(({ key }) => key.source)).size < entries.length;
  }
  for (let i = 1; i < entries.length; i++) {
    const source = entries[i]?.key.source;
    for (let j = 0; j < i; j++) if (entries[j]?.key.source === source) return true;
  }
  return false;
}
