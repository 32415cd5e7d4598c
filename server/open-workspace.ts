import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { documentKind, isDescriptorName } from '../core/service/document-kind.ts';
import type { Grammar } from '../core/grammar/grammar.ts';
import { GrammarLibrary, grammarsIn } from '../core/grammar/library.ts';
import { oldestLibvirt } from '../core/service/domain-grammar.ts';
import type { ParseCache } from '../core/service/parse-cache.ts';
import type { Workspace } from '../core/service/workspace.ts';
import type { Claims } from '../core/rules/claims.ts';
import type { RuleLevel } from '../core/rules/levels.ts';
import type { FactsSnapshot } from '../core/facts/snapshot.ts';
import { canonicalUri, filePath, resolvePath } from './file-uri.ts';
import type { Files } from './files.ts';

/** Parents above a document that are searched when it lies in no workspace folder. */
const looseParents = 2;
/** Milliseconds for which a folder's inventories are remembered when nobody tells of changes. */
const unwatchedMemoAge = 2000;

/** The core's view of the world: open documents first, then the disk. */
export class OpenWorkspace implements Workspace {
  /** Paths of the workspace folders. */
  folders: readonly string[] = [];
  /** The `liveMigrate.inventory` setting. */
  inventorySetting: string | undefined;
  /** True when the editor tells of changed files; else folders are looked through again. */
  filesAreWatched = false;
  /** Canonical URIs of descriptors and domain XML in the workspace folders, looked at unopened. */
  unopened: ReadonlySet<string> = new Set();
  /** Levels of rules that the settings choose. */
  ruleLevels: ReadonlyMap<string, RuleLevel> | undefined;
  /** Folders with compiled grammars, the best first. */
  grammarFolders: readonly string[] = [];
  /** Who claims what a document claims. */
  claimants: (uri: string) => readonly Claims[] = () => [];
  /** Counts everything that may change an answer. */
  generation = 0;
  snapshot: FactsSnapshot | undefined;

  private readonly open = new Map<string, TextDocument>();
  private readonly inventoryMemo = new Map<string, { at: number; uris: string[] }>();
  /** Inventories that apply in a folder, while nothing has changed. */
  private readonly applying = new Map<string, readonly string[]>();
  /** Texts of files that the editor watches: they are the same until it tells of a change. */
  private readonly watchedTexts = new Map<string, string | undefined>();
  private readonly files: Files;
  private readonly cache: ParseCache;
  private grammars: GrammarLibrary | undefined;

  constructor(files: Files, cache: ParseCache) {
    this.files = files;
    this.cache = cache;
  }

  /** Other facts are known; with them a host's own grammar may have been kept. */
  factsChanged(snapshot: FactsSnapshot | undefined): void {
    this.snapshot = snapshot;
    const version = oldestLibvirt(snapshot);
    if (version !== undefined && this.grammars?.has(version) !== true) this.grammars = undefined;
  }

  /** Something outside the open documents has changed: files, facts or settings. */
  changed(): void {
    this.generation++;
    this.inventoryMemo.clear();
    this.applying.clear();
    this.watchedTexts.clear();
  }

  /** Tells whether other inventories may apply because of a change of this file. */
  fileChanged(uri: string): boolean {
    this.generation++;
    this.watchedTexts.delete(canonicalUri(uri));
    return this.textMayBeInventory(canonicalUri(uri), this.read(uri));
  }

  setOpen(document: TextDocument): void {
    this.open.set(canonicalUri(document.uri), document);
    this.changed();
  }

  setClosed(uri: string): void {
    this.open.delete(canonicalUri(uri));
    this.changed();
  }

  /** An open document has another text. Tells whether other inventories may apply because of it. */
  textChanged(document: TextDocument): boolean {
    this.generation++;
    return this.textMayBeInventory(canonicalUri(document.uri), document.getText());
  }

  private textMayBeInventory(uri: string, text: string | undefined): boolean {
    const was = [...this.inventoryMemo.values()].some((memo) => memo.uris.includes(uri));
    const is = text !== undefined && looksLikeInventory(text) && this.isInventory(uri);
    if (was === is) return false;
    this.inventoryMemo.clear();
    this.applying.clear();
    return true;
  }

  document(uri: string): TextDocument | undefined {
    return this.open.get(canonicalUri(uri));
  }

  documents(): readonly TextDocument[] {
    return [...this.open.values()];
  }

  /** Descriptors of the workspace and those that are open, each once, in the editor's spelling. */
  allDescriptors(): readonly string[] {
    const open = [...this.open.values()]
      .filter(({ uri, languageId }) => documentKind(uri, languageId, '') === 'descriptor')
      .map(({ uri }) => uri);
    const unopened = [...this.unopened].filter(
      (uri) => isDescriptorName(uri) && !this.open.has(uri),
    );
    return [...open, ...unopened];
  }

  read(uri: string): string | undefined {
    const key = canonicalUri(uri);
    const document = this.open.get(key);
    if (document !== undefined) return document.getText();
    if (this.watchedTexts.has(key)) return this.watchedTexts.get(key);
    const path = filePath(key);
    if (path === undefined) return undefined;
    const text = this.files.read(path);
    if (this.filesAreWatched && this.folders.some((folder) => isWithin(path, folder))) {
      this.watchedTexts.set(key, text);
    }
    return text;
  }

  resolve(base: string, path: string): string {
    return this.spelling(resolvePath(base, path, this.folders[0]));
  }

  grammar(): Grammar | undefined {
    const { files, grammarFolders } = this;
    const version = oldestLibvirt(this.snapshot);
    this.grammars ??= new GrammarLibrary(
      grammarsIn(grammarFolders, {
        list: (folder) => files.list(folder),
        read: (folder, name) => files.read(join(folder, name)),
      }),
    );
    return this.grammars.for(version);
  }

  /** Facts do not depend on the document: hosts go by their inventory names. */
  facts(): FactsSnapshot | undefined {
    return this.snapshot;
  }

  now(): number {
    return Date.now();
  }

  levels(): ReadonlyMap<string, RuleLevel> | undefined {
    return this.ruleLevels;
  }

  neighbours(uri: string): readonly Claims[] {
    return this.claimants(uri);
  }

  beside(uri: string): readonly string[] {
    const path = filePath(uri);
    return path === undefined ? [] : this.files.list(dirname(path));
  }

  inventories(uri: string): readonly string[] {
    if (!this.filesAreWatched) return this.findInventories(uri);
    const folder = uri.slice(0, uri.lastIndexOf('/'));
    const known = this.applying.get(folder) ?? this.findInventories(uri);
    this.applying.set(folder, known);
    return known;
  }

  private findInventories(uri: string): readonly string[] {
    const found = this.searchedFolders(uri).flatMap((folder) => this.inventoriesIn(folder));
    const setting = this.inventorySetting;
    const configured =
      setting === undefined || setting === ''
        ? []
        : [pathToFileURL(resolve(this.folders[0] ?? '.', setting)).href];
    return [...new Set([...found, ...configured].map((each) => this.spelling(each)))];
  }

  /** The editor's own spelling of an open document's URI, so that findings meet their document. */
  private spelling(uri: string): string {
    return this.document(uri)?.uri ?? uri;
  }

  /** The document's folder and its parents, up to the workspace folder that holds it. */
  private searchedFolders(uri: string): readonly string[] {
    const path = filePath(uri);
    if (path === undefined) return this.folders.slice(0, 1);
    const start = dirname(path);
    const root = this.folders.find((folder) => isWithin(start, folder));
    const folders = [start];
    for (let folder = start; folder !== root && folders.length < 32;) {
      if (root === undefined && folders.length > looseParents) break;
      const parent = dirname(folder);
      if (parent === folder) break;
      folders.push(parent);
      folder = parent;
    }
    return folders;
  }

  private inventoriesIn(folder: string): readonly string[] {
    const memo = this.inventoryMemo.get(folder);
    const now = Date.now();
    if (memo !== undefined && (this.filesAreWatched || now - memo.at < unwatchedMemoAge)) {
      return memo.uris;
    }
    const names = new Set(this.files.list(folder).filter(isDescriptorName));
    for (const document of this.open.values()) {
      const path = filePath(document.uri);
      if (path !== undefined && dirname(path) === folder && isDescriptorName(path)) {
        names.add(relative(folder, path));
      }
    }
    const uris = [...names]
      .sort()
      .map((name) => pathToFileURL(join(folder, name)).href)
      .filter((uri) => this.isInventory(uri));
    if (this.inventoryMemo.size > 256) this.inventoryMemo.clear();
    this.inventoryMemo.set(folder, { at: now, uris });
    return uris;
  }

  private isInventory(uri: string): boolean {
    const text = this.read(uri);
    // A look at the text spares parsing every migration of a large folder.
    if (text === undefined || !looksLikeInventory(text)) return false;
    return this.cache.descriptor(uri, text).kind === 'HostInventory';
  }
}

function isWithin(path: string, folder: string): boolean {
  const inside = relative(folder, path);
  return inside === '' || (!inside.startsWith('..') && !/^([a-zA-Z]:|[\\/])/.test(inside));
}

function looksLikeInventory(text: string): boolean {
  // The word alone is found fast; most documents do not hold it.
  return text.includes('HostInventory') && /^\s*kind\s*:\s*["']?HostInventory\b/m.test(text);
}
