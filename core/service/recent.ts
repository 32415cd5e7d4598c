/**
 * The last value of each key, of the last so many keys that were set, and of some before them.
 *
 * It is made for V8's collector, under which what is dropped here is to go with the young garbage. What
 * follows from a document is kept by its URI and compared with the document it came from, not in a
 * `WeakMap` by the document: a value that refers to its key is kept by it through all collections of
 * young garbage. And a generation of keys is dropped as a whole: in a `Map` that entries come into and go
 * from one by one, tables that were given up keep the later ones.
 */
export class Recent<Value> {
  private readonly capacity: number;
  private values = new Map<string, Value>();
  private former = new Map<string, Value>();

  /** `capacity`: keys that are kept for certain; at most twice as many are. */
  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get(key: string): Value | undefined {
    return this.values.get(key) ?? this.former.get(key);
  }

  set(key: string, value: Value): void {
    if (this.values.size >= this.capacity && !this.values.has(key)) {
      this.former = this.values;
      this.values = new Map();
    }
    this.values.set(key, value);
  }
}
