/** Characters by what they mean to the readers here. Behind the end of a text there is NaN. */
export const colon = 0x3a;
export const comma = 0x2c;
export const hash = 0x23;
export const hyphen = 0x2d;
export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const space = 0x20;
export const singleQuote = 0x27;
export const doubleQuote = 0x22;
export const backslash = 0x5c;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;

export function isLineEnd(code: number): boolean {
  return code === lineFeed || code === carriageReturn || Number.isNaN(code);
}

export function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

/** Letters, digits, `_`, `.` and `-`. */
export function isWordCharacter(code: number): boolean {
  return isLetter(code) || (code >= 0x30 && code <= 0x39) || code === 0x2e || code === hyphen;
}

/** `,`, `[`, `]`, `{` and `}`: they end a plain text within a flow collection. */
export function isFlowIndicator(code: number): boolean {
  return (
    code === comma ||
    code === openBracket ||
    code === closeBracket ||
    code === openBrace ||
    code === closeBrace
  );
}

/** Of the rest some end a line, some are not allowed, and some are invisible. */
export function isPrintable(code: number): boolean {
  return (
    (code >= space && code < 0x7f) ||
    (code > 0xa0 && code < 0xd800 && code !== 0x2028 && code !== 0x2029)
  );
}
