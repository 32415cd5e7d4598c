import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { planDigest } from '../../core/planner/digest.ts';
import type { Plan } from '../../core/planner/plan.ts';
import type { Owner, RunEntry, RunEvent, RunOutcome } from './entry.ts';
import { RecordUnwritable } from './record-unwritable.ts';

/** SHA-256 in hex: the hash behind every plan's digest. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Where editor and command line keep what they share; `LIVEMIGRATE_STATE` moves it as a whole. */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  const own = env['LIVEMIGRATE_STATE'];
  if (own !== undefined && own !== '') return own;
  const xdg = env['XDG_STATE_HOME'];
  const base = xdg !== undefined && xdg.startsWith('/') ? xdg : join(homedir(), '.local', 'state');
  return join(base, 'livemigrate');
}

/** A run's record: an append-only file of JSON lines, readable by its owner alone. */
export interface RunRecord {
  readonly id: string;
  readonly file: string;
  /**
   * Writes what happened. @throws RecordUnwritable when that cannot be; the entry is then kept in
   * memory, counts as one of `entries`, and is written before the next one that can be.
   */
  append(event: RunEvent): RunEntry;
  /** Writes what could not be written before; true when nothing waits any more. */
  flush(): boolean;
  /** All entries so far. A line that was torn by a crash is left out. */
  entries(): readonly RunEntry[];
}

/**
 * Appends what has happened already, or is under way whether it can be written or not: a record
 * that cannot be written must not end the watching of a migration.
 */
export function keep(record: RunRecord, event: RunEvent): RunEntry {
  try {
    return record.append(event);
  } catch (error) {
    if (error instanceof RecordUnwritable && error.entry !== undefined) return error.entry;
    throw error;
  }
}

/** A run as its record tells it. */
export interface RunSummary {
  readonly id: string;
  readonly plan: Plan;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** The process that carries the run; it may be gone. */
  readonly owner: Owner | undefined;
  readonly launched: boolean;
  readonly cancelRequested: boolean;
  readonly percent: number;
  readonly lastEntry: RunEntry;
  /** Undefined while the run is open. */
  readonly outcome: RunOutcome | undefined;
}

/**
 * Begins the record of a run; the plan stands in its first line. @throws RecordUnwritable when it
 * cannot be kept: then nothing is begun, and no half of a record stays.
 */
export function createRun(
  plan: Plan,
  owner: Owner,
  options: { readonly folder?: string; readonly now?: () => number } = {},
): RunRecord {
  const now = options.now ?? Date.now;
  const runs = runsFolder(options.folder);
  const stamp = new Date(now()).toISOString().replace(/\D/g, '').slice(0, 14);
  const id = `${stamp}-${randomBytes(4).toString('hex')}`;
  const file = join(runs, `${id}.jsonl`);
  try {
    mkdirSync(runs, { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    throw new RecordUnwritable(file, error);
  }
  try {
    const record = openRecord(id, file, now);
    record.append({ type: 'run', format: 'livemigrate-run/1', id, plan });
    record.append({ type: 'owner', owner });
    return record;
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

/** The record of a run that exists; undefined when there is none of that id. */
export function findRun(
  id: string,
  options: { readonly folder?: string; readonly now?: () => number } = {},
): RunRecord | undefined {
  if (!isRunId(id)) return undefined;
  const file = join(runsFolder(options.folder), `${id}.jsonl`);
  const record = openRecord(id, file, options.now ?? Date.now);
  return record.entries().length === 0 ? undefined : record;
}

/** All runs, newest first. A file that holds no readable plan is left out. */
export function listRuns(options: { readonly folder?: string } = {}): readonly RunSummary[] {
  const folder = runsFolder(options.folder);
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .reverse()
    .flatMap((name) => {
      const summary = readRun(name.slice(0, -'.jsonl'.length), options);
      return summary === undefined ? [] : [summary];
    });
}

/** Runs without an end: still on their way, or left by a program that is gone. */
export function currentRuns(options: { readonly folder?: string } = {}): readonly RunSummary[] {
  return listRuns(options).filter(({ outcome }) => outcome === undefined);
}

export function readRun(
  id: string,
  options: { readonly folder?: string } = {},
): RunSummary | undefined {
  const record = findRun(id, options);
  return record === undefined ? undefined : summarise(record.entries());
}

/** What the entries of a record add up to; undefined when it does not begin with a valid plan. */
export function summarise(entries: readonly RunEntry[]): RunSummary | undefined {
  const [first] = entries;
  const lastEntry = entries.at(-1);
  if (first?.type !== 'run' || lastEntry === undefined || !isIntact(first.plan)) return undefined;
  const end = entries.findLast((entry) => entry.type === 'ended');
  return {
    id: first.id,
    plan: first.plan,
    startedAt: first.at,
    endedAt: end?.at,
    owner: entries.findLast((entry) => entry.type === 'owner')?.owner,
    launched:
      entries.some((entry) => entry.type === 'step' && entry.step === 'launch') &&
      !entries.some(({ type }) => type === 'not-launched'),
    cancelRequested: entries.some(({ type }) => type === 'cancel-requested'),
    percent: entries.findLast((entry) => entry.type === 'progress')?.percent ?? 0,
    lastEntry,
    outcome: end?.outcome,
  };
}

/** A plan whose content is what its digest vouches for. */
export function isIntact(plan: Plan): boolean {
  try {
    return planDigest(plan, sha256) === plan.digest;
  } catch {
    return false;
  }
}

export function isRunId(text: string): boolean {
  return /^[a-z0-9-]{1,64}$/.test(text);
}

function runsFolder(folder: string | undefined): string {
  return join(folder ?? stateFolder(), 'runs');
}

function openRecord(id: string, file: string, now: () => number): RunRecord {
  const waiting: RunEntry[] = [];
  let written: readonly RunEntry[] = [];
  const write = (): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      // One write for the whole line, so that lines of two programs never mix; a torn line before
      // it is closed off first.
      const line = `${endsTorn(file) ? '\n' : ''}${JSON.stringify(next)}\n`;
      appendFileSync(file, line, { mode: 0o600 });
      waiting.shift();
    }
  };
  return {
    id,
    file,
    append(event) {
      const entry: RunEntry = { at: now(), ...event };
      // What moves is soon said anew: when the folder is full only the last word of it is of use.
      const before = waiting.at(-1);
      if (entry.type === 'progress' && before?.type === 'progress') waiting.pop();
      waiting.push(entry);
      try {
        write();
      } catch (error) {
        throw new RecordUnwritable(file, error, entry);
      }
      return entry;
    },
    flush() {
      try {
        write();
      } catch {
        return false;
      }
      return true;
    },
    entries() {
      try {
        written = parseEntries(readFileSync(file, 'utf8'));
      } catch {
        // The folder is out of reach for the moment: what was read before still holds.
      }
      return [...written, ...waiting];
    },
  };
}

function parseEntries(text: string): readonly RunEntry[] {
  return text.split('\n').flatMap((line): RunEntry[] => {
    if (line === '') return [];
    try {
      const value: unknown = JSON.parse(line);
      return isEntry(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}

function isEntry(value: unknown): value is RunEntry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    'at' in value &&
    typeof value.at === 'number'
  );
}

function endsTorn(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    if (size === 0) return false;
    const last = Buffer.alloc(1);
    readSync(handle, last, 0, 1, size - 1);
    return last[0] !== 0x0a;
  } finally {
    closeSync(handle);
  }
}
