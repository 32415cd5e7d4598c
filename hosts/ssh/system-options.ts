import type { HostSettings } from './settings.ts';
import type { HostTarget, SshEnvironment } from './target.ts';

/** What the machine's own ssh is told beyond its configuration files (ssh_config(5)). */
export function systemSshOptions(
  target: HostTarget,
  environment: SshEnvironment,
  settings: HostSettings,
): readonly string[] {
  const { configFile, knownHostsFiles, agentSocket } = environment;
  const seconds = (milliseconds: number): number => Math.max(1, Math.round(milliseconds / 1000));
  const options: readonly (readonly [string, string] | undefined)[] = [
    // Questions have no terminal here; an unknown key is refused, not remembered.
    ['BatchMode', 'yes'],
    ['StrictHostKeyChecking', 'yes'],
    ['ControlMaster', 'yes'],
    ['ControlPersist', 'no'],
    ['ConnectTimeout', String(seconds(settings.connectTimeout))],
    settings.keepalive === 0
      ? undefined
      : ['ServerAliveInterval', String(seconds(settings.keepalive))],
    ['ServerAliveCountMax', String(settings.keepaliveCount)],
    // Forwardings of the configuration are for people's own sessions.
    ['ClearAllForwardings', 'yes'],
    ['ForwardAgent', 'no'],
    ['RequestTTY', 'no'],
    knownHostsFiles === undefined
      ? undefined
      : ['UserKnownHostsFile', knownHostsFiles.map(quoted).join(' ')],
    agentSocket === undefined ? undefined : ['IdentityAgent', quoted(agentSocket)],
  ];
  const jump = target.jumpHost === undefined ? undefined : jumpText(target.jumpHost);
  return [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...options.flatMap((option) => (option === undefined ? [] : ['-o', option.join('=')])),
    ...(target.port === undefined ? [] : ['-p', String(target.port)]),
    ...(target.user === undefined ? [] : ['-l', target.user]),
    ...(jump === undefined ? [] : ['-J', jump]),
  ];
}

/** Name or address that ssh looks up. */
export function destinationOf(target: HostTarget): string {
  return target.address ?? target.name;
}

function jumpText(jump: string | HostTarget): string {
  if (typeof jump === 'string') return jump;
  const before = jump.jumpHost === undefined ? '' : `${jumpText(jump.jumpHost)},`;
  const host = destinationOf(jump);
  const user = jump.user === undefined ? '' : `${jump.user}@`;
  const port = jump.port === undefined ? '' : `:${String(jump.port)}`;
  return `${before}${user}${host.includes(':') ? `[${host}]` : host}${port}`;
}

/** Words of a configuration value are parted by blanks; quotes keep a path whole. */
function quoted(path: string): string {
  return `"${path}"`;
}
