import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { render } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import type { Problem, Severity } from '../../core/problems.ts';
import { allRules } from '../../core/rules/all.ts';
import { documentationPage } from '../../core/rules/documentation.ts';
import type { PositionRange } from '../../core/text/lines.ts';
import { keyText } from '../check/finding-key.ts';
import type { FindingKey } from '../check/finding-key.ts';
import { fingerprint } from './fingerprint.ts';
import { problemJson } from './problems.ts';
import type { PrintContext, ProblemJson } from './problems.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
  hint: 'note',
};

/** A finding, and why it does not count when somebody accepted it. */
export interface SarifFinding {
  readonly problem: Problem;
  readonly key: FindingKey;
  readonly suppressed?: { readonly kind: 'inSource' | 'external'; readonly reason: string };
}

export interface SarifInput {
  readonly findings: readonly SarifFinding[];
  readonly version: string;
  /** Folder of the package, which holds the pages of the rules. */
  readonly packageFolder: string;
  readonly exitCode: number;
  /** What could not be checked, and why. */
  readonly notes: readonly Message[];
}

/** Name of the folder that the paths of files are relative to, as code-scanning services know it. */
const root = '%SRCROOT%';

/** The findings as a SARIF 2.1.0 log (OASIS), for code-scanning services. */
export function sarifLog(input: SarifInput, context: PrintContext): object {
  const ids = [...new Set(input.findings.map(({ problem }) => problem.code))].sort();
  const occurrences = new Map<string, number>();
  return {
    $schema:
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'livemigrate',
            version: input.version,
            semanticVersion: input.version,
            language: 'en',
            rules: ids.map((id) => ruleDescriptor(id, input, context)),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            exitCode: input.exitCode,
            ...(input.notes.length === 0
              ? {}
              : {
                  toolExecutionNotifications: input.notes.map((note) => ({
                    level: 'note',
                    message: { text: render(note, context.translate) },
                  })),
                }),
          },
        ],
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [root]: { uri: `${pathToFileURL(context.folder).href}/` } },
        results: input.findings.map((finding) => {
          const key = keyText(finding.key);
          const before = occurrences.get(key) ?? 0;
          occurrences.set(key, before + 1);
          return result(finding, { ids, before, context });
        }),
      },
    ],
  };
}

/**
 * The rule with its own level and the text of its page, which services show beside a finding. The
 * page has no address that means anything on another machine.
 */
function ruleDescriptor(
  id: string,
  { packageFolder, findings }: SarifInput,
  { translate }: PrintContext,
): object {
  const rule = allRules.find((each) => each.id === id);
  const language = translate('fix: {0}') === 'fix: {0}' ? 'en' : 'zh-cn';
  const page = join(packageFolder, documentationPage(id, language));
  const markdown = readPage(page);
  const found = findings.find(({ problem }) => problem.code === id)?.problem;
  const severity = rule?.severity ?? found?.severity ?? 'warning';
  const summary = rule === undefined ? undefined : render(rule.summary, translate);
  return {
    id,
    ...(summary === undefined ? {} : { shortDescription: { text: summary } }),
    ...(markdown === undefined ? {} : { help: { text: summary ?? id, markdown } }),
    defaultConfiguration: { level: levels[severity] },
  };
}

function readPage(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

interface ResultContext {
  readonly ids: readonly string[];
  /** Equal findings that come before this one. */
  readonly before: number;
  readonly context: PrintContext;
}

function result({ problem, key, suppressed }: SarifFinding, at: ResultContext): object {
  const { ids, before, context } = at;
  const json = problemJson(problem, context);
  return {
    ruleId: problem.code,
    ruleIndex: ids.indexOf(problem.code),
    level: levels[problem.severity],
    message: { text: json.message },
    locations: [{ physicalLocation: physicalLocation(json.file, json.range) }],
    ...(json.related.length === 0
      ? {}
      : {
          relatedLocations: json.related.map(({ file, range, message }, id) => ({
            id,
            physicalLocation: physicalLocation(file, range),
            message: { text: message },
          })),
        }),
    partialFingerprints: { 'livemigrate/v1': fingerprint(key, before) },
    ...(json.fix.length === 0 ? {} : { fixes: json.fix.map(fix) }),
    ...(suppressed === undefined
      ? {}
      : {
          suppressions: [
            { kind: suppressed.kind, status: 'accepted', justification: suppressed.reason },
          ],
        }),
  };
}

function fix({ title, edits }: ProblemJson['fix'][number]): object {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    description: { text: title },
    artifactChanges: files.map((file) => ({
      artifactLocation: artifactLocation(file),
      replacements: edits
        .filter((edit) => edit.file === file)
        .map(({ range, newText }) => ({
          deletedRegion: region(range),
          ...(newText === '' ? {} : { insertedContent: { text: newText } }),
        })),
    })),
  };
}

function physicalLocation(file: string, range: PositionRange): object {
  return { artifactLocation: artifactLocation(file), region: region(range) };
}

/** Files outside of the folder, and what is no file, keep their whole address. */
function artifactLocation(file: string): object {
  if (/^[a-z][a-z0-9+.-]+:/i.test(file)) return { uri: file };
  if (file.startsWith('/') || /^[A-Za-z]:/.test(file)) return { uri: pathToFileURL(file).href };
  return {
    uri: file.split(/[\\/]/).map(encodeURIComponent).join('/'),
    uriBaseId: root,
  };
}

/** One-based lines and columns in UTF-16 code units; the end column is behind the last one. */
function region({ start, end }: PositionRange): object {
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}
