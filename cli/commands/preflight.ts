import { say } from '../../core/messages.ts';
import { hostOptions, withHosts } from '../connections.ts';
import { exitCode } from '../exit-codes.ts';
import { migrationReader, preflightFile } from '../migration-file.ts';
import { ignoredLine, printProblem, problemJson } from '../output/problems.ts';
import { WaitingRules } from '../check/waiting-rules.ts';
import { waitingNotes } from './check.ts';
import type { CliCommand } from './command.ts';
import { formatOption } from './options.ts';

export const preflight: CliCommand = {
  name: 'preflight',
  usage: 'FILE',
  summary: say('Check a migration with facts collected now from both hosts.'),
  options: { ...hostOptions, 'probe-storage': { type: 'boolean' }, format: { type: 'string' } },
  run: (context) =>
    withHosts(context, async (hosts) => {
      const { terminal, values } = context;
      const format = formatOption(values['format'], ['text', 'json']);
      const found = await preflightFile(context, hosts);
      const print = migrationReader(found, context);
      if (format === 'json') {
        terminal.out(
          JSON.stringify(
            found.problems.map((problem) => problemJson(problem, print)),
            null,
            2,
          ),
        );
      } else {
        for (const problem of found.problems) {
          printProblem(problem, print, (line) => {
            terminal.out(line);
          });
        }
        for (const ignored of found.check.suppressed) {
          terminal.note(terminal.say(ignoredLine(ignored, print)));
        }
        const waiting = new WaitingRules();
        waiting.add(found.check.waiting);
        for (const note of waitingNotes(waiting.waits, terminal.say)) {
          terminal.note(terminal.say(note));
        }
      }
      const errors = found.problems.filter((problem) => problem.severity === 'error').length;
      terminal.note(
        terminal.say(
          say(
            '{0} checks passed or were answered, {1} wait, {2} errors.',
            found.check.ran.length,
            found.check.waiting.length,
            errors,
          ),
        ),
      );
      if (errors > 0) return exitCode.problems;
      const silent = Object.values(found.snapshot.hosts).some(
        (host) => host.unreachable !== undefined,
      );
      return silent ? exitCode.failed : exitCode.ok;
    }),
};
