import type { ParseArgsConfig } from 'node:util';
import type { Message } from '../../core/messages.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** What a command gets: its words, and the world it runs in. */
export interface CommandContext {
  readonly positionals: readonly string[];
  readonly values: Readonly<
    Record<string, string | boolean | readonly (string | boolean)[] | undefined>
  >;
  readonly terminal: Terminal;
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Aborted by the first Ctrl+C. */
  readonly signal: AbortSignal;
}

export interface CliCommand {
  readonly name: string;
  /** Words behind the name, e.g. `FILE`. */
  readonly usage: string;
  readonly summary: Message;
  readonly options: Options;
  run(context: CommandContext): Promise<ExitCode>;
}
