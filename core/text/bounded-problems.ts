import { say } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';

/** Problems of one text that are told; nobody reads more, and no editor should have to show them. */
const shownProblems = 200;

/**
 * The first problems by place, and how many were left out. `more` are those that were found and not
 * even kept.
 */
export function boundedProblems(
  problems: readonly SyntaxProblem[],
  more = 0,
): readonly SyntaxProblem[] {
  const sorted = problems.toSorted((a, b) => a.span.start - b.span.start);
  const left = sorted.length - shownProblems + more;
  const last = sorted[shownProblems - 1];
  if (left <= 0 || last === undefined) return sorted;
  return [
    ...sorted.slice(0, shownProblems),
    {
      code: 'more-problems',
      span: last.span,
      severity: 'error',
      message: say('{0} more problems behind this one are not shown.', left),
      fixes: [],
    },
  ];
}
