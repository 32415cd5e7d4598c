import {
  backslash,
  colon,
  doubleQuote,
  hash,
  hyphen,
  isFlowIndicator,
  isLetter,
  isLineEnd,
  isPrintable,
  isWordCharacter,
  space,
} from './characters.ts';
import type { YamlScalar } from './tree.ts';

/** Longest key; the library has a bound of its own. */
const longestKey = 200;

/** A key of letters, digits, `_`, `.` and `-` with a colon and a space behind it, if it stands here. */
export function readKey(text: string, start: number): YamlScalar | undefined {
  const end = keyEnd(text, start);
  if (end < 0) return undefined;
  const source = text.slice(start, end);
  if (plainValue(source) !== source) return undefined;
  return { kind: 'scalar', span: { start, end }, value: source, source, quoted: false };
}

/** Where the `:` of a key stands that begins here; -1 when this is no simple key. */
export function keyEnd(text: string, start: number): number {
  if (!isLetter(text.charCodeAt(start))) return -1;
  let end = start + 1;
  while (isWordCharacter(text.charCodeAt(end))) end++;
  if (text.charCodeAt(end) !== colon || end - start > longestKey) return -1;
  const next = text.charCodeAt(end + 1);
  return next === space || isLineEnd(next) ? end : -1;
}

/** A plain text that ends in its line; within a flow collection also at its indicators. */
export function readPlain(text: string, start: number, inFlow: boolean): YamlScalar | undefined {
  if (!opensPlain(text.charCodeAt(start))) return undefined;
  let end = start;
  for (let i = start; ; i++) {
    const code = text.charCodeAt(i);
    if (isLineEnd(code) || (code === hash && text.charCodeAt(i - 1) === space)) break;
    if (inFlow && isFlowIndicator(code)) break;
    if (code === colon) {
      const next = text.charCodeAt(i + 1);
      if (next === space || isLineEnd(next) || (inFlow && isFlowIndicator(next))) return undefined;
    }
    if (!isPrintable(code)) return undefined;
    if (code !== space) end = i + 1;
  }
  const source = text.slice(start, end);
  const value = plainValue(source);
  if (value === undefined) return undefined;
  return { kind: 'scalar', span: { start, end }, value, source, quoted: false };
}

/** A text in quotes that ends in its line and in which nothing is escaped. */
export function readQuoted(text: string, start: number): YamlScalar | undefined {
  const quote = text.charCodeAt(start);
  let end = start + 1;
  for (; text.charCodeAt(end) !== quote; end++) {
    const code = text.charCodeAt(end);
    if (!isPrintable(code) || (code === backslash && quote === doubleQuote)) return undefined;
  }
  // Twice the quote is one of them.
  if (text.charCodeAt(end + 1) === quote) return undefined;
  const value = text.slice(start + 1, end);
  return { kind: 'scalar', span: { start, end: end + 1 }, value, source: value, quoted: true };
}

/**
 * What a plain scalar means under the core schema of YAML 1.2; undefined for the rarer numbers,
 * which are left to the library.
 */
function plainValue(source: string): string | number | boolean | null | undefined {
  if (isLetter(source.charCodeAt(0))) return wordValue(source);
  if (!/^[0-9.+]/.test(source)) return source;
  if (/^[0-9]{1,15}$/.test(source)) return Number(source);
  if (/^[0-9]{1,15}\.[0-9]{1,15}$/.test(source)) return Number.parseFloat(source);
  return /^[+.]|^[0-9]+$|^0[ox]|^[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?$/.test(source)
    ? undefined
    : source;
}

function wordValue(source: string): string | boolean | null {
  switch (source) {
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    default:
      return source;
  }
}

/** Letters, digits, `/`, `.`, `+` and what is not ASCII; other characters may have a meaning. */
function opensPlain(code: number): boolean {
  return isLetter(code) || (code > hyphen && code <= 0x39) || code === 0x2b || code >= 0xa1;
}
