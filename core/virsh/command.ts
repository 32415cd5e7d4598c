/**
 * A command as a value. The planner makes it, the preview prints it, the executor runs it; nobody
 * else builds one. `argv` is never a shell line: quoting happens once, in `quoteArgv`.
 */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  /** Text for standard input, e.g. domain XML for `--xml /dev/stdin`. */
  readonly stdin?: string;
}

export function command(program: string, ...args: string[]): Command {
  return { argv: [program, ...args] };
}
