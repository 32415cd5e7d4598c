import type { Dimension, Quantity } from '../units/quantity.ts';
import {
  exactSize,
  formatBitRate,
  formatDuration,
  formatRate,
  formatSize,
} from '../units/quantity.ts';

/** The quantity in the other ways people write it, without the one it is written in. */
export function otherWritings(quantity: Quantity): readonly string[] {
  const { amount, dimension, source } = quantity;
  const written = source.replace(/\s+/g, '');
  return writings(amount, dimension).filter(
    (text, index, all) => text !== written && all.indexOf(text) === index,
  );
}

function writings(amount: number, dimension: Dimension): readonly string[] {
  switch (dimension) {
    case 'rate':
      return [formatRate(amount), formatBitRate(amount)];
    case 'size':
      return [formatSize(amount), `${String(amount)}B`];
    case 'duration':
      return [formatDuration(amount), `${String(amount)}ms`];
  }
}

/** The amount in the unit that a reader expects, for ranges and defaults. */
export function formatAmount(dimension: Dimension, amount: number): string {
  switch (dimension) {
    case 'rate':
      return formatRate(amount);
    case 'size':
      return exactSize(amount);
    case 'duration':
      return formatDuration(amount);
  }
}

/**
 * What stands beside a quantity in the text: a rate in bits (or in bytes, when it is written in
 * bits), anything else only where its own writing hides its size.
 */
export function hintFor(quantity: Quantity): string | undefined {
  const { amount, dimension, source } = quantity;
  const written = source.replace(/\s+/g, '');
  const other =
    dimension === 'rate'
      ? written.includes('bit')
        ? formatRate(amount)
        : formatBitRate(amount)
      : dimension === 'size'
        ? formatSize(amount)
        : formatDuration(amount);
  return other === written ? undefined : `= ${other}`;
}
