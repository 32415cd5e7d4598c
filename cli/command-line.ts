import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { render, say } from '../core/messages.ts';
import { nearestName } from '../core/text/nearest.ts';
import { HostError } from '../hosts/host-error.ts';
import { RecordUnwritable } from '../hosts/run/record-unwritable.ts';
import manifest from '../package.json' with { type: 'json' };
import { allCommands, commandNamed, commandNames } from './commands/all.ts';
import type { CliCommand } from './commands/command.ts';
import { exitCode } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { translatorFor } from './language.ts';
import { optionHelp } from './option-help.ts';
import { processTerminal } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const commonOptions = {
  lang: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

async function main(words: readonly string[]): Promise<ExitCode> {
  const terminal = processTerminal(translatorFor(languageIn(words), process.env));
  const [name, ...rest] = words;
  if (name === '--version' || name === '-v') {
    terminal.out(manifest.version);
    return exitCode.ok;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    await printHelp(terminal);
    return name === undefined ? exitCode.failed : exitCode.ok;
  }
  try {
    const command = await commandNamed(name);
    if (command === undefined) throw unknownCommand(name);
    return await run(command, rest, terminal);
  } catch (error) {
    if (
      error instanceof UsageError ||
      error instanceof HostError ||
      error instanceof RecordUnwritable
    ) {
      terminal.note(`livemigrate: ${terminal.say(error.say)}`);
      return exitCode.failed;
    }
    if (error instanceof Error && error.name === 'AbortError') {
      terminal.note(`livemigrate: ${terminal.say(say('Interrupted.'))}`);
      return exitCode.failed;
    }
    throw error;
  }
}

async function run(
  command: CliCommand,
  words: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const { values, positionals } = parse(command, words);
  if (values['help'] === true) {
    printCommandHelp(command, terminal);
    return exitCode.ok;
  }
  const interrupted = new AbortController();
  const interrupt = (): void => {
    interrupted.abort();
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await command.run({
      positionals,
      values,
      terminal,
      folder: process.cwd(),
      environment: process.env,
      signal: interrupted.signal,
    });
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function printCommandHelp(command: CliCommand, terminal: Terminal): void {
  terminal.out(`livemigrate ${command.name} ${command.usage}`.trimEnd());
  terminal.out(terminal.say(command.summary));
  const options: CliCommand['options'] = { ...command.options, ...commonOptions };
  const lines = Object.entries(options).map(([name, { short, multiple }]) => {
    const help = optionHelp(command.name, name);
    const value = help?.value === undefined ? '' : ` ${help.value}`;
    const again = multiple === true ? ' …' : '';
    return {
      words: `${short === undefined ? '    ' : `-${short}, `}--${name}${value}${again}`,
      meaning: help === undefined ? '' : terminal.say(help.meaning),
    };
  });
  const width = Math.min(34, Math.max(...lines.map(({ words }) => words.length)));
  terminal.out('');
  for (const { words, meaning } of lines) {
    if (words.length <= width) terminal.out(`  ${words.padEnd(width)}  ${meaning}`);
    else {
      terminal.out(`  ${words}`);
      terminal.out(`  ${' '.repeat(width)}  ${meaning}`);
    }
  }
}

function parse(command: CliCommand, words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: { ...commonOptions, ...command.options },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const names = [...Object.keys(commonOptions), ...Object.keys(command.options)].map(
      (each) => `--${each}`,
    );
    throw new UsageError(
      say(
        'livemigrate {0} does not understand these words ({1}). Options: {2}.',
        command.name,
        error.message,
        names.join(' '),
      ),
    );
  }
}

function unknownCommand(name: string): UsageError {
  const near = nearestName(name, commandNames);
  return new UsageError(
    near === undefined
      ? say('There is no command “{0}”. Commands: {1}.', name, commandNames.join(', '))
      : say('There is no command “{0}”; is “{1}” meant?', name, near),
  );
}

async function printHelp(terminal: Terminal): Promise<void> {
  const lines = (await allCommands()).map(
    (command) =>
      [
        `livemigrate ${command.name} ${command.usage}`,
        render(command.summary, terminal.translate),
      ] as const,
  );
  const width = Math.max(...lines.map(([usage]) => usage.length));
  for (const [usage, summary] of lines) terminal.out(`${usage.padEnd(width)}  ${summary}`);
}

/** `--lang` counts already for the errors that are found while reading the other words. */
function languageIn(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  if (at < 0) return undefined;
  return words[at]?.split('=')[1] ?? words[at + 1];
}

/** Runs the command that the words name, and leaves its exit code with the process. */
export function runCommandLine(words: readonly string[]): void {
  // A reader that has gone away (`| head`) is no failure worth a stack trace.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCode.ok : exitCode.failed);
  });

  main(words).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(
        `livemigrate: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      process.exitCode = exitCode.failed;
    },
  );
}
