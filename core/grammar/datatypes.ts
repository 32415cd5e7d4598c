import type { Data, Datatype } from './pattern.ts';

/**
 * The datatypes of XML Schema Part 2 that libvirt's grammars use. Unknown types accept everything:
 * a host's newer grammar must not turn good documents down.
 */
const lexical: Readonly<Record<string, RegExp>> = {
  NCName: /^[\p{L}_][\p{L}\p{N}\p{M}._·-]*$/u,
  boolean: /^(true|false|0|1)$/,
  dateTime: /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/,
  double: /^([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN)$/,
};

/** Bounds of the whole numbers; undefined where there is none. */
const whole: Readonly<Record<string, readonly [bigint | undefined, bigint | undefined]>> = {
  integer: [undefined, undefined],
  positiveInteger: [1n, undefined],
  nonNegativeInteger: [0n, undefined],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  short: [-(2n ** 15n), 2n ** 15n - 1n],
  byte: [-128n, 127n],
  unsignedLong: [0n, 2n ** 64n - 1n],
  unsignedInt: [0n, 2n ** 32n - 1n],
  unsignedShort: [0n, 2n ** 16n - 1n],
  unsignedByte: [0n, 255n],
};

/** Further types that are no strings. */
const writtenForms: ReadonlySet<string> = new Set(['boolean', 'dateTime', 'double']);

const checks = new WeakMap<Datatype, (text: string) => boolean>();

/** Is `text` a value of the type, facets included? Exceptions are not looked at. */
export function isOfDatatype({ datatype }: Data, text: string): boolean {
  let check = checks.get(datatype);
  if (check === undefined) checks.set(datatype, (check = checkFor(datatype)));
  return check(text);
}

/** How equality sees a text: `string` as it stands, every other type with white space made one. */
export function normalized(type: string, text: string): string {
  if (type === 'string' || !/[^!-~]/.test(text)) return text;
  return text.replace(/[\t\n\r ]+/g, ' ').replace(/^ | $/g, '');
}

function checkFor({ type, facets }: Datatype): (text: string) => boolean {
  const bounds = whole[type];
  const form = lexical[type];
  const forms = facets.flatMap(([name, value]) => (name === 'pattern' ? formTest(value) : []));
  const tests = facets.flatMap(([name, value]) => facetTest(name, value, bounds !== undefined));
  // libvirt asks libxml2, which holds a pattern against a number as it is written, so that white
  // space around it fails, although XML Schema would have it removed before.
  const asWritten = bounds !== undefined || writtenForms.has(type);
  return (text) => {
    const value = normalized(type, text);
    if (bounds !== undefined && !isWhole(value, bounds)) return false;
    if (form !== undefined && !form.test(value)) return false;
    const written = asWritten ? text : value;
    return forms.every((test) => test(written)) && tests.every((test) => test(value));
  };
}

/** A whole number that is written with fewer characters is exact as a number, too. */
const safeDigits = 16;

function isWhole(
  text: string,
  [least, most]: readonly [bigint | undefined, bigint | undefined],
): boolean {
  if (!/^[+-]?\d+$/.test(text) || text.length > 64) return false;
  if (text.length < safeDigits) {
    const number = Number(text);
    return (least === undefined || number >= least) && (most === undefined || number <= most);
  }
  const number = BigInt(text.replace(/^\+/, ''));
  return (least === undefined || number >= least) && (most === undefined || number <= most);
}

type Test = (text: string) => boolean;

function formTest(pattern: string): readonly Test[] {
  const expression = schemaExpression(pattern);
  return expression === undefined ? [] : [(text) => expression.test(text)];
}

/** Every facet but `pattern`. */
function facetTest(name: string, value: string, isWholeNumber: boolean): readonly Test[] {
  const compare = (holds: (a: number | bigint, b: number | bigint) => boolean): Test => {
    if (isWholeNumber && /^[+-]?\d+$/.test(value)) {
      const bound = BigInt(value.replace(/^\+/, ''));
      return (text) =>
        holds(text.length < safeDigits ? Number(text) : BigInt(text.replace(/^\+/, '')), bound);
    }
    return (text) => holds(Number(text), Number(value));
  };
  switch (name) {
    case 'minInclusive':
      return [compare((a, b) => a >= b)];
    case 'maxInclusive':
      return [compare((a, b) => a <= b)];
    case 'minExclusive':
      return [compare((a, b) => a > b)];
    case 'maxExclusive':
      return [compare((a, b) => a < b)];
    case 'length':
      return [(text) => lengthOf(text) === Number(value)];
    case 'minLength':
      return [(text) => lengthOf(text) >= Number(value)];
    case 'maxLength':
      return [(text) => lengthOf(text) <= Number(value)];
    default:
      return [];
  }
}

/** In characters, not in UTF-16 units. */
function lengthOf(text: string): number {
  return text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '?').length;
}

/**
 * A regular expression of XML Schema (Part 2, appendix F) as one of JavaScript: it is anchored, `^`
 * and `$` mean themselves, `.` leaves out line ends, and `\i`, `\c` are name characters. Undefined
 * for one that JavaScript cannot read.
 */
export function schemaExpression(pattern: string): RegExp | undefined {
  let source = '';
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const each = pattern.charAt(at);
    if (each === '\\') {
      source += escaped(pattern.charAt(++at), depth > 0);
    } else if (depth > 0) {
      if (each === ']') depth--;
      source += /[&[]/.test(each) ? `\\${each}` : each;
      // Only the first character of a class can negate it.
    } else if (each === '[') {
      depth++;
      source += each;
      if (pattern[at + 1] === '^') source += pattern.charAt(++at);
    } else source += /[\^$]/.test(each) ? `\\${each}` : each === '.' ? '[^\\n\\r]' : each;
  }
  for (const flags of ['u', '']) {
    try {
      return new RegExp(`^(?:${source})$`, flags);
    } catch {
      // Without the flag more is allowed.
    }
  }
  return undefined;
}

function escaped(letter: string, inClass: boolean): string {
  const bare =
    letter === 'i' ? '\\p{L}_:' : letter === 'c' ? '\\p{L}\\p{N}\\p{M}._:·\\-' : undefined;
  if (bare !== undefined) return inClass ? bare : `[${bare}]`;
  // Outside of a class JavaScript does not want a hyphen to be escaped.
  return letter === '-' && !inClass ? '-' : `\\${letter}`;
}
