import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Owner } from './entry.ts';
import { isAlive, thisProcess } from './owner.ts';
import { findRun, listRuns, stateFolder, summarise } from './record.ts';
import type { RunSummary } from './record.ts';

/** Days that the record of a finished run is kept unless the user says otherwise. */
export const defaultKeepDays = 90;

const day = 24 * 60 * 60 * 1000;

export interface PruneInput {
  /** State folder; the user's own by default. */
  readonly folder?: string;
  /** Records of runs that ended longer ago are removed; 0 removes none. */
  readonly keepDays: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Pruned {
  readonly removed: readonly string[];
  /** Ended long enough ago, but a person may still need the record. */
  readonly kept: readonly string[];
  /** Another process is at it at this moment; nothing was removed. */
  readonly busy: boolean;
}

/**
 * Removes the records of runs that ended long ago. Never one without an end (it runs, or can be
 * attached to or recovered), never one that could not tell where the guest is, or that left
 * something on a host, and never a file that is not understood. One process at a time.
 */
export function pruneRuns({ folder, keepDays, now }: PruneInput): Pruned {
  const options = folder === undefined ? {} : { folder };
  const none = { removed: [], kept: [], busy: false };
  if (keepDays <= 0) return none;
  const old = (run: RunSummary | undefined): run is RunSummary =>
    run?.outcome !== undefined && now - (run.endedAt ?? now) > keepDays * day;
  const candidates = listRuns(options).filter(old);
  if (candidates.length === 0) return none;
  const unlock = lock(join(folder ?? stateFolder(), 'prune.lock'));
  if (unlock === undefined) return { ...none, busy: true };
  try {
    const removed: string[] = [];
    const kept: string[] = [];
    for (const { id } of candidates) {
      // Looked at once more: meanwhile somebody may have written to it, or removed it.
      const record = findRun(id, options);
      const run = record === undefined ? undefined : summarise(record.entries());
      if (record === undefined || !old(run)) continue;
      if (isStillNeeded(run)) {
        kept.push(id);
        continue;
      }
      rmSync(record.file, { force: true });
      removed.push(id);
    }
    return { removed, kept, busy: false };
  } finally {
    unlock();
  }
}

/** The guest's place was never established, or something that the run made is still on a host. */
function isStillNeeded({ outcome }: RunSummary): boolean {
  if (outcome === undefined || outcome.result === 'uncertain' || outcome.result === 'detached')
    return true;
  const open = ['split', 'both', 'unknown'].includes(outcome.guest);
  return open || outcome.undone.some((each) => each.outcome === 'kept');
}

/**
 * Takes a lock that a crash cannot leave behind for ever: that of a process that is gone is free.
 * Undefined when another process has it. The file appears whole or not at all: it is written beside
 * its place and then linked.
 */
function lock(file: string): (() => void) | undefined {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const me = thisProcess('cli');
  const mine = `${file}.${me.claim}`;
  writeFileSync(mine, JSON.stringify(me), { mode: 0o600 });
  try {
    for (let tries = 0; tries < 2; tries++) {
      if (isLinked(mine, file))
        return () => {
          if (holderOf(file)?.claim === me.claim) rmSync(file, { force: true });
        };
      const holder = holderOf(file);
      if (holder !== undefined && isAlive(holder)) return undefined;
      // Renaming takes away one certain file; when it is another than was looked at, it goes back.
      const gone = `${mine}.gone`;
      renameSync(file, gone);
      const same = holderOf(gone)?.claim === holder?.claim;
      if (!same) isLinked(gone, file);
      rmSync(gone, { force: true });
      if (!same) return undefined;
    }
  } catch {
    // Somebody else was faster with the same.
  } finally {
    rmSync(mine, { force: true });
  }
  return undefined;
}

function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false;
  }
}

/** Undefined for a lock that nobody can be recognised in. */
function holderOf(file: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null && 'pid' in value && 'claim' in value
      ? (value as Owner)
      : undefined;
  } catch {
    return undefined;
  }
}
