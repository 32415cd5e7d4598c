import { compareVersions } from './versions.ts';
import { loadGrammar } from './grammar.ts';
import type { Grammar } from './grammar.ts';

/** A compiled grammar that can be read when it is needed. */
export interface GrammarSource {
  /** Three numbers: the libvirt that the schema belongs to. */
  readonly version: string;
  /** Gives the compiled data; may throw when it cannot be read. */
  readonly read: () => unknown;
}

/** What a library needs of the file system. */
export interface GrammarFiles {
  /** Names in a folder; empty when there is none. */
  list(folder: string): readonly string[];
  /** Text of a file in a folder; undefined when it cannot be read. */
  read(folder: string, name: string): string | undefined;
}

/** Grammars by libvirt version; each is loaded when it is first asked for. */
export class GrammarLibrary {
  private readonly sources: readonly GrammarSource[];
  private readonly loaded = new Map<GrammarSource, Grammar | undefined>();

  constructor(sources: readonly GrammarSource[]) {
    this.sources = sources.toSorted((a, b) => compareVersions(a.version, b.version));
  }

  /**
   * The grammar for documents that a libvirt of this version has to understand: its own, else the
   * next newer one, which at least never turns down what the host accepts; else the newest. Undefined
   * when no grammar can be read.
   */
  for(version: string | undefined): Grammar | undefined {
    const newer =
      version === undefined
        ? []
        : this.sources.filter((source) => compareVersions(source.version, version) >= 0);
    const others = this.sources.filter((source) => !newer.includes(source)).toReversed();
    for (const source of [...newer, ...others]) {
      const grammar = this.load(source);
      if (grammar !== undefined) return grammar;
    }
    return undefined;
  }

  /** Is there a grammar of exactly this version? */
  has(version: string): boolean {
    return this.sources.some((source) => source.version === version);
  }

  private load(source: GrammarSource): Grammar | undefined {
    if (!this.loaded.has(source)) {
      let grammar: Grammar | undefined;
      try {
        grammar = loadGrammar(source.read());
      } catch {
        // A damaged file must not take the others away.
      }
      this.loaded.set(source, grammar);
    }
    return this.loaded.get(source);
  }
}

/** The name of the file that holds the compiled grammar of one libvirt. */
export function grammarFileName(version: string): string {
  return `libvirt-${version}.json`;
}

/** Compiled grammars in folders; of one version the first folder's. */
export function grammarsIn(
  folders: readonly string[],
  files: GrammarFiles,
): readonly GrammarSource[] {
  const found = new Map<string, GrammarSource>();
  for (const folder of folders)
    for (const name of files.list(folder)) {
      const version = /^libvirt-(\d+\.\d+\.\d+)\.json$/.exec(name)?.[1];
      if (version === undefined || found.has(version)) continue;
      const read = (): unknown => JSON.parse(files.read(folder, name) ?? 'null');
      found.set(version, { version, read });
    }
  return [...found.values()];
}

/**
 * Where grammars of hosts that this user has asked are kept (XDG Base Directory: a cache, it can be
 * deleted at any time).
 */
export function userGrammarFolder(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const cache = environment['XDG_CACHE_HOME'];
  return `${cache === undefined || cache === '' ? `${home}/.cache` : cache}/live-migrate/grammars`;
}
