/** What the sections share that measure real hosts: the lab, or why there is none. */
import { setTimeout as delay } from 'node:timers/promises';
import { obstacles, openLab } from '../test/lab/lab.ts';
import type { Lab } from '../test/lab/lab.ts';
import type { Goal } from './statistics.ts';

export interface SectionResult {
  readonly figures: Readonly<Record<string, number>>;
  readonly goals: readonly Goal[];
}

/**
 * Measures in a lab of its own, which is taken down whatever happens. Where the machine cannot run
 * one (it needs root on Debian) the section is left out with the reason, because then nothing was
 * measured, neither good nor bad.
 */
export async function inLab(
  section: string,
  hosts: readonly string[],
  measure: (lab: Lab) => Promise<SectionResult>,
): Promise<SectionResult> {
  const missing = obstacles();
  if (missing.length > 0) {
    console.log(`\n${section}: left out, the lab cannot run here: ${missing.join(' ')}`);
    return { figures: {}, goals: [] };
  }
  const lab = await openLab({ private: true, hosts });
  try {
    return await measure(lab);
  } finally {
    await lab.close();
  }
}

/** @throws Error naming `what` when the work is not done in time */
export async function inTime<T>(what: string, milliseconds: number, work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = delay(milliseconds, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${what}: not within ${String(milliseconds / 1000)} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
