import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import type { Span } from '../text/span.ts';
import type { YamlLimits } from './limits.ts';
import type { YamlTree } from './tree.ts';

/** A text that is not read at all, with one problem on its first line. */
export function refused(code: string, text: string, message: Message): YamlTree {
  const end = text.indexOf('\n');
  const span = { start: 0, end: Math.min(end < 0 ? text.length : end, 200) };
  return { root: undefined, problems: [problem(code, span, message)] };
}

export function tooDeep(text: string, limits: YamlLimits): YamlTree {
  return refused(
    'too-deep',
    text,
    say('This file is nested deeper than {0} levels.', limits.maxDepth),
  );
}

export function problem(code: string, span: Span, message: Message): SyntaxProblem {
  return { code, span, message, severity: 'error', fixes: [] };
}
