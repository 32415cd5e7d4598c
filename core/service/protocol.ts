/**
 * Messages beyond the Language Server Protocol, as plain data: shared by the server and by every
 * client. `docs/protocol.md` describes them for other editors.
 */
import type { FactsSnapshot } from '../facts/snapshot.ts';
import type { Severity } from '../problems.ts';
import type { PositionRange } from '../text/lines.ts';

/** Notification, client to server: all facts collected so far replace those known before. */
export const factsMethod = 'livemigrate/facts';
export interface FactsParams {
  /** `null` forgets all facts. */
  readonly snapshot: FactsSnapshot | null;
}

/** Request: checks one document now, with the facts the server has. */
export const checkMethod = 'livemigrate/check';
/** Request: what a descriptor says about the migration it describes. */
export const modelMethod = 'livemigrate/model';
export interface DocumentParams {
  readonly uri: string;
}

export interface CheckResponse {
  readonly problems: readonly CheckedProblem[];
  readonly waiting: readonly WaitingGroup[];
}

/** A problem in the user's language. */
export interface CheckedProblem {
  readonly uri: string;
  readonly range: PositionRange;
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** Address of the page that documents the code; null where the pages are not at hand. */
  readonly documentation: string | null;
  readonly fixes: readonly {
    readonly title: string;
    readonly edits: readonly {
      readonly uri: string;
      readonly range: PositionRange;
      readonly newText: string;
    }[];
  }[];
}

/** Checks that wait for one host (or for the file, when `host` is null) for one reason. */
export interface WaitingGroup {
  readonly host: string | null;
  readonly why: string;
  readonly rules: readonly string[];
}

/** Null for a document that is no readable `kind: Migration`. */
export type ModelResponse = {
  readonly domain: string | null;
  readonly source: string | null;
  readonly destination: string | null;
  readonly domainXml: string | null;
  /** URIs of the inventories that apply, nearest first. */
  readonly inventories: readonly string[];
  readonly disks: readonly { readonly target: string; readonly action: string | null }[];
} | null;

/** Options that `initialize` takes in `initializationOptions`; all may be absent. */
export interface ServerOptions {
  /** Language of the messages, e.g. `zh-cn`; wins over the protocol's own `locale`. */
  readonly locale?: string;
  /** Path of a facts file (`livemigrate facts -o FILE`), read again whenever it changes. */
  readonly factsFile?: string;
  /** Path of an inventory, absolute or relative to the first workspace folder. */
  readonly inventory?: string;
  /** URI of the folder that holds `docs/rules`; absent: the folder of the running package. */
  readonly documentationBase?: string;
}

/** Commands that code lenses carry; the editor's extension provides them. */
export const commands = {
  preflight: 'liveMigrate.migration.preflight',
  benchmark: 'liveMigrate.domain.benchmarkDirtyRate',
  preview: 'liveMigrate.migration.preview',
  launch: 'liveMigrate.migration.launch',
  refreshHost: 'liveMigrate.host.refresh',
} as const;
