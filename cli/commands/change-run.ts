import { say } from '../../core/messages.ts';
import { parseQuantity } from '../../core/units/quantity.ts';
import type { Dimension } from '../../core/units/quantity.ts';
import { adjustRun, adjustmentText } from '../../hosts/run/adjust.ts';
import { attachRun } from '../../hosts/run/attach.ts';
import { thisProcess } from '../../hosts/run/owner.ts';
import { recoverRun, switchToPostCopy } from '../../hosts/run/post-copy.ts';
import { ask, hostOptions, withHosts } from '../connections.ts';
import { exitCode } from '../exit-codes.ts';
import { printOutcome, runPrinter } from '../output/run-events.ts';
import { UsageError } from '../usage-error.ts';
import type { CliCommand, CommandContext } from './command.ts';
import { formatOption, onlyPositional, textOption } from './options.ts';
import { sessionsOf } from './runs.ts';

export const postCopy: CliCommand = {
  name: 'postcopy',
  usage: 'ID [--yes]',
  summary: say(
    'Switch a run to post-copy, for good: the guest goes on on the destination at once.',
  ),
  options: { ...hostOptions, yes: { type: 'boolean', short: 'y' } },
  run: (context) =>
    withHosts(context, async (hosts) => {
      const { terminal, positionals, signal } = context;
      const id = onlyPositional(positionals, 'ID');
      const question = say(
        'After the switch run {0} cannot be cancelled, and a host or link that fails for good loses the guest. Switch to post-copy? (yes/no)',
        id,
      );
      if (!(await confirmed(context, terminal.say(question)))) return exitCode.problems;
      const sessions = sessionsOf(hosts, context);
      const result = await switchToPostCopy({ id, sessions });
      if (!result.ok) {
        terminal.note(terminal.say(result.why));
        return exitCode.problems;
      }
      const outcome = await attachRun({ id, sessions, owner: thisProcess('cli'), signal });
      if (outcome === undefined) throw new UsageError(say('There is no run {0}.', id));
      return printOutcome(outcome, terminal);
    }),
};

export const recover: CliCommand = {
  name: 'recover',
  usage: 'ID',
  summary: say('Take up a post-copy that was interrupted.'),
  options: { ...hostOptions, format: { type: 'string' } },
  run: (context) =>
    withHosts(context, async (hosts) => {
      const { terminal, positionals, values, signal } = context;
      const result = await recoverRun({
        id: onlyPositional(positionals, 'ID'),
        sessions: sessionsOf(hosts, context),
        owner: thisProcess('cli'),
        onEvent: runPrinter(terminal, formatOption(values['format'], ['text', 'jsonl'])),
        signal,
      });
      if (result.ok) return printOutcome(result.outcome, terminal);
      terminal.note(terminal.say(result.why));
      return exitCode.problems;
    }),
};

const mebibyte = 1024 * 1024;

export const set: CliCommand = {
  name: 'set',
  usage: 'ID [--bandwidth 200MiB/s] [--max-downtime 800ms]',
  summary: say('Change the limits of a run while it goes.'),
  options: {
    ...hostOptions,
    bandwidth: { type: 'string' },
    'max-downtime': { type: 'string' },
  },
  run: (context) =>
    withHosts(context, async (hosts) => {
      const { terminal, positionals, values } = context;
      const rate = amountOption(values, 'bandwidth', 'rate');
      const downtime = amountOption(values, 'max-downtime', 'duration');
      if (rate === undefined && downtime === undefined) {
        throw new UsageError(say('Name what to change: --bandwidth or --max-downtime.'));
      }
      // Down, never up: both are upper limits.
      const bandwidthMiB = rate === undefined ? undefined : Math.floor(rate / mebibyte);
      const maxDowntimeMs = downtime === undefined ? undefined : Math.floor(downtime);
      if (bandwidthMiB !== undefined && (bandwidthMiB < 1 || bandwidthMiB > 8796093022207)) {
        throw new UsageError(say('libvirt takes whole MiB/s from 1 to 8796093022207.'));
      }
      if (maxDowntimeMs !== undefined && (maxDowntimeMs < 1 || maxDowntimeMs > 2_000_000)) {
        throw new UsageError(say('QEMU takes a downtime of 1 to 2000000 ms.'));
      }
      const result = await adjustRun({
        id: onlyPositional(positionals, 'ID'),
        sessions: sessionsOf(hosts, context),
        bandwidthMiB,
        maxDowntimeMs,
      });
      if (!result.ok) {
        terminal.note(terminal.say(result.why));
        return exitCode.problems;
      }
      for (const each of result.adjusted) terminal.note(terminal.say(adjustmentText(each)));
      return exitCode.ok;
    }),
};

function amountOption(
  values: CommandContext['values'],
  name: string,
  dimension: Dimension,
): number | undefined {
  const text = textOption(values[name]);
  if (text === undefined) return undefined;
  const read = parseQuantity(text, dimension);
  if (read.ok) return read.quantity.amount;
  throw new UsageError(
    say(
      '--{0} takes a value with its unit, such as {1}.',
      name,
      dimension === 'rate' ? '200MiB/s' : '800ms',
    ),
  );
}

async function confirmed(
  { terminal, values, signal }: CommandContext,
  question: string,
): Promise<boolean> {
  if (values['yes'] === true) return true;
  if (!terminal.interactive) {
    throw new UsageError(say('There is no terminal to ask on; --yes runs without a question.'));
  }
  if (/^y(es)?$/i.test(await ask(question, signal))) return true;
  terminal.note(terminal.say(say('Nothing was done.')));
  return false;
}
