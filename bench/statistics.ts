/** Medians and tables. */

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value below which the share of the values lies (nearest rank). NaN of no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** Prints rows as a Markdown table, so that they can go into the documentation as they are. */
export function printTable(title: string, rows: readonly (readonly (string | number)[])[]): void {
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === 'number' ? String(rounded(cell)) : cell)),
  );
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  console.log(`\n${title}\n`);
  cells.forEach((row, index) => {
    console.log(line(row));
    if (index === 0) console.log(`| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  });
}

/** What a figure should reach, as a comparison that is printed with it. */
export interface Goal {
  readonly name: string;
  readonly value: number;
  readonly bound: number;
  readonly is: 'at most' | 'at least';
}

export function isMet({ value, bound, is }: Goal): boolean {
  return is === 'at most' ? value <= bound : value >= bound;
}
