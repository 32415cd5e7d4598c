const none: ReadonlySet<string> = new Set();

/** Which documents point to which, to be asked from the far end. */
export class Links {
  private readonly forward = new Map<string, readonly string[]>();
  private readonly backward = new Map<string, Set<string>>();

  /** Replaces everything that `from` points to. */
  set(from: string, to: readonly string[]): void {
    const before = this.forward.get(from) ?? [];
    if (before.length === to.length && before.every((each, index) => each === to[index])) return;
    for (const each of before) {
      const pointing = this.backward.get(each);
      pointing?.delete(from);
      if (pointing?.size === 0) this.backward.delete(each);
    }
    if (to.length === 0) this.forward.delete(from);
    else this.forward.set(from, to);
    for (const each of to) {
      const pointing = this.backward.get(each);
      if (pointing === undefined) this.backward.set(each, new Set([from]));
      else pointing.add(from);
    }
  }

  /** What points to `to`. */
  of(to: string): ReadonlySet<string> {
    return this.backward.get(to) ?? none;
  }

  /** Everything that is pointed to. */
  keys(): Iterable<string> {
    return this.backward.keys();
  }
}
