import type { SyntaxProblem } from '../problems.ts';
import { boundedProblems } from '../text/bounded-problems.ts';
import { readByLibrary } from './library.ts';
import type { YamlLimits } from './limits.ts';
import { plainRuns } from './plain-blocks.ts';
import type { PlainItem } from './plain-blocks.ts';
import { Restoration } from './restoration.ts';
import type { Omission } from './restoration.ts';
import type { YamlTree } from './tree.ts';

/** Problems in a text beyond which it is not worth while to look where each stands. */
const manyProblems = 200;

/**
 * Parses a long text of which little is beyond the plain blocks, be it half-typed or only rare: the
 * library is given the text without most of the plain items of its lists, and they are put back
 * into the tree it makes. When the library reads the first and the last of a run, in one list and
 * one upon the other, as they are read here, then it stood before each item between them as it
 * stood before the last, and would have read it likewise. Undefined when it does not, when little
 * would be left out, and when something in the text could reach further than the place it stands in.
 */
export function parseSparse(text: string, limits: YamlLimits): YamlTree | undefined {
  // Half the depth for what is left out, and half for the list that it is in.
  const maxDepth = limits.maxDepth >> 1;
  const { given, omissions } = withoutPlainItems(text, { ...limits, maxDepth });
  if (given.length * 2 > text.length || reachesFurther(given)) return undefined;
  const answer = readByLibrary(given, limits);
  if (answer === undefined || answer.stopped !== undefined || answer.hasAliases) return undefined;
  const omitted = omissions.flatMap(({ items }) => items);
  const nodes = omitted.reduce((sum, item) => sum + item.nodes, answer.nodes);
  const problems = [...answer.problems.library, ...answer.problems.own];
  if (nodes > limits.maxNodes || problems.length > manyProblems) return undefined;
  if (problems.some((problem) => omissions.some((each) => touches(problem, each)))) {
    return undefined;
  }
  const restoration = new Restoration(omissions, maxDepth);
  const root = answer.root && restoration.node(answer.root, 0);
  if (!restoration.isComplete) return undefined;
  const restored = problems.map((each) => ({ ...each, span: restoration.span(each.span) }));
  return { root, problems: boundedProblems(restored) };
}

/** The text without the inner items of its runs, and what they were. */
function withoutPlainItems(
  text: string,
  limits: YamlLimits,
): { readonly given: string; readonly omissions: readonly Omission[] } {
  const omissions: Omission[] = [];
  const kept: string[] = [];
  let behind = 0;
  let missing = 0;
  for (const run of plainRuns(text, limits)) {
    const [before, ...items] = run;
    const after = items.pop();
    const first = items[0];
    if (before === undefined || after === undefined || first === undefined) continue;
    const start = lineStart(text, first);
    const end = lineStart(text, after);
    kept.push(text.slice(behind, start));
    behind = end;
    omissions.push({ before, items, after, at: start - missing, missing, length: end - start });
    missing += end - start;
  }
  kept.push(text.slice(behind));
  return { given: kept.join(''), omissions };
}

function lineStart(text: string, item: PlainItem): number {
  return text.lastIndexOf('\n', item.start) + 1;
}

/** A directive says how the whole is to be read, and a tag how a collection. */
function reachesFurther(text: string): boolean {
  return text.includes('!') || /^\uFEFF?%/m.test(text);
}

/** Has the problem, of the given text, to do with the items around an omission? */
function touches({ span }: SyntaxProblem, { before, after, missing, length }: Omission): boolean {
  const start = before.start - missing;
  const end = after.node.span.end - missing - length;
  return span.end > start && span.start < end;
}
