import { relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readFileSync } from 'node:fs';
import { say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import type { Problem } from '../../core/problems.ts';
import { allRules } from '../../core/rules/all.ts';
import { unknownRule } from '../../core/rules/levels.ts';
import type { RuleLevel } from '../../core/rules/levels.ts';
import { documentKind } from '../../core/service/document-kind.ts';
import manifest from '../../package.json' with { type: 'json' };
import type { BaselineResult } from '../check/baseline.ts';
import { checkFiles } from '../check/check-files.ts';
import { fileUris } from '../check/file-uri.ts';
import type { CheckOptions, CheckedFiles } from '../check/check-files.ts';
import { findFiles } from '../check/find-files.ts';
import { findingKey } from '../check/finding-key.ts';
import { fixFiles } from '../check/fix-files.ts';
import type { Wait } from '../check/waiting-rules.ts';
import { keepInstalledGrammar } from '../../hosts/collect/installed-schemas.ts';
import { exitCode } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { printProblem, problemJson } from '../output/problems.ts';
import type { PrintContext } from '../output/problems.ts';
import type { SarifFinding } from '../output/sarif.ts';
import { packageFolder } from '../package-folder.ts';
import { UsageError } from '../usage-error.ts';
import type { CliCommand, CommandContext } from './command.ts';
import { countOption, formatOption, textOption, textOptions } from './options.ts';

export const check: CliCommand = {
  name: 'check',
  usage: '[PATH…]',
  summary: say('Check migration files and domain XML without touching a host.'),
  options: {
    facts: { type: 'string' },
    inventory: { type: 'string' },
    format: { type: 'string' },
    exclude: { type: 'string', multiple: true },
    rule: { type: 'string', multiple: true },
    'max-warnings': { type: 'string' },
    baseline: { type: 'string' },
    'write-baseline': { type: 'string' },
    fix: { type: 'boolean' },
    stdin: { type: 'boolean' },
    'stdin-filename': { type: 'string' },
    quiet: { type: 'boolean' },
  },
  async run(context) {
    // Where libvirt is installed its own schemas are the better grammar.
    await keepInstalledGrammar();
    const { values, folder } = context;
    const format = formatOption(values['format'], ['text', 'json', 'sarif', 'gitlab']);
    const maxWarnings = countOption('--max-warnings', values['max-warnings']);
    const wanted = documentsToCheck(context);
    const baseline = await baselineOption(context);
    const options: CheckOptions = {
      facts: await snapshotOption(context),
      inventory: textOption(values['inventory']),
      levels: levelsOption(context),
      texts: wanted.texts,
    };
    let checked = checkFiles(wanted.uris, options);
    if (values['fix'] === true) checked = fixed(checked, wanted, options, context);
    const newBaseline = textOption(values['write-baseline']);
    if (newBaseline !== undefined) {
      return adoptBaseline(resolve(folder, newBaseline), checked, wanted, context);
    }
    const kept = baseline?.(checked) ?? { fresh: checked.problems, accepted: [], stale: [] };
    const code = exitCodeFor(kept.fresh, maxWarnings, wanted);
    await print(format, { checked, kept, code }, context);
    if (format === 'text') printSummary(wanted.uris.length, kept, checked, context);
    return code;
  },
};

interface Wanted {
  /** URIs of the documents to check. */
  readonly uris: readonly string[];
  /** By URI: what stands for a file, or was just read from it. */
  readonly texts: ReadonlyMap<string, string>;
  readonly unreadable: readonly string[];
}

function documentsToCheck(context: CommandContext): Wanted {
  const { values, positionals, folder, terminal } = context;
  if (values['stdin'] === true) return standardInput(context);
  if (values['stdin-filename'] !== undefined) {
    throw new UsageError(say('{0} goes together with {1}.', '--stdin-filename', '--stdin'));
  }
  const { files, texts, foreign, unreadable } = findFiles(
    positionals,
    textOptions(values['exclude']),
    folder,
  );
  for (const path of foreign) {
    terminal.note(terminal.say(say('{0} is neither a migration file nor domain XML.', path)));
  }
  for (const path of unreadable) {
    terminal.note(terminal.say(say('{0} cannot be read; it was not checked.', path)));
  }
  if (files.length === 0 && unreadable.length === 0) {
    const words = positionals.length === 0 ? ['.'] : positionals;
    throw new UsageError(say('There is nothing to check in {0}.', words.join(' ')));
  }
  const uris: string[] = [];
  const read = new Map<string, string>();
  const uriOf = fileUris();
  for (const path of files) {
    const uri = uriOf(path);
    const text = texts.get(path);
    uris.push(uri);
    if (text !== undefined) read.set(uri, text);
  }
  return { uris, texts: read, unreadable };
}

/** The text on standard input, checked as if it were the named file. */
function standardInput({ values, positionals, folder }: CommandContext): Wanted {
  const name = textOption(values['stdin-filename']);
  if (name === undefined || positionals.length > 0 || values['fix'] === true) {
    throw new UsageError(
      say(
        '{0} takes the name of the text from {1}, no other file, and cannot fix.',
        '--stdin',
        '--stdin-filename NAME',
      ),
    );
  }
  const text = readFileSync(0, 'utf8');
  const uri = pathToFileURL(resolve(folder, name)).href;
  if (documentKind(uri, undefined, text) === undefined) {
    throw new UsageError(say('{0} is neither a migration file nor domain XML.', name));
  }
  return { uris: [uri], texts: new Map([[uri, text]]), unreadable: [] };
}

async function snapshotOption({ values, folder }: CommandContext) {
  const file = textOption(values['facts']);
  if (file === undefined) return undefined;
  const { readSnapshotFile } = await import('../../hosts/collect/snapshot-file.ts');
  return readSnapshotFile(resolve(folder, file));
}

/** Holds findings against the file of `--baseline`; undefined without one. */
async function baselineOption({
  values,
  folder,
}: CommandContext): Promise<((checked: CheckedFiles) => BaselineResult) | undefined> {
  const file = textOption(values['baseline']);
  if (file === undefined) return undefined;
  const { applyBaseline, readBaseline } = await import('../check/baseline.ts');
  const baseline = readBaseline(resolve(folder, file));
  return (checked) => applyBaseline(checked.problems, baseline, checked);
}

const ruleLevels: readonly RuleLevel[] = ['error', 'warning', 'info', 'off'];

/** `--rule id=level`, any number of times; a file's own `rules:` wins over them. */
function levelsOption({ values }: CommandContext): ReadonlyMap<string, RuleLevel> {
  const levels = new Map<string, RuleLevel>();
  for (const word of textOptions(values['rule'])) {
    const [id = '', given] = word.split('=', 2);
    const level = ruleLevels.find((each) => each === given);
    if (level === undefined) {
      throw new UsageError(
        say(
          '{0} takes a rule and its level, id=level; levels are {1}.',
          '--rule',
          ruleLevels.join(', '),
        ),
      );
    }
    const unknown = unknownRule(id, allRules);
    if (unknown !== undefined) throw new UsageError(unknown.message);
    levels.set(id, level);
  }
  return levels;
}

/** Rounds of mending after which a file keeps what it has: one fix can make room for another. */
const fixRounds = 10;

function fixed(
  first: CheckedFiles,
  { uris }: Wanted,
  options: CheckOptions,
  { terminal, folder }: CommandContext,
): CheckedFiles {
  const changed = new Set<string>();
  const refused = new Set<string>();
  let checked = first;
  for (let round = 0; round < fixRounds; round++) {
    const result = fixFiles(checked.problems, uris);
    for (const path of result.changed) changed.add(path);
    for (const path of result.refused) refused.add(path);
    if (result.changed.length === 0) break;
    checked = checkFiles(uris, { ...options, texts: new Map() });
  }
  const shown = (path: string): string => relative(folder, path);
  for (const path of changed) terminal.note(terminal.say(say('Fixed: {0}', shown(path))));
  for (const path of refused) {
    terminal.note(terminal.say(say('{0} is not clean UTF-8 and was left as it is.', shown(path))));
  }
  return checked;
}

async function adoptBaseline(
  path: string,
  checked: CheckedFiles,
  { unreadable }: Wanted,
  { terminal }: CommandContext,
): Promise<ExitCode> {
  const { writeBaseline } = await import('../check/baseline.ts');
  const { written, refused } = writeBaseline(path, checked.problems, checked);
  terminal.note(terminal.say(say('{0} findings are in the baseline {1}.', written, path)));
  if (unreadable.length > 0) return exitCode.failed;
  if (refused.length === 0) return exitCode.ok;
  terminal.note(
    terminal.say(
      say('{0} findings keep files from being checked; no baseline takes them.', refused.length),
    ),
  );
  return exitCode.problems;
}

function exitCodeFor(
  problems: readonly Problem[],
  maxWarnings: number | undefined,
  { unreadable }: Wanted,
): ExitCode {
  if (unreadable.length > 0) return exitCode.failed;
  const count = (severity: string): number =>
    problems.filter((problem) => problem.severity === severity).length;
  const tooMany = maxWarnings !== undefined && count('warning') > maxWarnings;
  return count('error') > 0 || tooMany ? exitCode.problems : exitCode.ok;
}

interface Outcome {
  readonly checked: CheckedFiles;
  readonly kept: BaselineResult;
  readonly code: ExitCode;
}

async function print(
  format: 'text' | 'json' | 'sarif' | 'gitlab',
  { checked, kept, code }: Outcome,
  { terminal, folder }: CommandContext,
): Promise<void> {
  const context: PrintContext = { translate: terminal.translate, read: checked.read, folder };
  const keyed = (problem: Problem) => ({
    problem,
    key: findingKey(problem, filePath(problem.uri, folder), checked.read(problem.uri) ?? ''),
  });
  switch (format) {
    case 'json': {
      const found = kept.fresh.map((problem) => problemJson(problem, context));
      terminal.out(JSON.stringify(found, null, 2));
      return;
    }
    case 'gitlab': {
      const { gitlabReport } = await import('../output/gitlab.ts');
      terminal.out(JSON.stringify(gitlabReport(kept.fresh.map(keyed), context), null, 2));
      return;
    }
    case 'sarif': {
      const { sarifLog } = await import('../output/sarif.ts');
      const findings: readonly SarifFinding[] = [
        ...kept.fresh.map(keyed),
        ...kept.accepted.map((problem) => ({
          ...keyed(problem),
          suppressed: { kind: 'external' as const, reason: 'baseline' },
        })),
        ...checked.suppressed.map(({ problem, reason }) => ({
          ...keyed(problem),
          suppressed: { kind: 'inSource' as const, reason },
        })),
      ];
      const input = {
        findings,
        version: manifest.version,
        packageFolder: packageFolder(),
        exitCode: code,
        notes: waitingNotes(checked.waits, terminal.say),
      };
      terminal.out(JSON.stringify(sarifLog(input, context), null, 2));
      return;
    }
    case 'text': {
      // Written at once: a thousand lines one by one take longer than to find what they say.
      const lines: string[] = [];
      for (const problem of kept.fresh) printProblem(problem, context, (line) => lines.push(line));
      if (lines.length > 0) terminal.out(lines.join('\n'));
    }
  }
}

function filePath(uri: string, folder: string): string {
  if (!uri.startsWith('file:')) return uri;
  return relative(folder, fileURLToPath(uri)).split(sep).join('/');
}

function printSummary(
  files: number,
  { fresh, accepted, stale }: BaselineResult,
  { waits, suppressed }: CheckedFiles,
  { terminal, values }: CommandContext,
): void {
  if (values['quiet'] === true) return;
  const note = (message: Message): void => {
    terminal.note(terminal.say(message));
  };
  const count = (severity: string): number =>
    fresh.filter((problem) => problem.severity === severity).length;
  note(
    say('{0} files checked: {1} errors, {2} warnings.', files, count('error'), count('warning')),
  );
  waitingNotes(waits, terminal.say).forEach(note);
  if (suppressed.length > 0) note(say('{0} findings are ignored by comments.', suppressed.length));
  if (accepted.length > 0) note(say('{0} findings are known to the baseline.', accepted.length));
  for (const { file, code, count: times, line } of stale) {
    note(say('Mended, and still in the baseline: {0} {1} × {2}: {3}', file, code, times, line));
  }
}

/** One note for each reason, in the user's language. */
export function waitingNotes(
  waits: readonly Wait[],
  sayIt: (message: Message) => string,
): readonly Message[] {
  return waits.map(({ why, ids }) => say('{0} checks wait: {1}.', ids.size, sayIt(why)));
}
