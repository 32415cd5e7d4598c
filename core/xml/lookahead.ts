/**
 * `indexOf` for a reader that only moves forward: the last answer is kept, so that asking again and
 * again for something that is far away or absent does not make reading quadratic.
 */
export class Lookahead {
  private readonly text: string;
  private readonly last = new Map<string, { from: number; found: number }>();

  constructor(text: string) {
    this.text = text;
  }

  /** Offset of the next `wanted` at or behind `from`; the text's length when there is none. */
  next(wanted: string, from: number): number {
    const last = this.last.get(wanted);
    if (last !== undefined && last.from <= from && from <= last.found) return last.found;
    const index = this.text.indexOf(wanted, from);
    const found = index < 0 ? this.text.length : index;
    if (last === undefined) this.last.set(wanted, { from, found });
    else {
      last.from = from;
      last.found = found;
    }
    return found;
  }
}
