/**
 * The last value of each key, of at most so many keys: the one that was set longest ago goes first.
 *
 * What follows from a document is kept here by its URI and compared with the document it came from,
 * not in a `WeakMap` by the document: a value that refers to its key keeps it through all collections
 * of young garbage, and every version of a document that was typed would grow old.
 */
export class Recent<Value> {
  private readonly capacity: number;
  private readonly values = new Map<string, Value>();

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get(key: string): Value | undefined {
    return this.values.get(key);
  }

  set(key: string, value: Value): void {
    this.values.delete(key);
    this.values.set(key, value);
    if (this.values.size <= this.capacity) return;
    const [oldest] = this.values.keys();
    if (oldest !== undefined) this.values.delete(oldest);
  }
}
