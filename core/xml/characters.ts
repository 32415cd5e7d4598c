/** Character classes of XML 1.0 (fifth edition), as far as documents of this world need them. */

const nameStart =
  /[:A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd]|[\ud800-\udb7f][\udc00-\udfff]/y;
const name =
  /(?:[:A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd]|[\ud800-\udb7f][\udc00-\udfff])(?:[-.0-9:A-Z_a-z\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd]|[\ud800-\udb7f][\udc00-\udfff])*/y;

/** ASCII characters of names: 1 may begin one, 2 may only go on. Nearly all names are these. */
const asciiName = new Uint8Array(128);
for (const [first, last, kind] of [
  [0x41, 0x5a, 1],
  [0x61, 0x7a, 1],
  [0x3a, 0x3a, 1],
  [0x5f, 0x5f, 1],
  [0x2d, 0x2e, 2],
  [0x30, 0x39, 2],
] as const) {
  asciiName.fill(kind, first, last + 1);
}

export function startsName(text: string, at: number): boolean {
  if (at >= text.length) return false;
  const code = text.charCodeAt(at);
  if (code < 128) return asciiName[code] === 1;
  nameStart.lastIndex = at;
  return nameStart.test(text);
}

/** Offset behind the name that begins at `at`; `at` itself when none begins there. */
export function nameEnd(text: string, at: number): number {
  if (!startsName(text, at)) return at;
  for (let end = at + 1; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code >= 128) return longNameEnd(text, at);
    if (asciiName[code] === 0) return end;
  }
  return text.charCodeAt(at) < 128 ? text.length : longNameEnd(text, at);
}

function longNameEnd(text: string, at: number): number {
  name.lastIndex = at;
  return name.test(text) ? name.lastIndex : at;
}

/**
 * Names and values that came before, by a number made of their characters: the words of domain XML
 * are few, and who compares them again and again has the same string again.
 */
const words: string[] = new Array<string>(2048).fill('');
/** Longer strings would keep the whole text that they were cut from. */
const longestWord = 12;

/** `text.slice(start, end)`, as the same string as before where that is cheap. */
export function wordAt(text: string, start: number, end: number): string {
  const length = end - start;
  if (length > longestWord || length === 0) return text.slice(start, end);
  let hash = length;
  for (let at = start; at < end; at++) hash = Math.imul(hash, 31) + text.charCodeAt(at);
  const slot = (hash ^ (hash >>> 11)) & 2047;
  const known = words[slot] ?? '';
  if (known.length === length && isAt(known, text, start)) return known;
  return (words[slot] = text.slice(start, end));
}

function isAt(word: string, text: string, start: number): boolean {
  for (let at = 0; at < word.length; at++)
    if (word.charCodeAt(at) !== text.charCodeAt(start + at)) return false;
  return true;
}

/** White space of XML: no other character counts, not even a no-break space. */
export function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 9 || code === 13;
}

export function skipSpace(text: string, at: number): number {
  let i = at;
  // Reading behind the end, though harmless, makes charCodeAt several times slower everywhere.
  while (i < text.length && isSpace(text.charCodeAt(i))) i++;
  return i;
}

/** Line ends as XML sees them (XML 1.0, 2.11): one line feed, however they are written. */
export function withoutCarriageReturns(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** Offset behind the last character of `[from, to)` that is no white space; else `from`. */
export function trimmedEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && isSpace(text.charCodeAt(end - 1))) end--;
  return end;
}

/** Matches what no XML document may contain: control characters and lone surrogates. */
export const forbiddenCharacter =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const predefined: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

/**
 * Resolves the five predefined entities and character references; others stay as written.
 * `onBad` gets the ranges within `raw` of each `&` that begins no entity known here.
 */
export function decodeEntities(raw: string, onBad: (start: number, end: number) => void): string {
  if (!raw.includes('&')) return raw;
  let text = '';
  let last = 0;
  for (const match of raw.matchAll(reference)) {
    const [whole, hex, decimal, name] = match;
    const value = referred(hex, decimal, name);
    const end = match.index + whole.length;
    if (value === undefined) onBad(match.index, end);
    text += raw.slice(last, match.index) + (value ?? whole);
    last = end;
  }
  return text + raw.slice(last);
}

const reference = /&(?:#x([0-9a-fA-F]{1,8});|#(\d{1,10});|([^\s;&<>'"=]{1,64});)?/g;

function referred(
  hex: string | undefined,
  decimal: string | undefined,
  entity: string | undefined,
): string | undefined {
  if (hex !== undefined) return codePoint(parseInt(hex, 16));
  if (decimal !== undefined) return codePoint(Number(decimal));
  return entity !== undefined && Object.hasOwn(predefined, entity) ? predefined[entity] : undefined;
}

function codePoint(value: number): string | undefined {
  const allowed =
    value === 9 ||
    value === 10 ||
    value === 13 ||
    (value >= 0x20 && value <= 0xd7ff) ||
    (value >= 0xe000 && value <= 0xfffd) ||
    (value >= 0x10000 && value <= 0x10ffff);
  return allowed ? String.fromCodePoint(value) : undefined;
}
