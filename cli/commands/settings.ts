import { say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import { parseQuantity } from '../../core/units/quantity.ts';
import {
  changeMigrationSettings,
  readMigrationSettings,
} from '../../hosts/migration-parameters.ts';
import type { MigrationSettingsChange } from '../../hosts/migration-parameters.ts';
import { targetFor } from '../../hosts/preflight/targets.ts';
import { hostOptions, withHosts } from '../connections.ts';
import { exitCode } from '../exit-codes.ts';
import { printMigrationSettings } from '../output/migration-settings.ts';
import { UsageError } from '../usage-error.ts';
import type { CliCommand, CommandContext } from './command.ts';
import { inventoryHosts } from './facts.ts';
import { formatOption, onlyPositional, textOption } from './options.ts';

const mebibyte = 1024 * 1024;

export const settings: CliCommand = {
  name: 'settings',
  usage: 'DOMAIN --host HOST',
  summary: say('Show, and change, what a running domain holds ready for its next migration.'),
  options: {
    ...hostOptions,
    host: { type: 'string' },
    bandwidth: { type: 'string' },
    'max-downtime': { type: 'string' },
    parameter: { type: 'string', multiple: true },
    capability: { type: 'string', multiple: true },
    format: { type: 'string' },
  },
  run: (context) =>
    withHosts(context, async (hosts) => {
      const { terminal, values, positionals, signal } = context;
      const domain = onlyPositional(positionals, 'DOMAIN --host HOST');
      const host = textOption(values['host']);
      if (host === undefined)
        throw new UsageError(say('--host names the host that the domain runs on.'));
      const format = formatOption(values['format'], ['text', 'json']);
      const change = changeOf(values);
      const session = await hosts.session(
        targetFor(host, inventoryHosts(context)) ?? { name: host },
        signal,
      );
      const found =
        change === undefined
          ? await readMigrationSettings(session, domain, signal)
          : await changeMigrationSettings(session, domain, change, signal);
      if (format === 'json') terminal.out(JSON.stringify(found, null, 2));
      else printMigrationSettings(terminal, found);
      return exitCode.ok;
    }),
};

/** Undefined when nothing is to be changed. */
function changeOf(values: CommandContext['values']): MigrationSettingsChange | undefined {
  const bandwidth = textOption(values['bandwidth']);
  const downtime = textOption(values['max-downtime']);
  const parameters = pairs('--parameter', values['parameter']);
  const capabilities = pairs('--capability', values['capability']).map(
    ([name, state]) => [name, onOrOff(name, state)] as const,
  );
  if (values['bandwidth'] === undefined && downtime === undefined)
    if (parameters.length === 0 && capabilities.length === 0) return undefined;
  return {
    ...(bandwidth === undefined ? {} : { bandwidthMiB: bandwidthOf(bandwidth) }),
    ...(downtime === undefined ? {} : { maxDowntimeMs: downtimeOf(downtime) }),
    parameters: Object.fromEntries(parameters),
    capabilities: Object.fromEntries(capabilities),
  };
}

function bandwidthOf(text: string): number {
  const result = parseQuantity(text, 'rate');
  const amount = result.ok ? result.quantity.amount / mebibyte : 0;
  if (!Number.isInteger(amount) || amount < 1)
    throw new UsageError(say('--bandwidth takes whole MiB per second, for example 500MiB/s.'));
  return amount;
}

function downtimeOf(text: string): number {
  const result = parseQuantity(text, 'duration');
  const amount = result.ok ? result.quantity.amount : 0;
  if (!Number.isInteger(amount) || amount < 1 || amount > 2_000_000)
    throw new UsageError(say('--max-downtime takes 1ms to 2000s, for example 500ms.'));
  return amount;
}

function pairs(option: string, given: unknown): readonly (readonly [string, string])[] {
  const texts: readonly unknown[] = Array.isArray(given) ? given : [];
  return texts.map((text) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(String(text)) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(say('{0} takes NAME=VALUE, not “{1}”.', option, String(text)));
    return [name, value] as const;
  });
}

function onOrOff(name: string, state: string): boolean {
  if (state === 'on') return true;
  if (state === 'off') return false;
  const wrong: Message = say('The capability {0} is on or off, not “{1}”.', name, state);
  throw new UsageError(wrong);
}
