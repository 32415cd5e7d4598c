import { say } from '../../core/messages.ts';
import { formatRate } from '../../core/units/quantity.ts';
import { measureDirtyRate } from '../../hosts/dirty-rate.ts';
import { targetFor } from '../../hosts/preflight/targets.ts';
import { hostOptions, withHosts } from '../connections.ts';
import { exitCode } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import type { CliCommand } from './command.ts';
import { inventoryHosts } from './facts.ts';
import {
  durationOption,
  formatOption,
  integerOption,
  onlyPositional,
  textOption,
} from './options.ts';

export const dirtyRate: CliCommand = {
  name: 'dirty-rate',
  usage: 'DOMAIN --host HOST',
  summary: say('Measure how fast a running domain changes its memory.'),
  options: {
    ...hostOptions,
    host: { type: 'string' },
    samples: { type: 'string' },
    'calc-time': { type: 'string' },
    mode: { type: 'string' },
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
      const session = await hosts.session(
        targetFor(host, inventoryHosts(context)) ?? { name: host },
        signal,
      );
      const samples = integerOption('--samples', values['samples'], 5);
      let measured = 0;
      const result = await measureDirtyRate(session, domain, {
        mode: formatOption(values['mode'], ['page-sampling', 'dirty-bitmap', 'dirty-ring']),
        calcTimeMs: durationOption('--calc-time', values['calc-time'], 1000),
        samples,
        signal,
        onSample: (sample) => {
          measured++;
          terminal.progress(
            terminal.say(
              say('sample {0} of {1}: {2}', measured, samples, formatRate(sample.bytesPerSecond)),
            ),
          );
        },
      });
      if (format === 'json') {
        terminal.out(JSON.stringify(result, null, 2));
      } else {
        terminal.out(
          terminal.say(
            say(
              '{0} dirties {1} (median of {2} samples; {3} to {4}).',
              domain,
              formatRate(result.medianBytesPerSecond),
              result.samples.length,
              formatRate(result.minBytesPerSecond),
              formatRate(result.maxBytesPerSecond),
            ),
          ),
        );
        for (const note of result.notes) terminal.note(terminal.say(note));
      }
      return exitCode.ok;
    }),
};
