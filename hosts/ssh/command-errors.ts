import { say } from '../../core/messages.ts';
import type { Command } from '../../core/virsh/command.ts';
import { quoteArgv } from '../../core/virsh/quote.ts';
import { HostError, reasonOf } from '../host-error.ts';

/** Why one command gave no result; the same words for every transport. */
export function timedOut(host: string, command: Command, milliseconds: number): HostError {
  return new HostError(
    'timeout',
    host,
    say('{1} on {0} did not end within {2} s.', host, nameOf(command), milliseconds / 1000),
  );
}

export function givenUp(host: string, command: Command): HostError {
  return new HostError('cancelled', host, say('{1} on {0} was given up.', host, nameOf(command)));
}

export function tooLarge(host: string, command: Command, bytes: number): HostError {
  return new HostError(
    'output-too-large',
    host,
    say('{1} on {0} printed more than {2} MiB.', host, nameOf(command), bytes / 1024 / 1024),
  );
}

export function notRun(host: string, command: Command, error: unknown): HostError {
  return new HostError(
    'protocol',
    host,
    say('{0} did not run {1}: {2}', host, nameOf(command), reasonOf(error)),
    { cause: error },
  );
}

/** The command's end is missing although the connection stands. */
export function endedSilently(host: string, command: Command): HostError {
  return new HostError(
    'lost',
    host,
    say('{1} on {0} ended without saying how.', host, nameOf(command)),
  );
}

/** The connection ended first; `why` when the transport knows it. */
export function lost(host: string, command: Command, why: string | undefined): HostError {
  return new HostError(
    'lost',
    host,
    why === undefined
      ? say(
          'The connection to {0} ended while {1} was running; whether it finished is not known.',
          host,
          nameOf(command),
        )
      : say(
          'The connection to {0} was lost while {1} was running ({2}); whether it finished is not known.',
          host,
          nameOf(command),
          why,
        ),
  );
}

/** Enough of a command to know it again; arguments may be long. */
function nameOf({ argv }: Command): string {
  const line = quoteArgv(argv.slice(0, 6)).split('\n', 1)[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
