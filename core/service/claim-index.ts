import { claimKeys } from '../rules/claims.ts';
import type { Claims } from '../rules/claims.ts';

/** What one document claims, and the keys under which it can meet others. */
interface Entry {
  readonly keys: readonly string[];
  readonly said: Claims;
}

/** Documents of one folder by the keys of what they claim. */
type Holders = Map<string, Set<string>>;

/** Finds migrations of one folder that claim the same things, without comparing each with each. */
export class ClaimIndex {
  private readonly entries = new Map<string, Entry>();
  private readonly folders = new Map<string, Holders>();
  private readonly answers = new Map<string, readonly Claims[]>();

  /**
   * Takes what a document claims now (undefined: nothing, or it is gone) and returns the other
   * documents whose neighbours are different from before.
   */
  set(uri: string, claims: Claims | undefined): readonly string[] {
    const before = this.entries.get(uri);
    if (before === undefined && claims === undefined) return [];
    if (before !== undefined && claims !== undefined && isSame(before.said, claims)) return [];
    const were = before?.keys ?? [];
    const keys = claims === undefined ? [] : claimKeys(claims);
    const holders = this.holdersBeside(uri);
    const affected = holdersOf([...were, ...keys], holders);
    affected.delete(uri);
    for (const key of were) drop(uri, key, holders);
    for (const key of keys) hold(uri, key, holders);
    if (claims === undefined) this.entries.delete(uri);
    else this.entries.set(uri, { keys, said: claims });
    this.answers.delete(uri);
    for (const each of affected) this.answers.delete(each);
    return [...affected];
  }

  /** Claims of other documents in the same folder that meet those of this one; the same array until they change. */
  neighbours(uri: string): readonly Claims[] {
    const known = this.answers.get(uri);
    if (known !== undefined) return known;
    const others = holdersOf(this.entries.get(uri)?.keys ?? [], this.holdersBeside(uri));
    others.delete(uri);
    const found = [...others].sort().flatMap((other) => this.entries.get(other)?.said ?? []);
    this.answers.set(uri, found);
    return found;
  }

  private holdersBeside(uri: string): Holders {
    const folder = uri.slice(0, uri.lastIndexOf('/') + 1);
    let holders = this.folders.get(folder);
    if (holders === undefined) this.folders.set(folder, (holders = new Map<string, Set<string>>()));
    return holders;
  }
}

function holdersOf(keys: readonly string[], holders: Holders): Set<string> {
  const found = new Set<string>();
  for (const key of keys) holders.get(key)?.forEach((uri) => found.add(uri));
  return found;
}

function hold(uri: string, key: string, holders: Holders): void {
  const known = holders.get(key);
  if (known === undefined) holders.set(key, new Set([uri]));
  else known.add(uri);
}

function drop(uri: string, key: string, holders: Holders): void {
  const known = holders.get(key);
  known?.delete(uri);
  if (known?.size === 0) holders.delete(key);
}

function isSame(a: Claims, b: Claims): boolean {
  if (a === b) return true;
  // A change of the text moves what stands below it, so that most are told apart by their last place.
  if (a.images.at(-1)?.span.start !== b.images.at(-1)?.span.start) return false;
  return JSON.stringify(a) === JSON.stringify(b);
}
