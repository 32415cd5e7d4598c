/** Which values ssh takes for the keywords that are used here (readconf.c); it refuses a file with others. */

type Check = (words: readonly string[], raw: string) => boolean;

const one: Check = ([word, ...more]) => word !== undefined && word !== '' && more.length === 0;
const some: Check = (words) => words.length > 0 && !words.includes('');
const oneOf =
  (...values: readonly string[]): Check =>
  (words, raw) =>
    one(words, raw) && values.includes((words[0] ?? '').toLowerCase());
const matching =
  (pattern: RegExp): Check =>
  (words, raw) =>
    one(words, raw) && pattern.test(words[0] ?? '');

const files: Check = (words, raw) =>
  some(words, raw) && (words.length === 1 || !words.some((word) => word.toLowerCase() === 'none'));
const flag = oneOf('yes', 'no', 'true', 'false');
const time = matching(/^(none|(\d+[smhdwSMHDW]?)+)$/);

const checks: Readonly<Record<string, Check>> = {
  host: some,
  include: some,
  hostname: one,
  user: one,
  hostkeyalias: one,
  identityfile: one,
  identityfile2: one,
  identityagent: one,
  port: (words, raw) => one(words, raw) && readPort(words[0] ?? '') !== undefined,
  userknownhostsfile: files,
  globalknownhostsfile: files,
  hashknownhosts: flag,
  identitiesonly: flag,
  stricthostkeychecking: oneOf('yes', 'no', 'true', 'false', 'ask', 'off', 'accept-new'),
  connecttimeout: time,
  serveraliveinterval: time,
  serveralivecountmax: matching(/^\d+$/),
  proxycommand: (_, raw) => raw !== '',
  proxyjump: (_, raw) => jumpWords(raw).every(isJump),
};

/** Would ssh take this? A keyword that is not used here may have any words. */
export function isTaken(keyword: string, words: readonly string[], raw: string): boolean {
  return checks[keyword]?.(words, raw) ?? true;
}

/** 1 to 65535, or ssh’s own by name; undefined for anything else. */
export function readPort(text: string): number | undefined {
  if (text === 'ssh') return 22;
  const port = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  return port !== undefined && port >= 1 && port <= 65535 ? port : undefined;
}

/** The hosts of a ProxyJump line; what stands behind white space in each is not read. */
export function jumpWords(raw: string): readonly string[] {
  return raw.split(',').map((word) => /^\S*/.exec(word)?.[0] ?? '');
}

/** `[user@]host[:port]` or `ssh://[user@]host[:port]`; an address with colons in brackets. */
function isJump(word: string): boolean {
  const uri = word.startsWith('ssh://');
  const bare = uri ? word.slice('ssh://'.length).replace(/\/$/, '') : word;
  const at = bare.lastIndexOf('@');
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d*))?$/.exec(bare.slice(at + 1));
  if (at === 0 || match === null) return false;
  return match[3] === undefined || match[3] === '' || readPort(match[3]) !== undefined;
}
