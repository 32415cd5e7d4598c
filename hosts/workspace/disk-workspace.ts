import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { loadDescriptor } from '../../core/descriptor/load.ts';
import type { FactsSnapshot } from '../../core/facts/snapshot.ts';
import { GrammarLibrary, grammarsIn } from '../../core/grammar/library.ts';
import { isDescriptorName } from '../../core/service/document-kind.ts';
import { oldestLibvirt } from '../../core/service/domain-grammar.ts';
import type { Workspace } from '../../core/service/workspace.ts';
import { currentFiles } from './text-files.ts';
import type { TextFiles } from './text-files.ts';

/** Folders above a document that are searched for inventories. */
const searchedParents = 8;

export interface DiskWorkspaceOptions {
  /** Facts to check against, e.g. from `--facts`. */
  readonly facts?: FactsSnapshot | undefined;
  /** An inventory named by the user; it comes after those that lie beside the document. */
  readonly inventory?: string | undefined;
  /** Folder above which no inventory is searched. */
  readonly root?: string | undefined;
  readonly now: () => number;
  /** Folders with compiled grammars of domain XML, the best first; none: it is not held against one. */
  readonly grammarFolders?: readonly string[];
  /** Texts that are newer than the disk, by URI: open documents of an editor. */
  readonly open?: ReadonlyMap<string, string>;
  /** Absent: files as they are each time they are asked for. */
  readonly files?: TextFiles;
}

/** The language service's view of files on this machine. Inventories are looked for upwards. */
export function diskWorkspace(options: DiskWorkspaceOptions): Workspace {
  const folders = new Map<string, readonly string[]>();
  /** By the URI of a document's folder. */
  const seenFrom = new Map<string, readonly string[]>();
  let library: GrammarLibrary | undefined;
  const { files = currentFiles } = options;
  const read = (uri: string): string | undefined => options.open?.get(uri) ?? files.read(uri);
  const inventoriesIn = (folder: string): readonly string[] => {
    const remembered = folders.get(folder);
    if (remembered !== undefined) return remembered;
    const found = files
      .list(folder)
      .filter(isDescriptorName)
      .map((name) => pathToFileURL(join(folder, name)).href)
      .filter((uri) => isInventory(uri, read(uri)));
    folders.set(folder, found);
    return found;
  };
  return {
    read,
    resolve: (base, path) => pathToFileURL(resolve(dirname(fileURLToPath(base)), path)).href,
    inventories(uri) {
      const folder = uri.slice(0, uri.lastIndexOf('/'));
      const known = seenFrom.get(folder);
      if (known !== undefined) return known;
      const near = parents(dirname(fileURLToPath(uri)), options.root).flatMap(inventoriesIn);
      const named =
        options.inventory === undefined ? [] : [pathToFileURL(resolve(options.inventory)).href];
      const found = [...new Set([...near, ...named])];
      seenFrom.set(folder, found);
      return found;
    },
    facts: () => options.facts,
    now: options.now,
    grammar() {
      library ??= new GrammarLibrary(
        grammarsIn(options.grammarFolders ?? [], {
          list: (folder) => files.list(folder),
          read: (folder, name) => files.read(pathToFileURL(join(folder, name)).href),
        }),
      );
      return library.for(oldestLibvirt(options.facts));
    },
  };
}

function parents(folder: string, root: string | undefined): readonly string[] {
  const found = [folder];
  let current = folder;
  while (found.length <= searchedParents && current !== root && dirname(current) !== current) {
    current = dirname(current);
    found.push(current);
  }
  return found;
}

function isInventory(uri: string, text: string | undefined): boolean {
  if (text === undefined || !/^\s*kind\s*:\s*["']?HostInventory\b/m.test(text)) return false;
  return loadDescriptor(uri, text).kind === 'HostInventory';
}
