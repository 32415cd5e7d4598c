import type { FactsSnapshot } from '../facts/snapshot.ts';

/** What the language service can ask of the world; the edges implement it over files or memory. */
export interface Workspace {
  /** The newest text of a document (open in an editor, or on disk); undefined when there is none. */
  read(uri: string): string | undefined;
  /** The URI of `path` as written in the document `base`. */
  resolve(base: string, path: string): string;
  /** URIs of the inventories that apply to a document, nearest first. */
  inventories(uri: string): readonly string[];
  /** Facts collected so far; undefined when no host was ever asked. */
  facts(): FactsSnapshot | undefined;
  /** Epoch milliseconds; undefined where time plays no part (fixtures). */
  now(): number | undefined;
}
