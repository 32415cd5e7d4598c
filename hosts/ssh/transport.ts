import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { say } from '../../core/messages.ts';
import { HostError, reasonOf } from '../host-error.ts';
import type { HostSettings } from './settings.ts';

/** Opens a TCP connection. Throws HostError; `signal` ends the attempt and its socket. */
export function openSocket(settings: HostSettings, signal: AbortSignal): Promise<Duplex> {
  const { name, hostName, port } = settings;
  return new Promise((done, fail) => {
    const socket = connect({ host: hostName, port, noDelay: true });
    const abort = (): void => {
      socket.destroy();
      fail(new HostError('cancelled', name, say('The connection to {0} was given up.', name)));
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', failed);
      done(socket);
    });
    const failed = (error: Error): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      fail(socketError(settings, error));
    };
    socket.once('error', failed);
  });
}

function socketError({ name, hostName, port }: HostSettings, error: Error): HostError {
  switch (codeOf(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return new HostError(
        'unresolvable',
        name,
        say(
          '{0} cannot be found: no address for {1}. Check the address in the inventory or the ssh configuration.',
          name,
          hostName,
        ),
        { cause: error },
      );
    case 'ECONNREFUSED':
      return new HostError(
        'refused',
        name,
        say(
          '{0} refuses connections at {1} port {2}. Is sshd running there, and is the port right?',
          name,
          hostName,
          port,
        ),
        { cause: error },
      );
    default:
      return new HostError(
        'unreachable',
        name,
        say('{0} cannot be reached at {1} port {2}: {3}', name, hostName, port, reasonOf(error)),
        { cause: error },
      );
  }
}

/** With several addresses Node reports all their errors together; the first tells why. */
function codeOf(error: Error): string | undefined {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error && 'code' in first && typeof first.code === 'string'
    ? first.code
    : undefined;
}

/** A channel through a jump host (direct-tcpip, as `ssh -W`). */
export function openThrough(
  jump: { readonly client: Client; readonly name: string },
  { name, hostName, port }: HostSettings,
): Promise<Duplex> {
  return new Promise((done, fail) => {
    const refused = (error: unknown): void => {
      fail(
        new HostError(
          'unreachable',
          name,
          say(
            '{0} cannot be reached from {1} at {2} port {3}: {4}',
            name,
            jump.name,
            hostName,
            port,
            reasonOf(error),
          ),
          { cause: error },
        ),
      );
    };
    try {
      jump.client.forwardOut('127.0.0.1', 0, hostName, port, (error, channel) => {
        if (error === undefined) done(channel);
        else refused(error);
      });
    } catch (error) {
      refused(error);
    }
  });
}

/** Runs ProxyCommand of the ssh configuration; its process group ends with the stream. */
export function openProxyCommand(proxyCommand: string): Duplex {
  const child = spawn('/bin/sh', ['-c', `exec ${proxyCommand}`], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const stream = Duplex.from({ writable: child.stdin, readable: child.stdout });
  child.once('error', (error) => {
    stream.destroy(error);
  });
  stream.once('close', () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It ended by itself between the question and the signal.
    }
  });
  return stream;
}
