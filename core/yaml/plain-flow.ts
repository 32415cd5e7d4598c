import {
  closeBrace,
  closeBracket,
  comma,
  doubleQuote,
  openBrace,
  openBracket,
  singleQuote,
  space,
} from './characters.ts';
import { readKey, readPlain, readQuoted } from './plain-scalar.ts';
import { hasRepeatedKey } from './tree.ts';
import type { YamlEntry, YamlNode } from './tree.ts';

/** Takes account of one node at a depth; false when the text has too many, or goes too deep. */
export type CountNode = (depth: number) => boolean;

/**
 * A flow collection that stands in one line: `{ key: value, … }`, `[value, …]`, plain or simply
 * quoted texts and such collections in it, nothing empty but `{}` and `[]`. Undefined for others.
 */
export function readPlainFlow(
  text: string,
  start: number,
  depth: number,
  count: CountNode,
): YamlNode | undefined {
  if (!count(depth)) return undefined;
  return text.charCodeAt(start) === openBrace
    ? readMapping(text, start, depth, count)
    : readSequence(text, start, depth, count);
}

function readMapping(
  text: string,
  start: number,
  depth: number,
  count: CountNode,
): YamlNode | undefined {
  const entries: YamlEntry[] = [];
  let at = behindSpace(text, start + 1);
  while (text.charCodeAt(at) !== closeBrace) {
    if (entries.length > 0) {
      if (text.charCodeAt(at) !== comma) return undefined;
      at = behindSpace(text, at + 1);
    }
    const key = readKey(text, at);
    if (key === undefined) return undefined;
    const value = readValue(text, behindSpace(text, key.span.end + 1), depth + 1, count);
    if (value === undefined) return undefined;
    entries.push({ key, value, span: { start: key.span.start, end: value.span.end } });
    at = behindSpace(text, value.span.end);
  }
  if (hasRepeatedKey(entries)) return undefined;
  return { kind: 'mapping', span: { start, end: at + 1 }, flow: true, entries };
}

function readSequence(
  text: string,
  start: number,
  depth: number,
  count: CountNode,
): YamlNode | undefined {
  const items: YamlNode[] = [];
  let at = behindSpace(text, start + 1);
  while (text.charCodeAt(at) !== closeBracket) {
    if (items.length > 0) {
      if (text.charCodeAt(at) !== comma) return undefined;
      at = behindSpace(text, at + 1);
    }
    const item = readValue(text, at, depth + 1, count);
    if (item === undefined) return undefined;
    items.push(item);
    at = behindSpace(text, item.span.end);
  }
  return { kind: 'sequence', span: { start, end: at + 1 }, flow: true, items };
}

function readValue(
  text: string,
  start: number,
  depth: number,
  count: CountNode,
): YamlNode | undefined {
  const code = text.charCodeAt(start);
  if (code === openBrace || code === openBracket) return readPlainFlow(text, start, depth, count);
  if (!count(depth)) return undefined;
  return code === singleQuote || code === doubleQuote
    ? readQuoted(text, start)
    : readPlain(text, start, true);
}

function behindSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === space) at++;
  return at;
}
