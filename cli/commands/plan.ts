import type { Terminal } from '../terminal.ts';
import { say } from '../../core/messages.ts';
import type { Refusal } from '../../core/planner/plan.ts';
import { renderPlanAsShell } from '../../core/planner/shell-preview.ts';
import { planFor } from '../../hosts/preflight/preflight.ts';
import { hostOptions, withHosts } from '../connections.ts';
import { exitCode } from '../exit-codes.ts';
import { preflightFile } from '../migration-file.ts';
import type { CliCommand } from './command.ts';
import { formatOption } from './options.ts';

export const plan: CliCommand = {
  name: 'plan',
  usage: 'FILE',
  summary: say('Show what a run would do, command by command, without doing it.'),
  options: { ...hostOptions, 'probe-storage': { type: 'boolean' }, format: { type: 'string' } },
  run: (context) =>
    withHosts(context, async (hosts) => {
      const { terminal, values } = context;
      const format = formatOption(values['format'], ['text', 'json', 'sh']);
      const result = planFor(await preflightFile(context, hosts));
      if (!result.ok) {
        noteRefusals(result.refusals, terminal);
        return exitCode.problems;
      }
      if (format === 'json') terminal.out(JSON.stringify(result.plan, null, 2));
      else terminal.out(renderPlanAsShell(result.plan, terminal.translate).trimEnd());
      return exitCode.ok;
    }),
};

/** Why there is no plan, one line each: `storage.disks.vda: … [id]`. */
export function noteRefusals(refusals: readonly Refusal[], terminal: Terminal): void {
  for (const { path, code, message } of refusals) {
    const place = path.length === 0 ? '' : `${path.join('.')}: `;
    terminal.note(`refused: ${place}${terminal.say(message)} [${code}]`);
  }
}
