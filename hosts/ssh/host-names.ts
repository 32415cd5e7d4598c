import { say } from '../../core/messages.ts';
import { HostError } from '../host-error.ts';
import type { HostTarget } from './target.ts';

/**
 * Names that reach a ProxyCommand, and through it a shell, as `%h`, `%n` and `%r`. What could end a
 * word there, or be taken for an option, is refused as by OpenSSH 9.6 and newer (valid_hostname and
 * valid_ruser of ssh.c; CVE-2023-51385), by every transport.
 * @throws HostError `configuration`
 */
export function refuseHostileNames({ name, address, user, jumpHost }: HostTarget): void {
  const host = address ?? name;
  if (!isHostName(host)) throw hostile(name, host);
  if (user !== undefined && !isUserName(user)) throw hostile(name, user);
  if (typeof jumpHost === 'object') refuseHostileNames(jumpHost);
}

function isHostName(text: string): boolean {
  return text !== '' && !/^-|['`"$\\;&<>|(){}\s\u0000-\u001f\u007f]/.test(text);
}

function isUserName(text: string): boolean {
  return !/^-|['`";&<>|(){}$\u0000-\u001f\u007f]|\s-|\\$/.test(text);
}

function hostile(host: string, text: string): HostError {
  return new HostError(
    'configuration',
    host,
    say(
      '{0} cannot be contacted as {1}: the name begins with a dash, or has white space or characters that mean something to a shell.',
      host,
      JSON.stringify(text),
    ),
  );
}
