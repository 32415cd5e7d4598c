import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/** What a finished command gave. */
export interface Finished {
  /** Exit code; null when a signal ended the command (also when its time was up). */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall-clock milliseconds. */
  readonly elapsedMs: number;
}

export interface RunOptions {
  /** Milliseconds after which the command and its process group are killed. */
  readonly timeoutMs: number;
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Id of the lab the command changes: whoever goes on after this process was killed ends the command first. */
  readonly lab?: string;
  /** Gets stderr and stdout as they come, for long work on a terminal. */
  readonly progress?: (text: string) => void;
}

/** A command that failed where only success is of use. The message holds the command and what it said. */
export class CommandFailed extends Error {
  readonly result: Finished;

  constructor(command: readonly string[], result: Finished, why: string) {
    const said = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-12).join('\n');
    super(`${command.join(' ')}: ${why}${said === '' ? '' : `\n${said}`}`);
    this.name = 'CommandFailed';
    this.result = result;
  }
}

/**
 * Runs a command to its end. A non-zero exit is a result; a command that cannot be started or does not end within its
 * time throws {@link CommandFailed}.
 */
export function run(command: readonly string[], options: RunOptions): Promise<Finished> {
  const [file, ...args] = command;
  if (file === undefined) throw new Error('an empty command');
  const started = performance.now();
  return new Promise((resolve, reject) => {
    // A process group of its own, so that giving up ends what the command started as well.
    const child = spawn(file, args, {
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: {
        ...(options.env ?? process.env),
        ...(options.lab === undefined ? {} : { [MARK]: `${options.lab}/` }),
      },
    });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      options.progress?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      options.progress?.(text);
    });
    const finished = (code: number | null): Finished => ({
      code,
      stdout,
      stderr,
      elapsedMs: Math.round(performance.now() - started),
    });
    const bound = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) endGroup(child.pid);
      // What left the group may hold the pipes open; nobody waits for it.
      child.stdout.destroy();
      child.stderr.destroy();
    }, options.timeoutMs);
    child.on('error', (error) => {
      clearTimeout(bound);
      reject(new CommandFailed(command, finished(null), error.message));
    });
    child.on('close', (code) => {
      clearTimeout(bound);
      const seconds = String(options.timeoutMs / 1000);
      if (timedOut) reject(new CommandFailed(command, finished(null), `not done in ${seconds} s`));
      else resolve(finished(code));
    });
    // A command may end without reading its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** Like {@link run}, but any exit code other than 0 throws {@link CommandFailed}. Returns stdout. */
export async function must(command: readonly string[], options: RunOptions): Promise<string> {
  const result = await run(command, options);
  if (result.code !== 0) {
    const why = result.code === null ? 'killed' : `exit code ${String(result.code)}`;
    throw new CommandFailed(command, result, why);
  }
  return result.stdout;
}

/** A process that outlives this one; the start time tells it from a later process with the same number. */
export interface Daemon {
  readonly pid: number;
  /** Clock ticks after boot, field 22 of /proc/PID/stat. */
  readonly startTime: string;
}

/** The process `pid` as it is now; undefined when there is none (a zombie is none). */
export function identify(pid: number): Daemon | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The command name is in parentheses and may hold anything; what follows the last one is plain.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const startTime = fields[19];
    if (startTime === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { pid, startTime };
  } catch {
    return undefined;
  }
}

export function isAlive(daemon: Daemon): boolean {
  return identify(daemon.pid)?.startTime === daemon.startTime;
}

/**
 * Environment variable that marks a lab's processes outside its namespaces: `<lab id>/<host>`; without a host the commands
 * that make and remove the lab.
 */
export const MARK = 'LIVEMIGRATE_LAB_PROCESS';

export interface MarkedProcess extends Daemon {
  readonly host: string;
}

/** Processes that carry a lab's mark (`host` is empty for its commands), found even when whoever started them could not write down their number. */
export function markedProcesses(labId: string): MarkedProcess[] {
  const found: MarkedProcess[] = [];
  const mark = `${MARK}=${labId}/`;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const environment = readFileSync(`/proc/${entry}/environ`, 'utf8').split('\0');
      const host = environment.find((variable) => variable.startsWith(mark))?.slice(mark.length);
      const daemon = host === undefined ? undefined : identify(Number(entry));
      if (host !== undefined && daemon !== undefined) found.push({ ...daemon, host });
    } catch {
      continue; // gone meanwhile, or a kernel thread
    }
  }
  return found;
}

/** Kills processes and waits, at most `timeoutMs`, until they are gone. Returns those that are not. */
export async function end(daemons: readonly Daemon[], timeoutMs: number): Promise<Daemon[]> {
  for (const daemon of daemons) {
    if (!isAlive(daemon)) continue;
    try {
      process.kill(daemon.pid, 'SIGKILL');
    } catch {
      // ended by itself meanwhile
    }
  }
  const deadline = performance.now() + timeoutMs;
  let left = daemons.filter(isAlive);
  while (left.length > 0 && performance.now() < deadline) {
    await pause(10);
    left = left.filter(isAlive);
  }
  return left;
}

/**
 * Kills what `find` finds until it finds nothing: one that is being killed may have started another meanwhile.
 * @returns those that do not end within `timeoutMs`
 */
export async function endAll(
  find: () => readonly Daemon[] | Promise<readonly Daemon[]>,
  timeoutMs: number,
): Promise<readonly Daemon[]> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await find();
    if (found.length === 0) return [];
    const left = await end(found, Math.max(0, deadline - performance.now()));
    if (left.length > 0) return left;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks until `probe` gives a value, at most `timeoutMs`; then throws `what` with the bound. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  probe: () => T | undefined | Promise<T | undefined>,
  everyMs = 25,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() >= deadline) {
      throw new Error(`${what}: not within ${String(timeoutMs / 1000)} s`);
    }
    await pause(everyMs);
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // the group is gone
  }
}
