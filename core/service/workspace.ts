import type { FactsSnapshot } from '../facts/snapshot.ts';
import type { Grammar } from '../grammar/grammar.ts';
import type { Claims } from '../rules/claims.ts';
import type { RuleLevel } from '../rules/levels.ts';

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
  /** Levels of rules that were chosen outside of files; absent: none were. */
  levels?(): ReadonlyMap<string, RuleLevel> | undefined;
  /** Migrations beside a document that claim what it claims; absent: nobody looks for them. */
  neighbours?(uri: string): readonly Claims[];
  /** The grammar that domain XML is held against; absent: none is at hand. */
  grammar?(): Grammar | undefined;
  /** Names of the files in the folder of a document. */
  beside?(uri: string): readonly string[];
}
