/**
 * `indexOf` for a reader that only moves forward: the last answer is kept, so that asking again and
 * again for a character that is far away or absent does not make reading quadratic.
 */
export class Lookahead {
  private readonly text: string;
  private readonly last = new Map<string, { from: number; found: number }>();

  constructor(text: string) {
    this.text = text;
  }

  /** Offset of the next `character` at or behind `from`; the text's length when there is none. */
  next(character: string, from: number): number {
    const last = this.last.get(character);
    if (last !== undefined && last.from <= from && from <= last.found) return last.found;
    const index = this.text.indexOf(character, from);
    const found = index < 0 ? this.text.length : index;
    this.last.set(character, { from, found });
    return found;
  }
}
