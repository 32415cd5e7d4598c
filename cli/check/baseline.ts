import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { say } from '../../core/messages.ts';
import type { Problem } from '../../core/problems.ts';
import { documentationPage } from '../../core/rules/documentation.ts';
import { UsageError } from '../usage-error.ts';
import { findingKey, keyText } from './finding-key.ts';
import type { FindingKey } from './finding-key.ts';
import { writeWhole } from './write-whole.ts';

const format = 'livemigrate-baseline/1';

const baselineForm = v.object({
  format: v.literal(format),
  findings: v.array(
    v.object({
      file: v.string(),
      code: v.string(),
      line: v.string(),
      about: v.pipe(v.array(v.string()), v.readonly()),
      count: v.pipe(v.number(), v.integer(), v.minValue(1)),
    }),
  ),
});

type Entry = v.InferOutput<typeof baselineForm>['findings'][number];

/** Findings that were there when a repository adopted the tool, and are accepted until mended. */
export interface Baseline {
  readonly path: string;
  readonly entries: readonly Entry[];
}

/** Reads a baseline file. Throws UsageError when it is missing or is none. */
export function readBaseline(path: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(
      say(
        'The baseline {0} cannot be read: {1}',
        path,
        error instanceof Error ? error.message : String(error),
      ),
    );
  }
  const result = v.safeParse(baselineForm, value);
  if (!result.success) throw new UsageError(say('{0} is not a baseline of livemigrate.', path));
  return { path, entries: result.output.findings };
}

export interface BaselineResult {
  /** Findings that the baseline does not know. */
  readonly fresh: readonly Problem[];
  readonly accepted: readonly Problem[];
  /** How many findings of the baseline are mended, of the files that were looked at. */
  readonly stale: readonly Entry[];
}

export interface Looked {
  /** URIs of the documents that were looked at. */
  readonly documents: ReadonlySet<string>;
  readonly read: (uri: string) => string | undefined;
}

/**
 * Takes out the findings that the baseline holds, each as many times as it was counted. What keeps
 * a file from being checked at all (it cannot be read or parsed, a rule fell over) is never taken
 * out: everything behind it would go unseen.
 */
export function applyBaseline(
  problems: readonly Problem[],
  baseline: Baseline,
  looked: Looked,
): BaselineResult {
  const left = new Map<string, number>();
  for (const entry of baseline.entries) {
    const key = keyText(entry);
    left.set(key, (left.get(key) ?? 0) + entry.count);
  }
  const fresh: Problem[] = [];
  const accepted: Problem[] = [];
  for (const problem of problems) {
    const key = keyText(keyFor(problem, baseline.path, looked));
    const count = left.get(key) ?? 0;
    if (count > 0 && canBeAccepted(problem)) {
      left.set(key, count - 1);
      accepted.push(problem);
    } else fresh.push(problem);
  }
  const seen = new Set([...looked.documents].map((uri) => fileOf(uri, baseline.path)));
  const stale = baseline.entries.flatMap((entry): Entry[] => {
    const count = left.get(keyText(entry)) ?? 0;
    left.delete(keyText(entry));
    if (count === 0 || !isLookedAt(entry.file, seen, baseline.path)) return [];
    return [{ ...entry, count }];
  });
  return { fresh, accepted, stale };
}

/**
 * Writes the findings as the baseline. Entries of files that were not looked at this time stay.
 * Sorted, one finding a line group, so that a difference shows what was mended. Returns how many
 * findings it holds, and those that no baseline can hold.
 */
export function writeBaseline(
  path: string,
  problems: readonly Problem[],
  looked: Looked,
): { readonly written: number; readonly refused: readonly Problem[] } {
  const seen = new Set([...looked.documents].map((uri) => fileOf(uri, path)));
  const counts = new Map<string, Entry>();
  const add = (entry: Entry): void => {
    const known = counts.get(keyText(entry));
    counts.set(
      keyText(entry),
      known === undefined ? entry : { ...known, count: known.count + entry.count },
    );
  };
  if (existsSync(path)) {
    for (const entry of readBaseline(path).entries) {
      if (!isLookedAt(entry.file, seen, path)) add(entry);
    }
  }
  const refused = problems.filter((problem) => !canBeAccepted(problem));
  for (const problem of problems) {
    if (canBeAccepted(problem)) add({ ...keyFor(problem, path, looked), count: 1 });
  }
  const findings = [...counts.values()]
    .map(({ file, code, line, about, count }) => ({ file, code, line, about, count }))
    .sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
  writeWhole(path, `${JSON.stringify({ format, findings }, null, 2)}\n`);
  return { written: findings.reduce((sum, { count }) => sum + count, 0), refused };
}

function canBeAccepted({ code }: Problem): boolean {
  return !/\/(yaml-syntax|xml-syntax|domain-xml|rule-crashed)\.md$/.test(documentationPage(code));
}

function keyFor(problem: Problem, path: string, looked: Looked): FindingKey {
  return findingKey(problem, fileOf(problem.uri, path), looked.read(problem.uri) ?? '');
}

/** Paths in a baseline are relative to it, so that it is the same in every checkout. */
function fileOf(uri: string, baseline: string): string {
  if (!uri.startsWith('file:')) return uri;
  return relative(dirname(resolve(baseline)), fileURLToPath(uri))
    .split(sep)
    .join('/');
}

/** An entry counts as looked at also when its file is gone. */
function isLookedAt(file: string, seen: ReadonlySet<string>, baseline: string): boolean {
  return seen.has(file) || !existsSync(resolve(dirname(resolve(baseline)), file));
}
