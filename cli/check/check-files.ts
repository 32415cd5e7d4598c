import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FactsSnapshot } from '../../core/facts/snapshot.ts';
import type { Problem } from '../../core/problems.ts';
import { shownByDefinition } from '../../core/rules/check-definition.ts';
import { claimsOf } from '../../core/rules/claims.ts';
import type { SuppressedFinding } from '../../core/rules/ignore.ts';
import type { RuleLevel } from '../../core/rules/levels.ts';
import { ClaimIndex } from '../../core/service/claim-index.ts';
import { diagnose } from '../../core/service/diagnose.ts';
import { isDescriptorName } from '../../core/service/document-kind.ts';
import { createParseCache } from '../../core/service/parse-cache.ts';
import type { ParseCache } from '../../core/service/parse-cache.ts';
import { linkedDomainXml } from '../../core/service/surroundings.ts';
import type { Workspace } from '../../core/service/workspace.ts';
import { grammarFolders } from '../package-folder.ts';
import { diskWorkspace } from '../../hosts/workspace/disk-workspace.ts';
import { filesOnce } from '../../hosts/workspace/text-files.ts';
import type { TextFiles } from '../../hosts/workspace/text-files.ts';
import { WaitingRules } from './waiting-rules.ts';
import type { Wait } from './waiting-rules.ts';

export interface CheckOptions {
  readonly facts: FactsSnapshot | undefined;
  readonly inventory: string | undefined;
  readonly levels: ReadonlyMap<string, RuleLevel>;
  /** Texts that stand for files of this name. */
  readonly texts: ReadonlyMap<string, string>;
}

export interface CheckedFiles {
  /** Sorted by file and place; a finding that several files lead to is there once. */
  readonly problems: readonly Problem[];
  readonly suppressed: readonly SuppressedFinding[];
  readonly waits: readonly Wait[];
  /** The checked documents and those that were looked at for them. */
  readonly documents: ReadonlySet<string>;
  readonly read: (uri: string) => string | undefined;
}

/** Documents of one folder whose parsed form is kept: each is looked at for the others and for itself. */
const rememberedDocuments = 4096;
/** Documents of other folders that are kept beside them: inventories, linked domain XML. */
const rememberedBeside = 8;

/** Checks documents of this machine, by URI, as the language server does. */
export function checkFiles(uris: readonly string[], options: CheckOptions): CheckedFiles {
  const claims = new ClaimIndex();
  const files = filesOnce(options.texts);
  const workspace: Workspace = {
    ...diskWorkspace({
      facts: options.facts,
      inventory: options.inventory,
      now: () => Date.now(),
      files,
      grammarFolders: grammarFolders(),
    }),
    levels: () => options.levels,
    neighbours: (uri) => claims.neighbours(uri),
  };
  const folders = byFolder(uris);
  const largest = folders.reduce((most, { length }) => Math.max(most, length), 0);
  const cache = createParseCache(
    uris.some(isDescriptorName) ? Math.min(largest, rememberedDocuments) + rememberedBeside : 1,
    true,
  );
  const problems: Problem[] = [];
  const suppressed: SuppressedFinding[] = [];
  const waiting = new WaitingRules();
  /** What the migrations refer to. */
  const linked = new Set<string>();
  // Folder by folder, because only migrations of one folder are compared: what was parsed for the
  // comparison is then still at hand.
  for (const inFolder of folders) {
    const descriptors = inFolder.filter((uri) => isDescriptorName(uri));
    for (const uri of new Set([...descriptors, ...besides(descriptors, files)])) {
      claims.set(uri, claimsIn(uri, workspace, cache));
    }
    for (const uri of inFolder) {
      const found = diagnose(uri, workspace, cache);
      problems.push(...found.problems);
      suppressed.push(...(found.suppressed ?? []));
      waiting.add(found.waiting);
      for (const document of found.dependsOn) linked.add(document);
    }
  }
  // What a definition shows is told with the migrations of the domain, where there are any.
  const isTold = ({ uri, code }: Problem): boolean => linked.has(uri) && shownByDefinition(code);
  return {
    problems: sortedOnce(problems.filter((problem) => !isTold(problem))),
    suppressed: suppressed.filter(({ problem }) => !isTold(problem)),
    waits: waiting.waits,
    documents: new Set([...uris, ...linked]),
    read: (uri) => workspace.read(uri),
  };
}

function byFolder(uris: readonly string[]): readonly (readonly string[])[] {
  const folders = new Map<string, string[]>();
  for (const uri of uris) {
    const folder = uri.slice(0, uri.lastIndexOf('/'));
    const known = folders.get(folder);
    if (known === undefined) folders.set(folder, [uri]);
    else known.push(uri);
  }
  return [...folders.values()];
}

/** The migrations in the folder of these. */
function besides([first]: readonly string[], files: TextFiles): readonly string[] {
  if (first === undefined) return [];
  const folder = dirname(fileURLToPath(first));
  const names = files.list(folder).filter(isDescriptorName);
  return names.map((name) => pathToFileURL(join(folder, name)).href);
}

function claimsIn(uri: string, workspace: Workspace, cache: ParseCache) {
  const text = workspace.read(uri);
  const descriptor = text === undefined ? undefined : cache.descriptor(uri, text);
  if (descriptor?.kind !== 'Migration') return undefined;
  const { xml } = linkedDomainXml(descriptor, workspace, cache);
  return claimsOf(descriptor, xml?.domain);
}

function sortedOnce(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map<string, Problem>();
  for (const problem of problems) {
    const key = JSON.stringify([problem.uri, problem.span, problem.code, problem.message]);
    if (!seen.has(key)) seen.set(key, problem);
  }
  return [...seen.values()].sort((a, b) =>
    a.uri === b.uri ? a.span.start - b.span.start : a.uri < b.uri ? -1 : 1,
  );
}
