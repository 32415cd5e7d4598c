import { say } from '../../core/messages.ts';
import { HostError } from '../host-error.ts';
import type { HostErrorKind, HostSession } from '../session.ts';
import type { ConnectOptions } from './connect.ts';
import { connectSystemSsh } from './system-session.ts';
import type { HostTarget, SshEnvironment } from './target.ts';

/**
 * What the machine's own ssh may manage where the built-in client fails: keys on security devices,
 * certificates of users and hosts, GSSAPI, algorithms. It never helps against a changed key.
 */
const worthAnotherTry: ReadonlySet<HostErrorKind> = new Set([
  'authentication',
  'host-key-unknown',
  'protocol',
]);

/**
 * Connects by the transport that the environment asks for. `auto` is the built-in client and, where
 * that cannot, the machine's own ssh; which one it was and why is told through `warn`.
 * @throws HostError of the built-in client when both fail
 */
export async function connectByRoute(
  target: HostTarget,
  environment: SshEnvironment,
  options: ConnectOptions = {},
): Promise<HostSession> {
  const { transport = 'auto', warn, tellAttempts } = environment;
  if (transport === 'system') {
    if (environment.allowProxyCommand !== true) throw notRunHere(target.name);
    return connectSystemSsh(target, environment, options.signal);
  }
  try {
    // The client is large, and most starts of the program ask no host.
    const { connectHost } = await import('./connect.ts');
    return await connectHost(target, environment, options);
  } catch (error) {
    if (error instanceof HostError && error.attempts.length > 0)
      tellAttempts?.(error.host, error.attempts);
    if (transport === 'built-in' || !systemMayHelp(error, environment)) throw error;
    const session = await connectSystemSsh(target, environment, options.signal).catch(
      (second: unknown) => {
        if (second instanceof HostError) warn?.(second.say);
        return undefined;
      },
    );
    if (session === undefined) throw error;
    warn?.(
      say('{0} is reached with the machine’s own ssh, because: {1}', target.name, error.message),
    );
    return session;
  }
}

/** The machine's ssh runs what its configuration names, so that has to be the user's own. */
function systemMayHelp(error: unknown, environment: SshEnvironment): error is HostError {
  return (
    environment.allowProxyCommand === true &&
    error instanceof HostError &&
    worthAnotherTry.has(error.kind)
  );
}

function notRunHere(host: string): HostError {
  return new HostError(
    'configuration',
    host,
    say(
      'The machine’s own ssh may run commands of its configuration, so it is not run here for {0}.',
      host,
    ),
  );
}
