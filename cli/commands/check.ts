import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { say } from '../../core/messages.ts';
import type { Problem } from '../../core/problems.ts';
import type { WaitingRule } from '../../core/rules/engine.ts';
import { diagnose } from '../../core/service/diagnose.ts';
import { createParseCache } from '../../core/service/parse-cache.ts';
import { readSnapshotFile } from '../../hosts/collect/snapshot-file.ts';
import { diskWorkspace } from '../../hosts/workspace/disk-workspace.ts';
import { exitCode } from '../exit-codes.ts';
import { printProblem, problemJson } from '../output/problems.ts';
import type { PrintContext } from '../output/problems.ts';
import { sarifLog } from '../output/sarif.ts';
import { UsageError } from '../usage-error.ts';
import type { CliCommand, CommandContext } from './command.ts';
import { formatOption, textOption } from './options.ts';

export const check: CliCommand = {
  name: 'check',
  usage: '[PATH…]',
  summary: say('Check migration files and domain XML without touching a host.'),
  options: {
    facts: { type: 'string' },
    inventory: { type: 'string' },
    format: { type: 'string' },
    quiet: { type: 'boolean' },
  },
  // eslint-disable-next-line @typescript-eslint/require-await -- every command has one shape
  async run(context) {
    const format = formatOption(context.values['format'], ['text', 'json', 'sarif']);
    const files = filesToCheck(context);
    const factsFile = textOption(context.values['facts']);
    const workspace = diskWorkspace({
      facts:
        factsFile === undefined ? undefined : readSnapshotFile(resolve(context.folder, factsFile)),
      inventory: textOption(context.values['inventory']),
      now: () => Date.now(),
    });
    const cache = createParseCache();
    const problems: Problem[] = [];
    const waiting: WaitingRule[] = [];
    for (const path of files) {
      const found = diagnose(pathToFileURL(path).href, workspace, cache);
      problems.push(...found.problems);
      waiting.push(...found.waiting);
    }
    const print: PrintContext = {
      translate: context.terminal.translate,
      read: (uri) => workspace.read(uri),
      folder: context.folder,
    };
    printProblems(distinct(problems), format, print, context);
    if (format === 'text') printSummary(files.length, problems, waiting, context);
    return problems.some((problem) => problem.severity === 'error')
      ? exitCode.problems
      : exitCode.ok;
  },
};

function printProblems(
  problems: readonly Problem[],
  format: 'text' | 'json' | 'sarif',
  print: PrintContext,
  { terminal }: CommandContext,
): void {
  switch (format) {
    case 'json':
      terminal.out(
        JSON.stringify(
          problems.map((problem) => problemJson(problem, print)),
          null,
          2,
        ),
      );
      return;
    case 'sarif':
      terminal.out(JSON.stringify(sarifLog(problems, print), null, 2));
      return;
    case 'text':
      for (const problem of problems) {
        printProblem(problem, print, (line) => {
          terminal.out(line);
        });
      }
  }
}

function printSummary(
  files: number,
  problems: readonly Problem[],
  waiting: readonly WaitingRule[],
  { terminal, values }: CommandContext,
): void {
  if (values['quiet'] === true) return;
  const count = (severity: string): number =>
    problems.filter((problem) => problem.severity === severity).length;
  terminal.note(
    terminal.say(
      say('{0} files checked: {1} errors, {2} warnings.', files, count('error'), count('warning')),
    ),
  );
  for (const [why, ids] of waitingByReason(waiting, terminal.say)) {
    terminal.note(terminal.say(say('{0} checks wait: {1}.', ids.size, why)));
  }
}

/** Rule ids by the reason they wait for, so that one missing host is told once. */
export function waitingByReason(
  waiting: readonly WaitingRule[],
  sayIt: (message: WaitingRule['facts'][number]['why']) => string,
): ReadonlyMap<string, ReadonlySet<string>> {
  const byReason = new Map<string, Set<string>>();
  for (const { id, facts } of waiting) {
    const first = facts[0];
    if (first === undefined) continue;
    const why = sayIt(first.why);
    const ids = byReason.get(why) ?? new Set();
    byReason.set(why, ids.add(id));
  }
  return byReason;
}

/** One problem in a shared domain XML is found from every descriptor that links it: print it once. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map<string, Problem>();
  for (const problem of problems) {
    const key = JSON.stringify([problem.uri, problem.span, problem.code, problem.message]);
    if (!seen.has(key)) seen.set(key, problem);
  }
  return [...seen.values()].sort((a, b) =>
    a.uri === b.uri ? a.span.start - b.span.start : a.uri < b.uri ? -1 : 1,
  );
}

const ignoredFolders = new Set(['node_modules', 'dist', 'out']);

/** The named files, and in named folders every migration file and domain XML. */
function filesToCheck({ positionals, folder }: CommandContext): readonly string[] {
  const found = new Set<string>();
  for (const given of positionals.length === 0 ? ['.'] : positionals) {
    const path = resolve(folder, given);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) throw new UsageError(say('There is no file or folder {0}.', given));
    if (stat.isDirectory()) filesBelow(path).forEach((file) => found.add(file));
    else found.add(path);
  }
  return [...found];
}

function filesBelow(folder: string): readonly string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && !ignoredFolders.has(entry.name))
        found.push(...filesBelow(path));
    } else if (/\.migration\.ya?ml$|\.domain\.xml$/i.test(entry.name)) {
      found.push(path);
    }
  }
  return found.sort();
}
