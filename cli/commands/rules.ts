import { say } from '../../core/messages.ts';
import { allRules } from '../../core/rules/all.ts';
import { fixableRules } from '../../core/rules/fixable.ts';
import { constraintGroup } from '../../core/rules/catalogue.ts';
import { exitCode } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import type { CliCommand } from './command.ts';
import { formatOption } from './options.ts';

export const rules: CliCommand = {
  name: 'rules',
  usage: '',
  summary: say('List every rule with its level and what it must know.'),
  options: { format: { type: 'string' } },
  // eslint-disable-next-line @typescript-eslint/require-await -- every command has one shape
  async run({ terminal, values, positionals }) {
    if (positionals.length > 0) throw new UsageError(say('This command takes no words.'));
    const format = formatOption(values['format'], ['text', 'json']);
    const listed = allRules.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    if (format === 'json') {
      const found = listed.map((rule) => ({
        id: rule.id,
        level: rule.severity,
        summary: terminal.say(rule.summary),
        group: constraintGroup(rule.id) ?? null,
        facts: rule.needs,
        alone: rule.byDefinition !== undefined,
        since: rule.since ?? null,
        fix: fixableRules.has(rule.id),
      }));
      terminal.out(JSON.stringify(found, null, 2));
      return exitCode.ok;
    }
    const width = Math.max(...listed.map(({ id }) => id.length));
    for (const { id, severity, summary, needs, since } of listed) {
      terminal.out(
        `${id.padEnd(width)}  ${severity.padEnd('warning'.length)}  ${terminal.say(summary)}`,
      );
      const facts = needs.length === 0 ? [] : [needs.join(', ')];
      const notes = [
        ...facts,
        ...(since === undefined ? [] : [since]),
        ...(fixableRules.has(id) ? [terminal.say(say('quick fix'))] : []),
      ];
      if (notes.length > 0) terminal.out(`${' '.repeat(width + 2)}${notes.join('; ')}`);
    }
    return exitCode.ok;
  },
};
