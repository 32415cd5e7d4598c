import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { Algorithms, Client } from 'ssh2';
import { say } from '../../core/messages.ts';
import { HostError, reasonOf } from '../host-error.ts';
import type { HostSession } from '../session.ts';
import { Authentication } from './authentication.ts';
import { HostKeys } from './host-keys.ts';
import { PhaseTimer } from './phase-timer.ts';
import { Prompts } from './prompts.ts';
import { resolveSettings } from './settings.ts';
import type { HostSettings } from './settings.ts';
import { SshSession } from './ssh-session.ts';
import type { HostTarget, SshEnvironment } from './target.ts';
import { openProxyCommand, openSocket, openThrough } from './transport.ts';

const maxJumps = 8;

export interface ConnectOptions {
  readonly signal?: AbortSignal | undefined;
  /** Shared by the connections of one pool, so that a person is asked once. */
  readonly prompts?: Prompts;
}

/**
 * Connects to a host over ssh as the user's ssh configuration says, through its jump hosts. The host
 * key is verified before anything is said. Throws HostError; then no socket is left open.
 */
export async function connectHost(
  target: HostTarget,
  environment: SshEnvironment,
  options: ConnectOptions = {},
): Promise<HostSession> {
  const signal = options.signal ?? new AbortController().signal;
  const prompts = options.prompts ?? new Prompts();
  return connectVia({ environment, prompts, signal, trail: [] }, target);
}

interface Journey {
  readonly environment: SshEnvironment;
  readonly prompts: Prompts;
  readonly signal: AbortSignal;
  /** Hosts that this connection is already on the way to. */
  readonly trail: readonly string[];
}

async function connectVia(
  journey: Journey,
  target: HostTarget,
  givenJumps?: readonly HostTarget[],
): Promise<SshSession> {
  const { environment, trail, signal } = journey;
  const settings = resolveSettings(target, environment);
  throwIfCancelled(signal, settings.name);
  // Before a socket is open: nothing may happen on it while nobody listens.
  const keys = new HostKeys(settings, environment, journey.prompts);
  await keys.read();
  const jumps =
    givenJumps ?? settings.jumps.filter((jump) => !leadsBack(jump, target, settings.user));
  if (trail.length > maxJumps)
    throw new HostError(
      'configuration',
      settings.name,
      say(
        'The jump hosts of {0} go round in a circle: {1}',
        trail[0] ?? settings.name,
        trail.join(' → '),
      ),
    );
  const [last] = jumps.slice(-1);
  if (last === undefined) {
    const open = await openDirectly(settings, environment, signal);
    return handshake({ settings, journey, keys, stream: open, jump: undefined });
  }
  const before = jumps.slice(0, -1);
  const jump = await connectVia(
    { ...journey, trail: [...trail, settings.name] },
    last,
    // The first host on the way may have jump hosts of its own; the others are reached through it.
    before.length === 0 ? undefined : before,
  );
  try {
    const stream = await within(settings, signal, () =>
      openThrough({ client: jump.client, name: jump.host }, settings),
    );
    return await handshake({ settings, journey, keys, stream, jump });
  } catch (error) {
    await jump.close();
    throw error;
  }
}

/** `Host *` with a ProxyJump applies to the jump host itself too; ssh gives up there (jumphost loop). */
function leadsBack(jump: HostTarget, target: HostTarget, user: string): boolean {
  return (
    (jump.address ?? jump.name) === (target.address ?? target.name) &&
    jump.port === target.port &&
    (jump.user === undefined || jump.user === user)
  );
}

async function openDirectly(
  settings: HostSettings,
  environment: SshEnvironment,
  signal: AbortSignal,
): Promise<Duplex> {
  const { proxyCommand, name } = settings;
  if (proxyCommand === undefined)
    return within(settings, signal, (bound) => openSocket(settings, bound));
  if (environment.allowProxyCommand === true) return openProxyCommand(proxyCommand);
  throw new HostError(
    'configuration',
    name,
    say(
      'The ssh configuration reaches {0} by a ProxyCommand, which is not run here: {1}. Use ProxyJump instead.',
      name,
      proxyCommand,
    ),
  );
}

/** Bounds the opening of a stream by the connect timeout. */
async function within<T extends Duplex>(
  settings: HostSettings,
  signal: AbortSignal,
  open: (bound: AbortSignal) => Promise<T>,
): Promise<T> {
  const { name, hostName, port, connectTimeout } = settings;
  const bound = new AbortController();
  const cancel = (): void => {
    bound.abort();
  };
  signal.addEventListener('abort', cancel, { once: true });
  const timer = setTimeout(cancel, connectTimeout);
  const opening = open(bound.signal);
  try {
    return await Promise.race([
      opening,
      new Promise<never>((_, fail) => {
        bound.signal.addEventListener('abort', () => {
          fail(
            signal.aborted
              ? cancelled(name)
              : new HostError(
                  'timeout',
                  name,
                  say(
                    '{0} does not answer at {1} port {2} within {3} s. Check the address, the firewall and whether the host is up.',
                    name,
                    hostName,
                    port,
                    connectTimeout / 1000,
                  ),
                ),
          );
        });
      }),
    ]);
  } catch (error) {
    // A stream that opens too late must not stay open.
    opening.then(
      (stream) => stream.destroy(),
      () => undefined,
    );
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}

interface Opened {
  readonly settings: HostSettings;
  readonly journey: Journey;
  readonly keys: HostKeys;
  readonly stream: Duplex;
  readonly jump: SshSession | undefined;
}

type Phase = 'handshake' | 'authentication';

async function handshake(opened: Opened): Promise<SshSession> {
  const { settings, stream, jump } = opened;
  const client = new ssh2.Client();
  try {
    await authenticated(client, opened);
  } catch (error) {
    client.on('error', () => undefined);
    client.destroy();
    stream.destroy();
    throw error;
  }
  return new SshSession({ host: settings.name, client, stream, jump });
}

function authenticated(client: Client, opened: Opened): Promise<void> {
  const { settings, journey, keys, stream } = opened;
  const { environment, prompts, signal: given } = journey;
  const { name, connectTimeout } = settings;
  return new Promise<void>((done, reject) => {
    // Questions that are open when the connection fails are told to go away.
    const questions = new AbortController();
    let phase: Phase = 'handshake';
    let settled = false;
    const settle = (finish: () => void): void => {
      if (settled) return;
      settled = true;
      timer.end();
      given.removeEventListener('abort', giveUp);
      client.removeAllListeners();
      // ssh2 reports errors of what it gives up, too; one that nobody hears would end the process.
      client.on('error', () => undefined);
      stream.off('close', closed);
      questions.abort();
      finish();
    };
    const fail = (error: HostError): void => {
      settle(() => {
        reject(error);
      });
    };
    const giveUp = (): void => {
      fail(cancelled(name));
    };
    const closed = (): void => {
      fail(
        phase === 'authentication'
          ? authentication.closed()
          : connectionError(settings, phase, undefined),
      );
    };
    const timer = new PhaseTimer<Phase>((expired) => {
      fail(timeoutError(settings, expired));
    });
    const whileAsking = <T>(question: () => Promise<T>): Promise<T> => timer.paused(question);
    const { signal } = questions;
    const authentication = new Authentication({
      settings,
      environment,
      prompts,
      signal,
      whileAsking,
    });
    given.addEventListener('abort', giveUp, { once: true });
    if (given.aborted || stream.destroyed) {
      if (given.aborted) giveUp();
      else closed();
      return;
    }
    client.on('error', (error: Error & { level?: string }) => {
      // ssh2 goes on to the next key by itself after these two.
      if (error.level === 'agent') return;
      if (error.level === 'client-authentication') {
        if (/^All configured/.test(error.message)) fail(authentication.failure());
        return;
      }
      fail(connectionError(settings, phase, error));
    });
    client.on('close', closed);
    stream.once('close', closed);
    client.on('handshake', () => {
      phase = 'authentication';
      timer.begin('authentication', connectTimeout);
    });
    client.on('ready', () => {
      keys.remember().then(
        () => {
          settle(done);
        },
        () => {
          settle(done);
        },
      );
    });
    timer.begin('handshake', connectTimeout);
    try {
      client.connect({
        sock: stream,
        username: settings.user,
        readyTimeout: 0,
        keepaliveInterval: settings.keepalive,
        keepaliveCountMax: settings.keepaliveCount,
        algorithms: { serverHostKey: [...keys.algorithms()] } as Algorithms,
        hostVerifier: (key: Buffer, verified: (good: boolean) => void) => {
          keys.verify(key, signal, whileAsking).then(
            () => {
              verified(true);
            },
            (error: unknown) => {
              fail(error instanceof HostError ? error : connectionError(settings, phase, error));
              verified(false);
            },
          );
        },
        debug: (line) => {
          authentication.overhear(line);
        },
        authHandler: (left, partial, next) => {
          authentication.next(left, partial, next);
        },
      });
    } catch (error) {
      fail(connectionError(settings, phase, error));
    }
  });
}

function connectionError(settings: HostSettings, phase: Phase, error: unknown): HostError {
  const { name, hostName, port } = settings;
  const detail = error === undefined ? {} : { cause: error };
  const message = error === undefined ? '' : reasonOf(error);
  if (message === '' || /Connection lost before handshake|ECONNRESET|EPIPE/.test(message))
    return new HostError(
      'protocol',
      name,
      say(
        '{0} closed the connection at {1} port {2} before the login. Is that port sshd’s, and does it let this machine in?',
        name,
        hostName,
        port,
      ),
      detail,
    );
  if (/Keepalive timeout/.test(message)) return timeoutError(settings, phase);
  return new HostError(
    'protocol',
    name,
    say('{0} does not speak ssh as expected at {1} port {2}: {3}', name, hostName, port, message),
    detail,
  );
}

function timeoutError(
  { name, hostName, port, connectTimeout }: HostSettings,
  phase: Phase,
): HostError {
  const seconds = connectTimeout / 1000;
  return phase === 'handshake'
    ? new HostError(
        'timeout',
        name,
        say(
          '{0} accepts connections at {1} port {2} but sends no ssh greeting or keys within {3} s.',
          name,
          hostName,
          port,
          seconds,
        ),
      )
    : new HostError(
        'timeout',
        name,
        say('{0} does not finish the login within {1} s.', name, seconds),
      );
}

function cancelled(name: string): HostError {
  return new HostError('cancelled', name, say('The connection to {0} was given up.', name));
}

function throwIfCancelled(signal: AbortSignal, name: string): void {
  if (signal.aborted) throw cancelled(name);
}
