import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { Fix, Problem, TextEdit } from '../problems.ts';
import type { Span } from '../text/span.ts';

export interface CodeAction {
  readonly title: Message;
  readonly kind: 'quickfix' | 'source.fixAll';
  /** The problem that it mends; undefined when it mends several. */
  readonly problem: Problem | undefined;
  readonly edits: readonly TextEdit[];
  /** The repair to apply without asking which. */
  readonly preferred: boolean;
}

/**
 * Repairs of the problems that touch a range of a document. A problem with exactly one fix has a
 * preferred one; where several are offered the choice belongs to the user. `ignore` gives the ways to
 * live with a problem instead.
 */
export function codeActions(
  uri: string,
  problems: readonly Problem[],
  range: Span,
  ignore: (problem: Problem) => readonly Fix[] = () => [],
): readonly CodeAction[] {
  const here = problems.filter((problem) => problem.uri === uri && touches(problem.span, range));
  const single = here.flatMap((problem) =>
    problem.fixes.map((fix): CodeAction => ({
      title: fix.title,
      kind: 'quickfix',
      problem,
      edits: fix.edits,
      preferred: problem.fixes.length === 1,
    })),
  );
  // To live with a finding is offered last, and never taken for the repair.
  const ignoring = here.flatMap((problem) =>
    ignore(problem).map((fix): CodeAction => ({
      title: fix.title,
      kind: 'quickfix',
      problem,
      edits: fix.edits,
      preferred: false,
    })),
  );
  const units = here.some(isUnitProblem) ? allUnits(uri, problems) : [];
  return [...single, ...units, ...ignoring];
}

/** Everything that can be mended without a choice, for “fix all” on save. */
export function fixAll(uri: string, problems: readonly Problem[]): readonly CodeAction[] {
  const fixes = problems
    .filter((problem) => problem.uri === uri && problem.fixes.length === 1)
    .flatMap((problem) => problem.fixes);
  const edits = withoutOverlap(uri, fixes);
  if (edits.length === 0) return [];
  return [
    {
      title: say('Fix everything that has one fix'),
      kind: 'source.fixAll',
      problem: undefined,
      edits,
      preferred: false,
    },
  ];
}

/** Every missing unit takes the one that virsh would have meant, the first that is offered. */
function allUnits(uri: string, problems: readonly Problem[]): readonly CodeAction[] {
  const missing = problems.filter((problem) => problem.uri === uri && isUnitProblem(problem));
  const firsts = missing.flatMap((problem) => problem.fixes.slice(0, 1));
  if (firsts.length < 2) return [];
  return [
    {
      title: say('Write all {0} missing units as libvirt would take them', firsts.length),
      kind: 'quickfix',
      problem: undefined,
      edits: withoutOverlap(uri, firsts),
      preferred: false,
    },
  ];
}

function isUnitProblem(problem: Problem): boolean {
  return problem.code === 'unit-missing' && problem.fixes.length > 0;
}

/** Edits of fixes that lie wholly in the document, leaving out a fix that meets an earlier one. */
function withoutOverlap(uri: string, fixes: readonly Fix[]): readonly TextEdit[] {
  const taken: TextEdit[] = [];
  for (const fix of fixes) {
    const clash = fix.edits.some(
      (edit) => edit.uri !== uri || taken.some((other) => touches(edit.span, other.span)),
    );
    if (!clash) taken.push(...fix.edits);
  }
  return taken;
}

function touches(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}
