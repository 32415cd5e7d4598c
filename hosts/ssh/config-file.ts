import { readFileSync, readdirSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { say } from '../../core/messages.ts';
import { HostError, reasonOf } from '../host-error.ts';
import { configLines } from './config-lines.ts';
import { isTaken } from './config-values.ts';
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
 * is never run and never matches; canonicalisation is not done; unknown criteria do not match, and
 * unknown keywords are passed over: they may be those of a newer ssh.
 * Throws HostError `configuration` when a file cannot be read, includes itself too deeply, or says of
 * a keyword that is used here what ssh refuses.
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
    // As ssh does: the host of the first pass stands, no HostName of the second changes it, and the
    // `Host` lines of the second pass are about it.
    const settled = hostNameOf(pass).replaceAll('%', '%%');
    found.set('hostname', { keyword: 'hostname', words: [settled], raw: settled });
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

function readInto(file: ConfigSource, pass: Pass, depth: number, never = false): void {
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
  // A file begins in the state of the line that includes it, and its own sections end with it.
  let active = !never;
  for (const { number, keyword, words, raw } of configLines(text)) {
    const sense = words !== undefined && raw !== '' && isTaken(keyword, words, raw);
    if (!sense) throw notUnderstood({ file: file.path, number, host, keyword });
    switch (keyword) {
      case 'host':
        active = !never && matchesPatternList(pass.final ? hostNameOf(pass) : host, words);
        break;
      case 'match': {
        const result = matchesCriteria(words, pass);
        if (result === undefined) throw notUnderstood({ file: file.path, number, host, keyword });
        active = !never && result;
        break;
      }
      case 'include':
        for (const path of includedFiles(words, file, pass.lookup.home))
          readInto(
            { path, required: false, includeBase: file.includeBase },
            pass,
            depth + 1,
            !active,
          );
        break;
      default:
        if (active) record({ keyword, words, raw }, pass);
    }
  }
}

/** ssh refuses such a file, too; to go on could mean to connect to another host than ssh would. */
function notUnderstood(at: {
  readonly file: string;
  readonly number: number;
  readonly host: string;
  readonly keyword: string;
}): HostError {
  return new HostError(
    'configuration',
    at.host,
    say(
      'The ssh configuration {0}, line {1}, is not valid: see what stands behind {2}.',
      at.file,
      at.number,
      at.keyword,
    ),
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

function record(directive: Directive, { found, identityFiles }: Pass): void {
  const { keyword } = directive;
  if (keyword === 'identityfile' || keyword === 'identityfile2') {
    identityFiles.push(...directive.words);
    return;
  }
  // To ssh a time of “none” is one that nothing was said about yet.
  const time = keyword === 'connecttimeout' || keyword === 'serveraliveinterval';
  if (time && directive.words[0] === 'none') return;
  // Of ProxyJump and ProxyCommand the one that stands first switches the other off; a ProxyJump does
  // so even when it says “none”.
  const proxy = keyword === 'proxyjump' || keyword === 'proxycommand';
  if (proxy && (found.has('proxyjump') || found.has('proxycommand'))) return;
  if (!found.has(keyword)) found.set(keyword, directive);
}

/** `%h` of a HostName is the host as it was asked for; a name is then compared in lower case. */
export function expandHostName(hostName: string | undefined, asked: string): string {
  const name = (hostName ?? asked).replace(/%([h%])/g, (_, token: string) =>
    token === '%' ? '%' : asked,
  );
  return isIP(name) === 0 ? name.toLowerCase() : name;
}

function hostNameOf({ found, lookup }: Pass): string {
  return expandHostName(found.get('hostname')?.words[0], lookup.host);
}

/**
 * `Match` criteria (ssh_config(5)). What would run a command (`exec`) is never run and never holds;
 * neither does what this program does not know. Undefined when the line makes no sense.
 */
function matchesCriteria(words: readonly string[], pass: Pass): boolean | undefined {
  const { lookup, found } = pass;
  const user = found.get('user')?.words[0] ?? lookup.localUser;
  const subjects: Readonly<Record<string, string>> = {
    host: hostNameOf(pass).toLowerCase(),
    originalhost: lookup.host.toLowerCase(),
    user,
    localuser: lookup.localUser,
  };
  let result = true;
  let criteria = 0;
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const negated = word.startsWith('!');
    const split = /^([^=]*)(?:=(.*))?$/s.exec(negated ? word.slice(1) : word);
    const criterion = (split?.[1] ?? '').toLowerCase();
    if (criterion === 'all') {
      // Alone, or last behind one other.
      return left.length > 0 || criteria > 1 ? undefined : result && !negated;
    }
    criteria++;
    if (criterion === 'final' || criterion === 'canonical') {
      // Asked for by the mere word, whatever the other criteria say.
      if (criterion === 'final') pass.finalWanted = true;
      if (pass.final === negated) result = false;
      continue;
    }
    const argument = split?.[2] ?? left.shift();
    if (argument === undefined || argument === '') return undefined;
    const subject = subjects[criterion];
    if (subject === undefined) {
      result = false;
      continue;
    }
    const patterns = argument.split(',');
    const namesHost = criterion === 'host' || criterion === 'originalhost';
    const holds = matchesPatternList(
      subject,
      namesHost ? patterns.map((each) => each.toLowerCase()) : patterns,
    );
    if (holds === negated) result = false;
  }
  return criteria > 0 && result;
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
