import { say } from '../../core/messages.ts';
import { HostError } from '../host-error.ts';
import type { HostErrorKind } from '../session.ts';

/** What the `ssh` of OpenSSH 8 to 10 writes, most telling first. */
const kinds: readonly (readonly [RegExp, HostErrorKind])[] = [
  [/REMOTE HOST IDENTIFICATION HAS CHANGED/, 'host-key-changed'],
  [/REVOKED HOST KEY|is marked as revoked/, 'host-key-revoked'],
  [/host key is known for|Host key verification failed/, 'host-key-unknown'],
  [/Permission denied \(|Too many authentication failures/, 'authentication'],
  [/Could not resolve hostname/, 'unresolvable'],
  [/Connection refused/, 'refused'],
  [/timed out/, 'timeout'],
  [/No route to host|Network is unreachable/, 'unreachable'],
  [/Bad configuration option|terminating, \d+ bad configuration/, 'configuration'],
];

/** Why the machine's own ssh did not connect, in its own words. */
export function systemSshError(host: string, words: string): HostError {
  const kind = kinds.find(([pattern]) => pattern.test(words))?.[1] ?? 'protocol';
  const lines = words.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => line !== '' && !/^[@*\s]+$|^\*\*/.test(line));
  const said = telling.slice(-2).join(' ');
  return new HostError(
    kind,
    host,
    said === ''
      ? say('The machine’s own ssh ended without connecting to {0} and without saying why.', host)
      : say('The machine’s own ssh did not connect to {0}: {1}', host, said),
  );
}
