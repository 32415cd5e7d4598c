import type { CliCommand } from './command.ts';

/**
 * Every command by its name, in the order of the help. A command is loaded when it is called:
 * `check` reads no host, and need not wait for what does.
 */
const commands = {
  check: async () => (await import('./check.ts')).check,
  facts: async () => (await import('./facts.ts')).facts,
  preflight: async () => (await import('./preflight.ts')).preflight,
  'dirty-rate': async () => (await import('./dirty-rate.ts')).dirtyRate,
  settings: async () => (await import('./settings.ts')).settings,
  plan: async () => (await import('./plan.ts')).plan,
  run: async () => (await import('./run.ts')).run,
  runs: async () => (await import('./runs.ts')).runs,
  attach: async () => (await import('./runs.ts')).attach,
  cancel: async () => (await import('./runs.ts')).cancel,
  set: async () => (await import('./change-run.ts')).set,
  postcopy: async () => (await import('./change-run.ts')).postCopy,
  recover: async () => (await import('./change-run.ts')).recover,
  explain: async () => (await import('./explain.ts')).explain,
  rules: async () => (await import('./rules.ts')).rules,
  'tls-setup': async () => (await import('./tls-setup.ts')).tlsSetup,
  lsp: async () => (await import('./lsp.ts')).lsp,
} as const satisfies Readonly<Record<string, () => Promise<CliCommand>>>;

export const commandNames: readonly string[] = Object.keys(commands);

/** Undefined when there is no such command. */
export async function commandNamed(name: string): Promise<CliCommand | undefined> {
  return Object.hasOwn(commands, name)
    ? await commands[name as keyof typeof commands]()
    : undefined;
}

/** All of them, for the help. */
export async function allCommands(): Promise<readonly CliCommand[]> {
  return Promise.all(Object.values(commands).map((load) => load()));
}
