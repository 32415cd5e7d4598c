import { createInterface } from 'node:readline/promises';
import { resolve } from 'node:path';
import { say } from '../core/messages.ts';
import { attemptTable } from '../hosts/ssh/attempt-table.ts';
import type { HostPool } from '../hosts/ssh/pool.ts';
import type { PasswordQuestion, SshTransport } from '../hosts/ssh/target.ts';
import type { CommandContext } from './commands/command.ts';
import { textOption } from './commands/options.ts';
import { UsageError } from './usage-error.ts';

/** Options of every command that speaks to hosts. */
export const hostOptions = {
  inventory: { type: 'string' },
  'ssh-config': { type: 'string' },
  'ssh-transport': { type: 'string' },
} as const;

/**
 * Connections for one command, closed at its end. Questions (an unknown host key, a passphrase) are
 * asked on the terminal only; in a pipeline they are refused with the reason.
 */
export async function withHosts<T>(
  context: CommandContext,
  use: (hosts: HostPool) => Promise<T>,
): Promise<T> {
  const { terminal, values, environment, folder } = context;
  const configFile = textOption(values['ssh-config']) ?? environment['LIVEMIGRATE_SSH_CONFIG'];
  // ssh is loaded only by what speaks to hosts: it takes longer to load than most checks take.
  const { openHosts } = await import('../hosts/ssh/pool.ts');
  const hosts = openHosts({
    transport: transportOf(
      textOption(values['ssh-transport']) ?? environment['LIVEMIGRATE_SSH_TRANSPORT'],
    ),
    // The configuration is the user's own, or named by the user for this command.
    allowProxyCommand: true,
    ...(configFile === undefined ? {} : { configFile: resolve(folder, configFile) }),
    warn: (message) => {
      terminal.note(terminal.say(message));
    },
    tellAttempts: (host, attempts) => {
      terminal.note(terminal.say(say('Attempts to log in to {0}:', host)));
      for (const line of attemptTable(attempts, terminal.translate)) terminal.note(`  ${line}`);
    },
    ...(terminal.interactive
      ? {
          confirmHostKey: async ({ host, keyType, fingerprint }) => {
            terminal.note(
              terminal.say(
                say(
                  '{0} is not in known_hosts. It shows a {1} key with the fingerprint {2}.',
                  host,
                  keyType,
                  fingerprint,
                ),
              ),
            );
            return /^y(es)?$/i.test(
              await ask(
                terminal.say(say('Trust it and add it to known_hosts? (yes/no)')),
                context.signal,
              ),
            );
          },
          askPassphrase: (file: string) =>
            askHidden(terminal.say(say('Passphrase of {0}:', file)), context.signal),
          askPassword: ({ host, user, prompt, echo }: PasswordQuestion) => {
            const words = `${user}@${host}: ${printable(prompt)}`;
            return echo ? ask(words, context.signal) : askHidden(words, context.signal);
          },
        }
      : {}),
  });
  try {
    return await use(hosts);
  } finally {
    await hosts.close();
  }
}

const transports: readonly SshTransport[] = ['auto', 'built-in', 'system'];

/** @throws UsageError for a transport that there is not */
function transportOf(text: string | undefined): SshTransport {
  const found = transports.find((each) => each === (text ?? 'auto'));
  if (found === undefined)
    throw new UsageError(
      say('--ssh-transport takes {0}, not “{1}”.', transports.join(', '), text ?? ''),
    );
  return found;
}

/** The other side's words without what a terminal would obey. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
}

/** One line of standard input. */
export async function ask(question: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(`${question} `, { signal })).trim();
  } finally {
    lines.close();
  }
}

/** One line that is not shown while it is typed. */
async function askHidden(question: string, signal: AbortSignal): Promise<string> {
  process.stderr.write(`${question} `);
  const wasRaw = process.stdin.isRaw;
  process.stdin.setRawMode(true);
  process.stdin.resume();
  try {
    return await new Promise<string>((done, fail) => {
      let typed = '';
      const read = (chunk: Buffer): void => {
        for (const key of chunk.toString('utf8')) {
          if (key === '\r' || key === '\n') {
            process.stdin.off('data', read);
            done(typed);
            return;
          }
          if (key === '\u0003') {
            process.stdin.off('data', read);
            fail(new DOMException('interrupted', 'AbortError'));
            return;
          }
          typed = key === '\u007f' ? typed.slice(0, -1) : typed + key;
        }
      };
      signal.addEventListener('abort', () => {
        fail(new DOMException('interrupted', 'AbortError'));
      });
      process.stdin.on('data', read);
    });
  } finally {
    process.stdin.setRawMode(wasRaw);
    process.stdin.pause();
    process.stderr.write('\n');
  }
}
