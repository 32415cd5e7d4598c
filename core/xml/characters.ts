/** Character classes of XML 1.0 (fifth edition), as far as documents of this world need them. */

const nameStart =
  /[:A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd]|[\ud800-\udb7f][\udc00-\udfff]/y;
const name =
  /(?:[:A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd]|[\ud800-\udb7f][\udc00-\udfff])(?:[-.0-9:A-Z_a-z\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd]|[\ud800-\udb7f][\udc00-\udfff])*/y;

export function startsName(text: string, at: number): boolean {
  nameStart.lastIndex = at;
  return nameStart.test(text);
}

/** Offset behind the name that begins at `at`; `at` itself when none begins there. */
export function nameEnd(text: string, at: number): number {
  name.lastIndex = at;
  return name.test(text) ? name.lastIndex : at;
}

export function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 9 || code === 13;
}

export function skipSpace(text: string, at: number): number {
  let i = at;
  while (i < text.length && isSpace(text.charCodeAt(i))) i++;
  return i;
}

/** Matches what no XML document may contain: control characters and lone surrogates. */
export const forbiddenCharacter =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const predefined: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

export interface Decoded {
  readonly text: string;
  /** Ranges within the raw text of `&` that begin no entity known here. */
  readonly bad: readonly { readonly start: number; readonly end: number }[];
}

/** Resolves the five predefined entities and character references; others stay as written. */
export function decodeEntities(raw: string): Decoded {
  if (!raw.includes('&')) return { text: raw, bad: [] };
  const bad: { start: number; end: number }[] = [];
  const text = raw.replace(reference, (whole: string, ...groups: unknown[]) => {
    const value = resolved(groups);
    if (value !== undefined) return value;
    const at = groups[3] as number;
    bad.push({ start: at, end: at + whole.length });
    return whole;
  });
  return { text, bad };
}

const reference = /&(?:#x([0-9a-fA-F]{1,8});|#(\d{1,10});|([^\s;&<>'"=]{1,64});)?/g;

/** From the groups of `reference`: hexadecimal, decimal, name. */
function resolved([hex, decimal, entity]: readonly unknown[]): string | undefined {
  if (typeof hex === 'string') return codePoint(parseInt(hex, 16));
  if (typeof decimal === 'string') return codePoint(Number(decimal));
  if (typeof entity === 'string' && Object.hasOwn(predefined, entity)) return predefined[entity];
  return undefined;
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
