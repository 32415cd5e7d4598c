import { pathToFileURL } from 'node:url';
import { render } from '../../core/messages.ts';
import type { Problem, Severity } from '../../core/problems.ts';
import { documentationPage } from '../../core/rules/documentation.ts';
import { problemJson } from './problems.ts';
import type { PrintContext } from './problems.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
  hint: 'note',
};

/** The findings as a SARIF 2.1.0 log (OASIS), for code-scanning services. */
export function sarifLog(problems: readonly Problem[], context: PrintContext): object {
  const ids = [...new Set(problems.map((problem) => problem.code))].sort();
  return {
    $schema:
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'livemigrate',
            rules: ids.map((id) => ({ id, helpUri: documentationPage(id) })),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { ROOT: { uri: `${pathToFileURL(context.folder).href}/` } },
        results: problems.map((problem) => sarifResult(problem, ids, context)),
      },
    ],
  };
}

function sarifResult(problem: Problem, ids: readonly string[], context: PrintContext): object {
  const json = problemJson(problem, context);
  const { start, end } = json.range;
  return {
    ruleId: problem.code,
    ruleIndex: ids.indexOf(problem.code),
    level: levels[problem.severity],
    message: { text: render(problem.message, context.translate) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(json.file), uriBaseId: 'ROOT' },
          region: {
            startLine: start.line + 1,
            startColumn: start.character + 1,
            endLine: end.line + 1,
            endColumn: end.character + 1,
          },
        },
      },
    ],
  };
}
