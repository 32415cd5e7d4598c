import { claimKeys } from '../rules/claims.ts';
import type { Claims } from '../rules/claims.ts';

/** Finds migrations of one folder that claim the same things, without comparing each with each. */
export class ClaimIndex {
  private readonly claims = new Map<
    string,
    { readonly keys: readonly string[]; readonly said: Claims }
  >();
  private readonly holders = new Map<string, Set<string>>();
  private readonly answers = new Map<string, readonly Claims[]>();

  /**
   * Takes what a document claims now (undefined: nothing, or it is gone) and returns the other
   * documents whose neighbours are different from before.
   */
  set(uri: string, claims: Claims | undefined): readonly string[] {
    const before = this.claims.get(uri);
    if (before === undefined && claims === undefined) return [];
    if (before !== undefined && claims !== undefined && sameClaims(before.said, claims)) return [];
    const keys = claims === undefined ? [] : claimKeys(claims).map((key) => inFolder(uri, key));
    const affected = new Set<string>();
    for (const key of new Set([...(before?.keys ?? []), ...keys])) {
      for (const holder of this.holders.get(key) ?? []) affected.add(holder);
    }
    for (const key of before?.keys ?? []) this.holders.get(key)?.delete(uri);
    if (claims === undefined) this.claims.delete(uri);
    else {
      this.claims.set(uri, { keys, said: claims });
      for (const key of keys) {
        const holders = this.holders.get(key) ?? new Set();
        this.holders.set(key, holders.add(uri));
      }
    }
    affected.delete(uri);
    this.answers.delete(uri);
    for (const each of affected) this.answers.delete(each);
    return [...affected];
  }

  /** Claims of other documents in the same folder that meet those of this one; the same array until they change. */
  neighbours(uri: string): readonly Claims[] {
    const known = this.answers.get(uri);
    if (known !== undefined) return known;
    const others = new Set<string>();
    for (const key of this.claims.get(uri)?.keys ?? []) {
      for (const holder of this.holders.get(key) ?? []) others.add(holder);
    }
    others.delete(uri);
    const found = [...others].sort().flatMap((other) => this.claims.get(other)?.said ?? []);
    this.answers.set(uri, found);
    return found;
  }
}

function inFolder(uri: string, key: string): string {
  return `${uri.slice(0, uri.lastIndexOf('/') + 1)} ${key}`;
}

function sameClaims(a: Claims, b: Claims): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
