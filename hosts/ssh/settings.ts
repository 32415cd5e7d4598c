import { homedir, hostname, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { say } from '../../core/messages.ts';
import { HostError } from '../host-error.ts';
import { configSources, expandHostName, lookUpConfig } from './config-file.ts';
import type { HostConfig } from './config-file.ts';
import { jumpWords, readPort } from './config-values.ts';
import { refuseHostileNames } from './host-names.ts';
import type { HostTarget, SshEnvironment } from './target.ts';

/** Everything needed to reach one host, with nothing left to look up. */
export interface HostSettings {
  /** For messages. */
  readonly name: string;
  /** Where the socket goes. */
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  /** The name that known_hosts is asked for: HostKeyAlias or the host name. */
  readonly keyName: string;
  /** False for a HostKeyAlias, which known_hosts writes without a port. */
  readonly keyNameTakesPort: boolean;
  /** New keys go to the first. */
  readonly userKnownHosts: readonly string[];
  readonly globalKnownHosts: readonly string[];
  readonly hashKnownHosts: boolean;
  /** StrictHostKeyChecking yes: unknown keys are refused without a question. */
  readonly refuseUnknownKeys: boolean;
  readonly identityFiles: readonly string[];
  /** True when the files above were named and not only the usual ones looked for. */
  readonly identitiesNamed: boolean;
  readonly identitiesOnly: boolean;
  readonly agentSocket: string | undefined;
  readonly jumps: readonly HostTarget[];
  readonly proxyCommand: string | undefined;
  /** Milliseconds. */
  readonly connectTimeout: number;
  readonly keepalive: number;
  readonly keepaliveCount: number;
}

const defaultTimeout = 20_000;
const defaultKeepalive = 15_000;

/** ssh's order (ssh_config(5) IdentityFile), without the kinds that ssh2 cannot use. */
const usualIdentities = ['id_rsa', 'id_ecdsa', 'id_ed25519'];

/**
 * Resolves a target as `ssh` would (see `ssh -G`). Throws HostError `configuration` for files that
 * cannot be read or make no sense, and for names that would be more than names to a shell.
 */
export function resolveSettings(target: HostTarget, environment: SshEnvironment): HostSettings {
  refuseHostileNames(target);
  const home = environment.home ?? homedir();
  const variables = environment.variables ?? process.env;
  const localUser = localUserName(variables);
  const asked = target.address ?? target.name;
  const config = lookUpConfig(configSources(environment.configFile, home), {
    host: asked,
    user: target.user,
    localUser,
    home,
  });
  const hostName = expandHostName(config.first('hostname'), asked);
  const port = target.port ?? readPort(config.first('port') ?? '') ?? 22;
  const user = target.user ?? config.first('user') ?? localUser;
  const alias = config.first('hostkeyalias')?.toLowerCase();
  const tokens: Tokens = {
    h: hostName,
    n: asked,
    p: String(port),
    r: user,
    u: localUser,
    d: home,
    i: String(process.getuid?.() ?? ''),
    k: alias ?? asked,
    l: hostname(),
    L: hostname().split('.')[0] ?? '',
  };
  const file = (text: string): string =>
    filePath(text, { tokens, home, variables, name: target.name });
  const files = (keyword: string, usual: readonly string[]): readonly string[] => {
    const named = config.words(keyword);
    return named?.[0]?.toLowerCase() === 'none' ? [] : (named ?? usual);
  };
  const identityFiles = config.identityFiles.filter((name) => name.toLowerCase() !== 'none');
  const identitiesNamed = config.identityFiles.length > 0;
  return {
    name: target.name,
    hostName,
    port,
    user,
    keyName: alias ?? hostName,
    keyNameTakesPort: alias === undefined,
    userKnownHosts:
      environment.knownHostsFiles ??
      files('userknownhostsfile', ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']).map(file),
    // ssh expands nothing in these.
    globalKnownHosts: files('globalknownhostsfile', [
      '/etc/ssh/ssh_known_hosts',
      '/etc/ssh/ssh_known_hosts2',
    ]).map((path) => resolve(path)),
    hashKnownHosts: yes(config.first('hashknownhosts')),
    refuseUnknownKeys: yes(config.first('stricthostkeychecking')),
    identityFiles: (identitiesNamed
      ? identityFiles
      : usualIdentities.map((name) => `~/.ssh/${name}`)
    ).map(file),
    identitiesNamed,
    identitiesOnly: yes(config.first('identitiesonly')),
    agentSocket: environment.agentSocket ?? agentOf(config, file, variables),
    jumps: jumpsOf(target, config, tokens),
    proxyCommand: proxyCommandOf(target, config, tokens),
    connectTimeout:
      environment.connectTimeout ??
      // Zero is “as long as it takes” to ssh; here every wait has a bound.
      (milliseconds(config.first('connecttimeout')) || undefined) ??
      defaultTimeout,
    keepalive:
      environment.keepalive ??
      (milliseconds(config.first('serveraliveinterval')) || undefined) ??
      defaultKeepalive,
    keepaliveCount: wholeNumber(config.first('serveralivecountmax')) ?? 3,
  };
}

type Tokens = Readonly<Record<string, string>>;

/** `%h` and the like. Throws HostError for a token that means nothing here, as ssh gives up, too. */
function expandTokens(text: string, tokens: Tokens, host: string): string {
  return text.replace(/%(.?)/gs, (whole, token: string) => {
    const value = token === '%' ? '%' : tokens[token];
    if (value === undefined) throw notExpanded(host, text, whole);
    return value;
  });
}

function notExpanded(host: string, text: string, part: string): HostError {
  return new HostError(
    'configuration',
    host,
    say('The ssh configuration of {0} says “{1}”, and {2} has no meaning there.', host, text, part),
  );
}

function filePath(
  text: string,
  known: {
    readonly tokens: Tokens;
    readonly home: string;
    readonly variables: Readonly<Record<string, string | undefined>>;
    /** For messages. */
    readonly name: string;
  },
): string {
  const expanded = expandTokens(text, known.tokens, known.name).replace(
    /\$\{([^}]*)\}/g,
    (whole, variable: string) => {
      const value = known.variables[variable];
      if (value === undefined) throw notExpanded(known.name, text, whole);
      return value;
    },
  );
  if (expanded === '~') return known.home;
  if (/^~[/\\]/.test(expanded)) return join(known.home, expanded.slice(2));
  return resolve(expanded);
}

function agentOf(
  config: HostConfig,
  file: (text: string) => string,
  variables: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const named = config.first('identityagent');
  const inherited = (): string | undefined =>
    nonEmpty(variables['SSH_AUTH_SOCK']) ?? windowsAgent();
  if (named === undefined || named === 'SSH_AUTH_SOCK') return inherited();
  if (named.toLowerCase() === 'none') return undefined;
  if (/^\$[A-Za-z_]\w*$/.test(named)) return nonEmpty(variables[named.slice(1)]);
  return named.startsWith('\\\\') ? named : file(named);
}

function windowsAgent(): string | undefined {
  return process.platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : undefined;
}

/** The hosts on the way, nearest to this machine first. */
function jumpsOf(target: HostTarget, config: HostConfig, tokens: Tokens): readonly HostTarget[] {
  const { jumpHost } = target;
  if (typeof jumpHost === 'object') return [jumpHost];
  const given = jumpHost?.trim().replace(/\s*,\s*/g, ',');
  const words = jumpWords(given ?? config.raw('proxyjump') ?? 'none');
  if (words[0]?.toLowerCase() === 'none' && words.length === 1) return [];
  const expand = (text: string): string => expandTokens(text, tokens, target.name);
  // What a token stands for may hold colons, so it is put in after the word was taken apart.
  const jumps = words.map(parseJump).map((jump) => ({
    ...jump,
    name: expand(jump.name),
    ...(jump.user === undefined ? {} : { user: expand(jump.user) }),
  }));
  jumps.forEach(refuseHostileNames);
  return jumps;
}

/** `[user@]host[:port]`, `[user@][v6]:port` or `ssh://…`. */
export function parseJump(text: string): HostTarget {
  const bare = text.replace(/^ssh:\/\//, '').replace(/\/$/, '');
  const at = bare.lastIndexOf('@');
  const user = at < 0 ? undefined : bare.slice(0, at);
  const rest = bare.slice(at + 1);
  const match = /^\[([^\]]+)\](?::(\d*))?$/.exec(rest) ?? /^([^:]+)(?::(\d*))?$/.exec(rest);
  const port = readPort(match?.[2] ?? '');
  return {
    name: match?.[1] ?? rest,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
  };
}

/** A jump host named by the inventory wins over the configuration's ProxyCommand. */
function proxyCommandOf(
  target: HostTarget,
  config: HostConfig,
  tokens: Tokens,
): string | undefined {
  const text = config.raw('proxycommand');
  if (target.jumpHost !== undefined || text === undefined) return undefined;
  return text.toLowerCase() === 'none' ? undefined : expandTokens(text, tokens, target.name);
}

function localUserName(variables: Readonly<Record<string, string | undefined>>): string {
  try {
    return userInfo().username;
  } catch {
    return variables['USER'] ?? variables['USERNAME'] ?? 'root';
  }
}

function yes(value: string | undefined): boolean {
  return value !== undefined && /^(yes|true)$/i.test(value);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Seconds, or sshd_config(5) time formats such as `1m30s`. */
function milliseconds(text: string | undefined): number | undefined {
  if (text === undefined || !/^(\d+[smhdw]?)+$/i.test(text)) return undefined;
  const scale: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([smhdw]?)/gi))
    seconds += Number(amount) * (scale[(unit ?? '').toLowerCase()] ?? 1);
  return seconds * 1000;
}
