/** Exit codes of every command: what was asked for is so, is not so, or could not be found out. */
export const exitCode = { ok: 0, problems: 1, failed: 2 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
