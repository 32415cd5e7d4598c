import { say } from '../../core/messages.ts';
import { renderPlanAsShell } from '../../core/planner/shell-preview.ts';
import { planFor } from '../../hosts/preflight/preflight.ts';
import { targetFor } from '../../hosts/preflight/targets.ts';
import { startRun } from '../../hosts/run/execute.ts';
import { thisProcess } from '../../hosts/run/owner.ts';
import { createRun } from '../../hosts/run/record.ts';
import { ask, hostOptions, withHosts } from '../connections.ts';
import { exitCode } from '../exit-codes.ts';
import { migrationReader, preflightFile } from '../migration-file.ts';
import { ignoredLine, printProblem } from '../output/problems.ts';
import { printOutcome, runPrinter } from '../output/run-events.ts';
import { UsageError } from '../usage-error.ts';
import type { CliCommand } from './command.ts';
import { formatOption } from './options.ts';
import { noteRefusals } from './plan.ts';

export const run: CliCommand = {
  name: 'run',
  usage: 'FILE [--yes]',
  summary: say('Carry a migration out: fresh facts, every check, one question, then the run.'),
  options: {
    ...hostOptions,
    'probe-storage': { type: 'boolean' },
    yes: { type: 'boolean', short: 'y' },
    format: { type: 'string' },
  },
  run: (context) =>
    withHosts(context, async (hosts) => {
      const { terminal, values, signal } = context;
      const format = formatOption(values['format'], ['text', 'jsonl']);
      const found = await preflightFile(context, hosts);
      const print = migrationReader(found, context);
      for (const problem of found.problems) {
        if (problem.severity === 'error' || problem.severity === 'warning') {
          printProblem(problem, print, (line) => {
            terminal.note(line);
          });
        }
      }
      for (const ignored of found.check.suppressed) {
        terminal.note(terminal.say(ignoredLine(ignored, print)));
      }
      const planned = planFor(found);
      if (!planned.ok) {
        noteRefusals(planned.refusals, terminal);
        return exitCode.problems;
      }
      const { plan } = planned;
      if (values['yes'] !== true) {
        if (!terminal.interactive) {
          throw new UsageError(
            say('There is no terminal to ask on; --yes runs without a question.'),
          );
        }
        terminal.note(renderPlanAsShell(plan, terminal.translate));
        const question = say(
          'Migrate {0} from {1} to {2}? (yes/no)',
          plan.domain,
          plan.source.host,
          plan.destination.host,
        );
        if (!/^y(es)?$/i.test(await ask(terminal.say(question), signal))) {
          terminal.note(terminal.say(say('Nothing was done.')));
          return exitCode.problems;
        }
      }
      signal.throwIfAborted();
      const record = createRun(plan, thisProcess('cli'));
      terminal.note(terminal.say(say('Run {0}', record.id)));
      const outcome = await startRun({
        plan,
        sessions: (host) =>
          hosts.session(targetFor(host, found.surroundings.hosts) ?? { name: host }),
        record,
        onEvent: runPrinter(terminal, format),
        signal,
      });
      return printOutcome(outcome, terminal);
    }),
};
