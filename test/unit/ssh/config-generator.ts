/** Generated ssh configurations: every form that the resolver knows, and some that ssh refuses. */

/** Numbers that are the same in every run (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const askedHosts = [
  'kvm01',
  'KVM02',
  'kvm03.example.com',
  '10.0.0.7',
  'gate',
  'db-1',
  'fe80::1',
] as const;

const hostPatterns = [
  ...askedHosts,
  'kvm*',
  'kvm0?',
  'KVM*',
  '*',
  '*.example.com',
  '10.0.0.*',
  '?b-*',
  'fe80:*',
  'other',
  '**1',
];
const users = ['root', 'admin', 'ops', '*', 'a*', 'adm?n'];

export interface GeneratedConfig {
  readonly main: string;
  /** Files beside it, by name; `{folder}` in the texts stands for where they lie. */
  readonly others: Readonly<Record<string, string>>;
}

export function generateConfig(random: () => number): GeneratedConfig {
  const others: Record<string, string> = {};
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const chance = (share: number): boolean => random() < share;
  const several = <T>(most: number, make: () => T): T[] =>
    Array.from({ length: 1 + below(most) }, make);

  const cased = (word: string): string =>
    chance(0.3) ? word.toLowerCase() : chance(0.2) ? word.toUpperCase() : word;
  const between = (): string => pick([' ', ' ', ' ', '\t', '=', ' = ', '  ', ' =']);
  const quoted = (word: string): string =>
    chance(0.2) || word.includes(' ') ? pick([`"${word}"`, `"${word}"`, `'${word}'`]) : word;
  const ending = (): string =>
    chance(0.1) ? pick([' # why', '  ', '\t', '\r', ' #x y', '\f']) : '';

  const jump = (): string => {
    const host = pick(['hop1', 'hop2', 'gate', 'kvm01', '10.9.9.9', '[fe80::9]', '%h.gw']);
    const user = chance(0.3) ? `${pick(['root', 'me'])}@` : '';
    const port = chance(0.3) ? `:${pick(['22', '2200', '65535'])}` : '';
    const uri = chance(0.1) ? 'ssh://' : '';
    return uri !== '' && /^[[%]/.test(host) ? 'hop3' : `${uri}${user}${host}${port}`;
  };
  const path = (): string =>
    pick([
      '~/.ssh/key',
      '/keys/%n-%h-%p-%r',
      '/keys/with blank/%u',
      '~/%d/x',
      '/keys/100%%',
      '${FOLDER}/in',
      '/k/%i-%k',
      './relative',
    ]);
  const values: Readonly<Record<string, () => string>> = {
    HostName: () =>
      quoted(pick(['%h.example.com', '10.1.1.1', 'Mixed.Example.ORG', 'a%%b', '%h', 'kvm01'])),
    Port: () => pick(['22', '2222', '022', '65535', 'ssh']),
    User: () => quoted(pick(['root', 'admin', 'ops', 'a b', 'dom\\\\user'])),
    HostKeyAlias: () => quoted(pick(['alias', 'ALIAS', 'kvm.%h'])),
    IdentityFile: () => quoted(chance(0.1) ? 'none' : path()),
    IdentityAgent: () =>
      quoted(
        pick(['none', 'SSH_AUTH_SOCK', '$AGENT', '${AGENT}', '~/agent-%h', '/a b/%r', './agent']),
      ),
    UserKnownHostsFile: () =>
      chance(0.1)
        ? 'none'
        : several(3, () =>
            quoted(pick(['~/kh-%h', '/k h', '/dev/null', './k', '${FOLDER}/k'])),
          ).join(' '),
    GlobalKnownHostsFile: () =>
      chance(0.1)
        ? 'none'
        : several(2, () => quoted(pick(['~/kh', '/etc/known-%h', '/dev/null']))).join(' '),
    StrictHostKeyChecking: () => pick(['yes', 'no', 'ask', 'accept-new', 'off', 'Yes', 'true']),
    HashKnownHosts: () => pick(['yes', 'no', 'TRUE']),
    IdentitiesOnly: () => pick(['yes', 'no', 'true']),
    ConnectTimeout: () => pick(['7', '1m30s', '2M', 'none', '0']),
    ServerAliveInterval: () => pick(['21', '1m', 'none', '0']),
    ServerAliveCountMax: () => pick(['0', '5', '12']),
    ProxyJump: () => (chance(0.15) ? pick(['none', 'NONE']) : several(3, jump).join(',')),
    ProxyCommand: () =>
      pick([
        'none',
        'nc %h %p',
        'ssh -W "%h:%p" gate # no comment',
        "sh -c 'exec nc %n %p'",
        '"/a b" %r %%',
        'NONE',
      ]),
    Compression: () => pick(['yes', 'no']),
    LogLevel: () => 'INFO',
    SendEnv: () => 'LANG LC_*',
  };
  const names = Object.keys(values);
  const wrong = (): string =>
    pick([
      'Port 0',
      'Port 65536',
      'Port 22x',
      'User',
      'User a b',
      'User ""',
      'HostName "open',
      "IdentityFile 'open",
      'IdentitiesOnly maybe',
      'ConnectTimeout soon',
      'ServerAliveCountMax -1',
      'ProxyJump a,,b',
      'ProxyJump fe80::1',
      'ProxyJump hop:0',
      'ProxyCommand',
      'Host',
      'Host ""',
      'Match all host x',
      'Match host',
      'StrictHostKeyChecking perhaps',
      'UserKnownHostsFile none /a',
    ]);

  const directive = (): string => {
    const name = pick(names);
    const value = (values[name] ?? String)();
    // Of “ProxyJump none # why” OpenSSH 9.2 makes a host called “none”; newer ones do not.
    const tail = name === 'ProxyCommand' || /^none$/i.test(value) ? '' : ending();
    return `${pick(['', '  ', '\t'])}${cased(name)}${between()}${value}${tail}`;
  };
  const negatable = (word: string): string => (chance(0.15) ? `!${word}` : word);
  const list = (from: readonly string[]): string =>
    several(3, () => negatable(pick(from))).join(',');
  const criterion = (): string => {
    const name = pick(['host', 'originalhost', 'user', 'localuser', 'final', 'canonical']);
    const sign = chance(0.15) ? '!' : '';
    if (name === 'final' || name === 'canonical') return `${sign}${cased(name)}`;
    const from = name.endsWith('user') ? users : hostPatterns;
    return `${sign}${cased(name)}${pick([' ', ' ', '='])}${list(from)}`;
  };
  const match = (): string => {
    const kind = below(10);
    if (kind === 0) return 'Match all';
    if (kind === 1) return `Match ${pick(['final', 'canonical', '!final', 'host kvm*'])} all`;
    if (kind === 2) return 'Match !all';
    return `${cased('Match')} ${several(3, criterion).join(' ')}`;
  };
  const section = (): string =>
    chance(0.55)
      ? `${cased('Host')}${pick([' ', ' ', '='])}${several(3, () => quoted(negatable(pick(hostPatterns)))).join(' ')}${ending()}`
      : match();
  const include = (depth: number): string => {
    const name = `part-${String(Object.keys(others).length)}`;
    others[name] = '';
    others[name] = file(depth + 1);
    const from = pick(['{folder}', '{home-folder}']);
    const where = pick([name, name, `${name.slice(0, -1)}?`, 'part-*', 'absent']);
    // A pattern would find the file that it stands in.
    const safe = /[*?]/.test(where) && depth > 0 ? name : where;
    return `${cased('Include')} ${quoted(`${from}/${safe}`)}`;
  };
  const file = (depth: number): string =>
    Array.from({ length: 4 + below(14) }, () => {
      const kind = random();
      if (kind < 0.28) return section();
      if (kind < 0.33 && depth < 2) return include(depth);
      if (kind < 0.38) return pick(['', '# a comment', '   # Port 1', '\t']);
      return directive();
    }).join('\n');

  const main = file(0);
  const lines = main.split('\n');
  if (chance(0.08)) lines.splice(below(lines.length), 0, wrong());
  return { main: `${lines.join('\n')}\n`, others };
}
