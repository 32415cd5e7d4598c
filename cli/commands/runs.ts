import { render, say } from '../../core/messages.ts';
import { targetFor } from '../../hosts/preflight/targets.ts';
import { attachRun, cancelRun } from '../../hosts/run/attach.ts';
import { thisProcess } from '../../hosts/run/owner.ts';
import { defaultKeepDays, pruneRuns } from '../../hosts/run/prune.ts';
import { listRuns } from '../../hosts/run/record.ts';
import type { RunSummary } from '../../hosts/run/record.ts';
import type { HostPool } from '../../hosts/ssh/pool.ts';
import { hostOptions, withHosts } from '../connections.ts';
import { exitCode } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { printOutcome, runPrinter } from '../output/run-events.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { CliCommand, CommandContext } from './command.ts';
import { inventoryHosts } from './facts.ts';
import { formatOption, integerOption, onlyPositional } from './options.ts';

export const runs: CliCommand = {
  name: 'runs',
  usage: '[--prune [--days N]]',
  summary: say('List the runs of this user, newest first, or remove old records.'),
  options: {
    format: { type: 'string' },
    prune: { type: 'boolean' },
    days: { type: 'string' },
  },
  // eslint-disable-next-line @typescript-eslint/require-await -- every command has one shape
  async run({ terminal, values }) {
    const format = formatOption(values['format'], ['text', 'json']);
    if (values['prune'] === true) return prune(terminal, values['days']);
    const found = listRuns();
    if (format === 'json') {
      terminal.out(
        JSON.stringify(
          found.map((each) => summaryJson(each)),
          null,
          2,
        ),
      );
    } else {
      for (const each of found) terminal.out(summaryLine(each));
      if (found.length === 0) terminal.note(terminal.say(say('There are no runs yet.')));
    }
    return exitCode.ok;
  },
};

function prune(terminal: Terminal, days: unknown): ExitCode {
  const keepDays = integerOption('--days', days, defaultKeepDays);
  const { removed, kept, busy } = pruneRuns({ keepDays, now: Date.now() });
  if (busy) {
    terminal.note(terminal.say(say('Another program is removing old records at this moment.')));
    return exitCode.failed;
  }
  for (const id of removed) terminal.out(id);
  for (const id of kept)
    terminal.note(
      terminal.say(
        say('{0} stays: where its guest is was never settled, or it left something on a host.', id),
      ),
    );
  terminal.note(
    terminal.say(
      say(
        'Records of runs that ended more than {0} days ago: {1} removed.',
        keepDays,
        removed.length,
      ),
    ),
  );
  return exitCode.ok;
}

export const attach: CliCommand = {
  name: 'attach',
  usage: 'ID',
  summary: say('Follow a run to its end, whoever started it.'),
  options: { ...hostOptions, format: { type: 'string' } },
  run: (context) =>
    withHosts(context, async (hosts) => {
      const { terminal, values, positionals, signal } = context;
      const id = onlyPositional(positionals, 'ID');
      const outcome = await attachRun({
        id,
        sessions: sessionsOf(hosts, context),
        owner: thisProcess('cli'),
        onEvent: runPrinter(terminal, formatOption(values['format'], ['text', 'jsonl'])),
        signal,
      });
      if (outcome === undefined) throw new UsageError(say('There is no run {0}.', id));
      return printOutcome(outcome, terminal);
    }),
};

export const cancel: CliCommand = {
  name: 'cancel',
  usage: 'ID',
  summary: say('Cancel a run; the guest goes on running on the source.'),
  options: { ...hostOptions },
  run: (context) =>
    withHosts(context, async (hosts) => {
      const { terminal, positionals, signal } = context;
      const id = onlyPositional(positionals, 'ID');
      const sessions = sessionsOf(hosts, context);
      const result = await cancelRun({ id, sessions });
      if (!result.ok) {
        terminal.note(terminal.say(result.why));
        return exitCode.problems;
      }
      const outcome = await attachRun({ id, sessions, owner: thisProcess('cli'), signal });
      if (outcome === undefined) throw new UsageError(say('There is no run {0}.', id));
      printOutcome(outcome, terminal);
      return outcome.result === 'cancelled' ? exitCode.ok : exitCode.problems;
    }),
};

/** A run names its hosts as the inventory did; without that inventory the name goes to ssh as it is. */
export function sessionsOf(hosts: HostPool, context: CommandContext) {
  const listed = inventoryHosts(context);
  return (host: string) => hosts.session(targetFor(host, listed) ?? { name: host });
}

function summaryLine(run: RunSummary): string {
  const state = run.outcome?.result ?? `${String(Math.floor(run.percent))} %`;
  return [
    run.id,
    new Date(run.startedAt).toISOString(),
    run.plan.domain,
    `${run.plan.source.host} -> ${run.plan.destination.host}`,
    state,
  ].join('  ');
}

function summaryJson(run: RunSummary): object {
  const { outcome } = run;
  return {
    id: run.id,
    domain: run.plan.domain,
    source: run.plan.source.host,
    destination: run.plan.destination.host,
    startedAt: new Date(run.startedAt).toISOString(),
    endedAt: run.endedAt === undefined ? null : new Date(run.endedAt).toISOString(),
    percent: run.percent,
    result: outcome?.result ?? null,
    guest: outcome?.guest ?? null,
    message: outcome === undefined ? null : render(outcome.message),
    cause:
      outcome?.cause === undefined
        ? null
        : { code: outcome.cause.code ?? null, text: outcome.cause.text },
    measured: outcome?.measured ?? null,
  };
}
