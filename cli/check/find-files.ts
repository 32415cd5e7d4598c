import { closeSync, openSync, readSync, readdirSync, realpathSync, statSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { basename, relative, resolve, sep } from 'node:path';
import { say } from '../../core/messages.ts';
import { documentKind } from '../../core/service/document-kind.ts';
import { UsageError } from '../usage-error.ts';
import { globExpression, isGlob, splitGlob } from './glob.ts';

/** Entries that one search looks at; behind that the folder is not what was meant. */
const entryLimit = 500_000;
/** Folders within folders. */
const depthLimit = 64;
/** Bytes of a file that are read to see what it is; most files are shorter. */
const headLength = 64 * 1024;
/** UTF-16 code units of texts that are kept for the check that follows. */
const keptText = 128 * 1024 * 1024;
/** One for all files: each is looked at before the next one is read. */
const headBuffer = Buffer.allocUnsafe(headLength);

export interface FoundFiles {
  /** Absolute paths of what is checked, in the order of the words, each once. */
  readonly files: readonly string[];
  /** Texts of those files that were read whole while looking at them, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** Files that were named and are none of ours. */
  readonly foreign: readonly string[];
  /** Folders and files that may hold something to check and could not be read. */
  readonly unreadable: readonly string[];
}

/**
 * What the words of the command line name: files, folders (searched for migration files, domain
 * XML, and other XML whose root is `<domain type=…>`) and globs. Throws UsageError for a word that
 * names nothing, because a check of nothing must not pass for a clean one.
 */
export function findFiles(
  words: readonly string[],
  exclude: readonly string[],
  folder: string,
): FoundFiles {
  const search = new Search(folder, exclude.map(globExpression));
  for (const word of words.length === 0 ? ['.'] : words) search.word(word);
  return search;
}

class Search implements FoundFiles {
  private readonly found = new Set<string>();
  readonly texts = new Map<string, string>();
  readonly foreign: string[] = [];
  readonly unreadable: string[] = [];
  private readonly folder: string;
  private readonly exclude: readonly RegExp[];
  private entries = 0;
  private kept = 0;

  constructor(folder: string, exclude: readonly RegExp[]) {
    this.folder = folder;
    this.exclude = exclude;
  }

  get files(): readonly string[] {
    return [...this.found];
  }

  word(word: string): void {
    const path = resolve(this.folder, word);
    const kind = kindOf(path);
    if (kind === 'folder') this.walk(path, (file) => this.isOurs(file, 'folder'));
    else if (kind === 'file') this.named(path);
    else if (kind === 'other') this.unreadable.push(path);
    else if (isGlob(word)) this.glob(word);
    else throw new UsageError(say('There is no file or folder {0}.', word));
  }

  private named(path: string): void {
    if (this.excluded(path)) return;
    const ours = this.isOurs(path, 'named');
    if (ours === undefined) this.unreadable.push(path);
    else if (ours) this.found.add(path);
    else this.foreign.push(path);
  }

  private glob(glob: string): void {
    const { folder, rest } = splitGlob(glob.split(sep).join('/'));
    const start = resolve(this.folder, folder);
    const expression = globExpression(rest);
    const matches: string[] = [];
    this.walk(start, (file) => {
      if (!expression.test(relative(start, file).split(sep).join('/'))) return false;
      const ours = this.isOurs(file, 'named');
      if (ours !== false) matches.push(file);
      return ours;
    });
    if (matches.length === 0) {
      throw new UsageError(say('No migration file and no domain XML matches {0}.', glob));
    }
  }

  /** Visits each real folder once, so that symbolic links cannot lead in a circle. */
  private walk(
    start: string,
    wanted: (file: string) => boolean | undefined,
    seen = new Set<string>(),
    depth = 0,
  ): void {
    let entries: readonly Dirent[];
    try {
      const real = realpathSync(start);
      if (seen.has(real)) return;
      seen.add(real);
      if (depth > depthLimit) throw new Error('too deep');
      entries = readdirSync(start, { withFileTypes: true });
    } catch {
      this.unreadable.push(start);
      return;
    }
    const inOrder = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of inOrder) {
      const { name } = entry;
      if (++this.entries > entryLimit) {
        throw new UsageError(
          say('There are more than {0} files below {1}; name a smaller folder.', entryLimit, start),
        );
      }
      const path = start.endsWith(sep) ? start + name : start + sep + name;
      if (this.excluded(path)) continue;
      const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : kindOf(path);
      if (kind === 'folder') {
        if (!skippedFolder(name)) this.walk(path, wanted, seen, depth + 1);
      } else if (kind === 'file') {
        const ours = wanted(path);
        if (ours === undefined) this.unreadable.push(path);
        else if (ours) this.found.add(path);
      } else if (kind === 'other' && documentKind(path, undefined, '') !== undefined) {
        this.unreadable.push(path);
      }
    }
  }

  /** `--exclude` is matched against the path below the current folder, its folders, and the name. */
  private excluded(path: string): boolean {
    if (this.exclude.length === 0) return false;
    const below = relative(this.folder, path).split(sep).join('/');
    const name = basename(path);
    return this.exclude.some((each) => each.test(below) || each.test(name));
  }

  /**
   * Is it a migration file or domain XML? By its name, or for other XML by its root element; in a
   * folder that nobody looked through by hand the root needs the `type` that libvirt demands, because
   * other programs have a `<domain>`, too. Undefined when it cannot be read.
   */
  private isOurs(path: string, how: 'named' | 'folder'): boolean | undefined {
    const name = sep === '/' ? path : path.split(sep).join('/');
    const byName = documentKind(name, undefined, '') !== undefined;
    if (!byName && !/\.xml$/i.test(path)) return false;
    const head = readHead(path);
    if (head === undefined) return undefined;
    const ours =
      byName ||
      (documentKind(name, undefined, head.text) === 'domain-xml' &&
        (how === 'named' || /<domain\s[^>]*?\btype\s*=/.test(head.text)));
    if (ours && head.whole && (this.kept += head.text.length) <= keptText)
      this.texts.set(path, head.text);
    return ours;
  }
}

/**
 * A regular file, a folder, something else (a pipe would never end, a link leads in a circle), or
 * undefined for nothing, which a symbolic link can lead to, too.
 */
function kindOf(path: string): 'file' | 'folder' | 'other' | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    return stat.isDirectory() ? 'folder' : stat.isFile() ? 'file' : 'other';
  } catch {
    return 'other';
  }
}

function skippedFolder(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules' || name === 'dist' || name === 'out';
}

function readHead(path: string): { readonly text: string; readonly whole: boolean } | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const length = readSync(file, headBuffer, 0, headLength, 0);
    return { text: headBuffer.toString('utf8', 0, length), whole: length < headLength };
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
