import { readFileSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import SSHConfig from 'ssh-config';
import { say } from '../../core/messages.ts';
import { HostError, reasonOf } from '../host-error.ts';
import { matchesPatternList } from './pattern.ts';

/** OpenSSH's own bound (READCONF_MAX_DEPTH). */
const maxIncludeDepth = 16;
const maxFileBytes = 1024 * 1024;

/** One directive that applies: keyword in lower case, words without their quotes, and the raw text. */
interface Directive {
  readonly keyword: string;
  readonly words: readonly string[];
  readonly raw: string;
}

export interface ConfigLookup {
  /** The host as it was asked for: what `Host` lines are matched against. */
  readonly host: string;
  /** A user given with the target: it wins over the files and is what `Match user` sees. */
  readonly user: string | undefined;
  readonly localUser: string;
  readonly home: string;
}

/** What the files say for one host: the first value of each keyword; IdentityFile collects all. */
export interface HostConfig {
  first(keyword: string): string | undefined;
  words(keyword: string): readonly string[] | undefined;
  /** The rest of the line as written, for commands. */
  raw(keyword: string): string | undefined;
  readonly identityFiles: readonly string[];
}

/**
 * Looks a host up in ssh_config files as ssh does: files in order, the first value wins. `Match exec`
 * is never run and never matches; canonicalisation is not done; unknown criteria do not match.
 * Throws HostError `configuration` when a file cannot be read or includes itself too deeply.
 */
export function lookUpConfig(files: readonly ConfigSource[], lookup: ConfigLookup): HostConfig {
  const found = new Map<string, Directive>();
  const identityFiles: string[] = [];
  if (lookup.user !== undefined)
    found.set('user', { keyword: 'user', words: [lookup.user], raw: lookup.user });
  const pass: Pass = { lookup, found, identityFiles, final: false, finalWanted: false };
  for (const file of files) readInto(file, pass, 0);
  if (pass.finalWanted) {
    pass.final = true;
    for (const file of files) readInto(file, pass, 0);
  }
  return {
    first: (keyword) => found.get(keyword)?.words[0],
    words: (keyword) => found.get(keyword)?.words,
    raw: (keyword) => found.get(keyword)?.raw,
    identityFiles: [...new Set(identityFiles)],
  };
}

export interface ConfigSource {
  readonly path: string;
  /** A file that was named must be there; a default one need not. */
  readonly required: boolean;
  /** Relative includes of a user's file lie in ~/.ssh, those of the system's in /etc/ssh. */
  readonly includeBase: string;
}

interface Pass {
  readonly lookup: ConfigLookup;
  readonly found: Map<string, Directive>;
  readonly identityFiles: string[];
  final: boolean;
  finalWanted: boolean;
}

type ConfigLine = ReturnType<typeof SSHConfig.parse>[number];

function readInto(file: ConfigSource, pass: Pass, depth: number): void {
  const { host } = pass.lookup;
  if (depth > maxIncludeDepth)
    throw new HostError(
      'configuration',
      host,
      say(
        'The ssh configuration {0} includes files more than {1} deep.',
        file.path,
        maxIncludeDepth,
      ),
    );
  const text = readConfig(file, host);
  if (text === undefined) return;
  let lines: readonly ConfigLine[];
  try {
    lines = SSHConfig.parse(hideCommands(text));
  } catch (error) {
    throw new HostError(
      'configuration',
      host,
      say('The ssh configuration {0} cannot be read: {1}', file.path, reasonOf(error)),
      { cause: error },
    );
  }
  applyLines(lines, file, pass, depth);
}

/**
 * The parser takes words apart and loses quotes, but a command is the rest of its line as it stands:
 * it is handed through the parser as one harmless word, which `directiveOf` undoes.
 */
function hideCommands(text: string): string {
  return text.replace(
    /^([ \t]*proxycommand(?:[ \t]*=[ \t]*|[ \t]+))(.*)$/gim,
    (_, head: string, command: string) => head + Buffer.from(command.trim()).toString('base64url'),
  );
}

function readConfig(file: ConfigSource, host: string): string | undefined {
  try {
    const stat = statSync(file.path);
    if (stat.isCharacterDevice()) return '';
    if (!stat.isFile() || stat.size > maxFileBytes) throw new Error('not a file of at most 1 MiB');
    return readFileSync(file.path, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && !file.required) return undefined;
    throw new HostError(
      'configuration',
      host,
      say('The ssh configuration {0} cannot be read: {1}', file.path, reasonOf(error)),
      { cause: error },
    );
  }
}

function applyLines(
  lines: readonly ConfigLine[],
  file: ConfigSource,
  pass: Pass,
  depth: number,
): void {
  for (const line of lines) {
    if (!('param' in line)) continue;
    const directive = directiveOf(line);
    switch (directive.keyword) {
      case 'host':
        if ('config' in line && matchesPatternList(pass.lookup.host, directive.words))
          applyLines(line.config, file, pass, depth);
        break;
      case 'match':
        if ('config' in line && matchesCriteria(directive.words, pass))
          applyLines(line.config, file, pass, depth);
        break;
      case 'include':
        for (const path of includedFiles(directive.words, file, pass.lookup.home))
          readInto({ path, required: false, includeBase: file.includeBase }, pass, depth + 1);
        break;
      default:
        record(directive, pass);
    }
  }
}

function record(directive: Directive, { found, identityFiles }: Pass): void {
  const { keyword } = directive;
  if (keyword === 'identityfile') {
    identityFiles.push(...directive.words);
    return;
  }
  // Of ProxyJump and ProxyCommand the one that stands first switches the other off.
  const proxy = keyword === 'proxyjump' || keyword === 'proxycommand';
  if (proxy && (found.has('proxyjump') || found.has('proxycommand'))) return;
  if (!found.has(keyword)) found.set(keyword, directive);
}

function directiveOf(line: Extract<ConfigLine, { param: string }>): Directive {
  const keyword = line.param.toLowerCase();
  const { value } = line;
  if (keyword === 'proxycommand') {
    const raw = typeof value === 'string' ? Buffer.from(value, 'base64url').toString() : '';
    return { keyword, words: [raw], raw };
  }
  if (typeof value === 'string') return { keyword, words: [value], raw: value };
  const raw = value
    .map(({ val, separator, quoted }) => separator + (quoted === true ? `"${val}"` : val))
    .join('')
    .trim();
  return { keyword, words: value.map(({ val }) => val), raw };
}

/** `Match` criteria (ssh_config(5)); everything that would run a command or ask the network fails. */
function matchesCriteria(words: readonly string[], pass: Pass): boolean {
  const { lookup, found } = pass;
  const user = found.get('user')?.words[0] ?? lookup.localUser;
  const hostName = (found.get('hostname')?.words[0] ?? lookup.host).replaceAll('%h', lookup.host);
  let at = 0;
  while (at < words.length) {
    const word = words[at++] ?? '';
    const negated = word.startsWith('!');
    const [name = '', inline] = (negated ? word.slice(1) : word).split('=', 2);
    const criterion = name.toLowerCase();
    let holds: boolean;
    if (criterion === 'all') {
      holds = true;
    } else if (criterion === 'final') {
      pass.finalWanted = true;
      holds = pass.final;
    } else if (criterion === 'canonical') {
      holds = false;
    } else {
      const patterns = (inline ?? words[at++] ?? '').split(',');
      const subject = {
        host: hostName,
        originalhost: lookup.host,
        user,
        localuser: lookup.localUser,
      }[criterion];
      if (subject === undefined) return false;
      holds = matchesPatternList(subject, patterns);
    }
    if (holds === negated) return false;
  }
  return words.length > 0;
}

function includedFiles(
  words: readonly string[],
  file: ConfigSource,
  home: string,
): readonly string[] {
  return words.flatMap((word) => {
    const path = word.startsWith('~/') ? join(home, word.slice(2)) : word;
    const absolute = isAbsolute(path) ? path : join(file.includeBase, path);
    return expandGlob(absolute);
  });
}

/** Paths that a glob(7) pattern names, sorted; a path without wildcards stands for itself. */
function expandGlob(pattern: string): readonly string[] {
  if (!/[*?[]/.test(pattern)) return [pattern];
  const [root = '', ...parts] = pattern.split(/[/\\]/);
  let paths: readonly string[] = [`${root}/`];
  for (const part of parts) {
    const names = /[*?[]/.test(part) ? globPart(part) : undefined;
    paths = paths.flatMap((folder) =>
      names === undefined
        ? [join(folder, part)]
        : namesIn(folder)
            .filter((name) => names.test(name))
            .sort()
            .map((name) => join(folder, name)),
    );
  }
  return paths;
}

function globPart(part: string): RegExp {
  const hidden = part.startsWith('.') ? '' : '(?!\\.)';
  const body = part.replace(/\[!?[^\]]+\]|[*?]|[^*?[]+|\[/g, (piece) => {
    if (piece === '*') return '.*';
    if (piece === '?') return '.';
    if (/^\[.+\]$/.test(piece)) return piece.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return piece.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${hidden}${body}$`);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The files that ssh would read: the named one alone, or the user's and then the system's. */
export function configSources(
  configFile: string | undefined,
  home = homedir(),
): readonly ConfigSource[] {
  const userFolder = join(home, '.ssh');
  if (configFile !== undefined)
    return [{ path: configFile, required: true, includeBase: userFolder }];
  const system = '/etc/ssh/ssh_config';
  return [
    { path: join(userFolder, 'config'), required: false, includeBase: userFolder },
    { path: system, required: false, includeBase: dirname(system) },
  ];
}
