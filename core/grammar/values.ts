import type { Datatype, Pattern } from './pattern.ts';

/** What a value can be, as far as it can be told in few words. */
export interface Values {
  /** Values that are listed one by one. */
  readonly listed: readonly string[];
  /** Regular expressions of XML Schema. */
  readonly forms: readonly string[];
  /** When only whole numbers are allowed. */
  readonly range: { readonly least: string; readonly most: string } | undefined;
}

const bounds: Readonly<Record<string, readonly [least: string, most: string]>> = {
  int: ['-2147483648', '2147483647'],
  byte: ['-128', '127'],
  short: ['-32768', '32767'],
  long: ['-9223372036854775808', '9223372036854775807'],
  unsignedByte: ['0', '255'],
  unsignedShort: ['0', '65535'],
  unsignedInt: ['0', '4294967295'],
  unsignedLong: ['0', '18446744073709551615'],
  integer: ['-∞', '∞'],
  nonNegativeInteger: ['0', '∞'],
  positiveInteger: ['1', '∞'],
};

/** Reads what the alternatives of a value allow. */
export function valuesOf(patterns: readonly Pattern[]): Values {
  const listed = new Set<string>();
  const forms = new Set<string>();
  const ranges: { readonly least: string; readonly most: string }[] = [];
  const look = (pattern: Pattern): void => {
    switch (pattern.kind) {
      case 'value':
        if (pattern.value !== '') listed.add(pattern.value);
        return;
      case 'data': {
        const range = rangeOf(pattern.datatype);
        if (range !== undefined) ranges.push(range);
        for (const [name, value] of pattern.datatype.facets)
          if (name === 'pattern') forms.add(value);
        return;
      }
      case 'choice':
      case 'interleave':
        pattern.of.forEach(look);
        return;
      case 'group':
        look(pattern.first);
        look(pattern.then);
        return;
      case 'oneOrMore':
      case 'list':
        look(pattern.of);
        return;
      default:
    }
  };
  patterns.forEach(look);
  return {
    listed: [...listed],
    forms: [...forms],
    range: ranges.length === 1 && forms.size === 0 ? ranges[0] : undefined,
  };
}

function rangeOf({ type, facets }: Datatype): Values['range'] {
  const own = bounds[type];
  if (own === undefined) return undefined;
  const facet = (name: string): string | undefined => facets.find(([each]) => each === name)?.[1];
  return {
    least: facet('minInclusive') ?? own[0],
    most: facet('maxInclusive') ?? own[1],
  };
}
