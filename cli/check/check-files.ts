import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FactsSnapshot } from '../../core/facts/snapshot.ts';
import type { Problem } from '../../core/problems.ts';
import { claimsOf } from '../../core/rules/claims.ts';
import type { WaitingRule } from '../../core/rules/engine.ts';
import type { SuppressedFinding } from '../../core/rules/ignore.ts';
import type { RuleLevel } from '../../core/rules/levels.ts';
import { ClaimIndex } from '../../core/service/claim-index.ts';
import { diagnose } from '../../core/service/diagnose.ts';
import { isDescriptorName } from '../../core/service/document-kind.ts';
import { createParseCache } from '../../core/service/parse-cache.ts';
import type { ParseCache } from '../../core/service/parse-cache.ts';
import { surroundingsOf } from '../../core/service/surroundings.ts';
import type { Workspace } from '../../core/service/workspace.ts';
import { grammarFolders } from '../package-folder.ts';
import { diskWorkspace } from '../../hosts/workspace/disk-workspace.ts';

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
  readonly waiting: readonly WaitingRule[];
  /** The checked documents and those that were looked at for them. */
  readonly documents: ReadonlySet<string>;
  readonly read: (uri: string) => string | undefined;
}

/** Documents whose parsed form is kept: a migration is looked at once for its folder, once for itself. */
const rememberedDocuments = 4096;
/** UTF-16 code units of texts that are kept. */
const rememberedText = 128 * 1024 * 1024;

/** Checks documents of this machine, by URI, as the language server does. */
export function checkFiles(uris: readonly string[], options: CheckOptions): CheckedFiles {
  const claims = new ClaimIndex();
  const disk = diskWorkspace({
    facts: options.facts,
    inventory: options.inventory,
    now: () => Date.now(),
    open: options.texts,
    grammarFolders: grammarFolders(),
  });
  const workspace: Workspace = {
    ...disk,
    read: readOnce((uri) => disk.read(uri)),
    levels: () => options.levels,
    neighbours: (uri) => claims.neighbours(uri),
  };
  const cache = createParseCache(uris.some(isDescriptorName) ? rememberedDocuments : 1);
  const problems: Problem[] = [];
  const suppressed: SuppressedFinding[] = [];
  const waiting: WaitingRule[] = [];
  const documents = new Set(uris);
  // Folder by folder, because only migrations of one folder are compared: what was parsed for the
  // comparison is then still at hand.
  for (const inFolder of byFolder(uris)) {
    const descriptors = inFolder.filter((uri) => isDescriptorName(uri));
    for (const uri of new Set([...descriptors, ...besides(descriptors)])) {
      claims.set(uri, claimsIn(uri, workspace, cache));
    }
    for (const uri of inFolder) {
      const found = diagnose(uri, workspace, cache);
      problems.push(...found.problems);
      suppressed.push(...(found.suppressed ?? []));
      waiting.push(...found.waiting);
      for (const document of found.dependsOn) documents.add(document);
    }
  }
  return {
    problems: sortedOnce(problems),
    suppressed,
    waiting,
    documents,
    read: (uri) => workspace.read(uri),
  };
}

/**
 * One look at the files is one state of them: a file that several migrations refer to, or that a
 * finding is shown from, is read once.
 */
function readOnce(read: Workspace['read']): Workspace['read'] {
  const texts = new Map<string, string | undefined>();
  let length = 0;
  return (uri) => {
    if (texts.has(uri)) return texts.get(uri);
    const text = read(uri);
    length += text?.length ?? 0;
    if (length > rememberedText) {
      texts.clear();
      length = text?.length ?? 0;
    }
    texts.set(uri, text);
    return text;
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
function besides([first]: readonly string[]): readonly string[] {
  if (first === undefined) return [];
  const folder = dirname(fileURLToPath(first));
  try {
    const names = readdirSync(folder).filter(isDescriptorName);
    return names.map((name) => pathToFileURL(join(folder, name)).href);
  } catch {
    return [];
  }
}

function claimsIn(uri: string, workspace: Workspace, cache: ParseCache) {
  const text = workspace.read(uri);
  const descriptor = text === undefined ? undefined : cache.descriptor(uri, text);
  if (descriptor?.kind !== 'Migration') return undefined;
  const { domainXml } = surroundingsOf(descriptor, workspace, cache);
  return claimsOf(descriptor, domainXml?.domain);
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
