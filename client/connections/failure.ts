import { say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import { HostError } from '../../hosts/host-error.ts';
import type { HostErrorKind } from '../../hosts/session.ts';
import { attemptTable } from '../../hosts/ssh/attempt-table.ts';
import { translate } from '../text.ts';
import type { HostFailure } from './host-states.ts';

/** Why a host could not be asked, and what to do about it. */
export function hostFailure(host: string, error: unknown): HostFailure {
  if (!(error instanceof HostError)) {
    const text = error instanceof Error ? error.message : String(error);
    return {
      cause: say('{0}: {1}', host, text),
      advice: say('Refresh to try again; the log tells more'),
      details: [],
    };
  }
  const table = error.attempts.length === 0 ? [] : attemptTable(error.attempts, translate);
  return { cause: error.say, advice: advice[error.kind], details: table };
}

const advice: Readonly<Record<HostErrorKind, Message>> = {
  unresolvable: say('Correct the address in the inventory or the ssh configuration, then refresh'),
  unreachable: say('See that the host is up and its network reachable, then refresh'),
  refused: say('See that sshd runs on this port of the host, then refresh'),
  timeout: say('The host is slow or a firewall drops the packets; refresh to try again'),
  protocol: say('See that this port speaks ssh; the log tells what was received'),
  'host-key-unknown': say('Refresh, compare the fingerprint with the host’s and accept it'),
  'host-key-changed': say(
    'Find out why the key changed; only then remove the old line from known_hosts',
  ),
  'host-key-revoked': say('This key is marked as revoked: do not connect; ask who revoked it'),
  'known-hosts-unreadable': say('Make the known_hosts file readable, then refresh'),
  configuration: say('Correct the ssh configuration, then refresh'),
  authentication: say('Add your key to the agent or to the host’s authorized_keys, then refresh'),
  lost: say('The connection broke; refresh to connect again'),
  'output-too-large': say('The host answered far more than expected; the log tells which command'),
  operation: say('The host refused what was asked; the log tells more'),
  cancelled: say('It was cancelled; refresh to try again'),
};
