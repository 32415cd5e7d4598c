import type { FactsSnapshot } from '../../../core/facts/snapshot.ts';
import type { Grammar } from '../../../core/grammar/grammar.ts';
import type { ServiceContext } from '../../../core/service/context.ts';
import { createParseCache } from '../../../core/service/parse-cache.ts';
import type { Workspace } from '../../../core/service/workspace.ts';

export interface MemoryOptions {
  readonly facts?: FactsSnapshot;
  readonly now?: number;
  readonly grammar?: Grammar;
}

/** A workspace of texts by file name; inventories are the files named `hosts.migration.yaml`. */
export function memoryWorkspace(
  files: Readonly<Record<string, string>>,
  { facts, now, grammar }: MemoryOptions = {},
): Workspace {
  return {
    read: (uri) => files[uri.replace('mem:/', '')],
    resolve: (_base, path) => `mem:/${path.replace(/^\.\//, '')}`,
    inventories: () => ('hosts.migration.yaml' in files ? ['mem:/hosts.migration.yaml'] : []),
    facts: () => facts,
    now: () => now,
    grammar: () => grammar,
  };
}

/** The context of one of these files. */
export function contextOf(
  path: string,
  files: Readonly<Record<string, string>>,
  options: MemoryOptions = {},
): ServiceContext {
  return {
    uri: `mem:/${path}`,
    languageId: undefined,
    workspace: memoryWorkspace(files, options),
    cache: createParseCache(),
  };
}
