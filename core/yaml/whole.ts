import { boundedProblems } from '../text/bounded-problems.ts';
import { readByLibrary } from './library.ts';
import type { YamlLimits } from './limits.ts';
import { tooDeep } from './refusal.ts';
import type { YamlTree } from './tree.ts';

/** Parses a text by the library alone. */
export function parseWhole(text: string, limits: YamlLimits): YamlTree {
  const answer = readByLibrary(text, limits);
  if (answer === undefined) return tooDeep(text, limits);
  const { root, problems, stopped } = answer;
  // Beyond the bound the library's own errors speak of its stack, not of the file.
  if (stopped?.code === 'too-deep') return { root, problems: [...problems.own, stopped] };
  const all = [...problems.library, ...problems.own, ...(stopped === undefined ? [] : [stopped])];
  return { root, problems: boundedProblems(all) };
}
