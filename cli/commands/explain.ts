import { resolve } from 'node:path';
import { text as wholeText } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { explainFailure } from '../../core/explain/explain.ts';
import type { Explanation } from '../../core/explain/explain.ts';
import { say } from '../../core/messages.ts';
import type { Problem } from '../../core/problems.ts';
import { createParseCache } from '../../core/service/parse-cache.ts';
import { surroundingsOf } from '../../core/service/surroundings.ts';
import type { Surroundings } from '../../core/service/surroundings.ts';
import type { Workspace } from '../../core/service/workspace.ts';
import { readRun } from '../../hosts/run/record.ts';
import { diskWorkspace } from '../../hosts/workspace/disk-workspace.ts';
import { exitCode } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { printProblem, problemJson } from '../output/problems.ts';
import type { PrintContext } from '../output/problems.ts';
import { UsageError } from '../usage-error.ts';
import type { CliCommand, CommandContext } from './command.ts';
import { formatOption, textOption } from './options.ts';

/** A screen of virsh’s output is a few KiB; a log piped in by mistake is not read whole. */
const longest = 1_000_000;

export const explain: CliCommand = {
  name: 'explain',
  usage: '[FILE]',
  summary: say(
    'Explain why a migration failed: what virsh printed (standard input), or a run (--run ID).',
  ),
  options: {
    run: { type: 'string' },
    inventory: { type: 'string' },
    format: { type: 'string' },
  },
  async run(context) {
    const format = formatOption(context.values['format'], ['text', 'json']);
    const file = fileAround(context);
    const text = await failureText(context);
    const domain = file?.around.domainXml?.domain;
    const explained = explainFailure(text, { descriptor: file?.around.descriptor, domain });
    return format === 'json'
      ? printJson(explained, file, context)
      : printText(explained, file, context);
  },
};

interface FileAround {
  readonly workspace: Workspace;
  readonly around: Surroundings;
}

/** The migration file, when one is given. */
function fileAround({ positionals, folder, values }: CommandContext): FileAround | undefined {
  const [given, ...more] = positionals;
  if (given === undefined) return undefined;
  if (more.length > 0) throw new UsageError(say('This command takes exactly: {0}', '[FILE]'));
  const path = resolve(folder, given);
  const uri = pathToFileURL(path).href;
  const inventory = textOption(values['inventory']);
  const workspace = diskWorkspace({ inventory, now: () => Date.now() });
  const cache = createParseCache();
  const text = workspace.read(uri);
  if (text === undefined) {
    throw new UsageError(
      say('{0} cannot be read: there is no such file, or it is not a file that may be read.', path),
    );
  }
  const descriptor = cache.descriptor(uri, text);
  if (descriptor.kind !== 'Migration') {
    throw new UsageError(say('{0} is not a migration (kind: Migration).', path));
  }
  return { workspace, around: surroundingsOf(descriptor, workspace, cache) };
}

async function failureText({ values }: CommandContext): Promise<string> {
  const id = textOption(values['run']);
  if (id !== undefined) {
    const run = readRun(id);
    if (run === undefined) throw new UsageError(say('There is no run {0}.', id));
    const said = run.outcome?.cause?.text ?? '';
    if (said === '') throw new UsageError(say('The run {0} holds no failure of libvirt.', id));
    return said;
  }
  if (process.stdin.isTTY) {
    throw new UsageError(
      say('Pipe what virsh printed into this command, or name a run with --run ID.'),
    );
  }
  const said = (await wholeText(process.stdin)).slice(-longest);
  if (said.trim() === '') throw new UsageError(say('There is no text to explain.'));
  return said;
}

function printText(
  explained: Explanation,
  file: FileAround | undefined,
  context: CommandContext,
): ExitCode {
  const { terminal } = context;
  const { code, cause, remedy, at } = explained;
  if (code === undefined) {
    terminal.out(terminal.say(cause));
    return exitCode.problems;
  }
  if (file === undefined || at === undefined) terminal.out(`${terminal.say(cause)} [${code}]`);
  else {
    printProblem(problemOf(explained, at), printContext(file, context), (line) => {
      terminal.out(line);
    });
  }
  if (remedy !== undefined) terminal.out(`    ${terminal.say(remedy)}`);
  return exitCode.ok;
}

function printJson(
  explained: Explanation,
  file: FileAround | undefined,
  context: CommandContext,
): ExitCode {
  const { terminal } = context;
  const { code, cause, remedy, at, text } = explained;
  const place =
    file === undefined || at === undefined
      ? null
      : problemJson(problemOf(explained, at), printContext(file, context));
  const answer = {
    code: code ?? null,
    cause: terminal.say(cause),
    remedy: remedy === undefined ? null : terminal.say(remedy),
    file: place?.file ?? null,
    range: place?.range ?? null,
    related: place?.related ?? [],
    text,
  };
  terminal.out(JSON.stringify(answer, null, 2));
  return code === undefined ? exitCode.problems : exitCode.ok;
}

/** The explanation as a finding, so that it is printed like one. */
function problemOf(
  { code, cause, about }: Explanation,
  at: NonNullable<Explanation['at']>,
): Problem {
  return {
    ...at,
    code: code ?? '',
    severity: 'error',
    message: cause,
    related: about === undefined ? [] : [{ ...about, message: say('libvirt speaks of this.') }],
    evidence: [],
    fixes: [],
  };
}

function printContext(
  { workspace }: FileAround,
  { terminal, folder }: CommandContext,
): PrintContext {
  return { translate: terminal.translate, read: (uri) => workspace.read(uri), folder };
}
