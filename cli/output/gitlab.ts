import type { Problem, Severity } from '../../core/problems.ts';
import { keyText } from '../check/finding-key.ts';
import type { FindingKey } from '../check/finding-key.ts';
import { fingerprint } from './fingerprint.ts';
import { problemJson } from './problems.ts';
import type { PrintContext } from './problems.ts';

const severities: Readonly<Record<Severity, 'critical' | 'major' | 'minor' | 'info'>> = {
  error: 'critical',
  warning: 'major',
  info: 'minor',
  hint: 'info',
};

/** The findings as a code quality report, which GitLab shows in a merge request. */
export function gitlabReport(
  findings: readonly { readonly problem: Problem; readonly key: FindingKey }[],
  context: PrintContext,
): readonly object[] {
  const occurrences = new Map<string, number>();
  return findings.map(({ problem, key }) => {
    const text = keyText(key);
    const before = occurrences.get(text) ?? 0;
    occurrences.set(text, before + 1);
    const { file, range, message } = problemJson(problem, context);
    return {
      description: message,
      check_name: problem.code,
      fingerprint: fingerprint(key, before),
      severity: severities[problem.severity],
      location: {
        path: file.replaceAll('\\', '/'),
        lines: { begin: range.start.line + 1, end: range.end.line + 1 },
      },
    };
  });
}
