import { say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import { formatDuration, formatRate, formatSize } from '../../core/units/quantity.ts';
import { adjustmentText } from '../../hosts/run/adjust.ts';
import type { RunEntry, RunOutcome } from '../../hosts/run/entry.ts';
import { exitCode } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/** Shows a run as it goes: lines for what happens, one moving line for the progress. */
export function runPrinter(
  terminal: Terminal,
  format: 'text' | 'jsonl',
): (entry: RunEntry) => void {
  if (format === 'jsonl') {
    return (entry) => {
      terminal.out(JSON.stringify(entry));
    };
  }
  return (entry) => {
    if (entry.type === 'progress') terminal.progress(progressLine(entry, terminal));
    const message = eventMessage(entry);
    if (message !== undefined) terminal.note(terminal.say(message));
  };
}

function progressLine(
  { percent, progress }: Extract<RunEntry, { type: 'progress' }>,
  terminal: Terminal,
): string {
  const width = 24;
  const full = Math.round((percent / 100) * width);
  const bar = `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
  const parts = [`${bar} ${String(Math.floor(percent))} %`, progress.phase];
  if (progress.iteration !== undefined)
    parts.push(terminal.say(say('pass {0}', progress.iteration)));
  const amounts = progress.phase === 'disk' ? progress.disk : progress.memory;
  if (amounts !== undefined)
    parts.push(terminal.say(say('{0} left', formatSize(amounts.remaining))));
  if (progress.throughput !== undefined) parts.push(formatRate(progress.throughput));
  if (progress.dirtyRate !== undefined)
    parts.push(terminal.say(say('dirty {0}', formatRate(progress.dirtyRate))));
  return parts.join(' · ');
}

function eventMessage(entry: RunEntry): Message | undefined {
  switch (entry.type) {
    case 'step':
      return entry.state === 'started' ? say('step {0}', entry.step) : undefined;
    case 'lost-sight':
      return say(
        'Lost sight of {0}: {1}. The migration goes on without this program.',
        entry.host,
        entry.why,
      );
    case 'found-again':
      return say('{0} answers again after {1}.', entry.host, formatDuration(entry.gapMs));
    case 'stalled':
      return say('Nothing has been sent for {0}; the job waits.', formatDuration(entry.forMs));
    case 'moving-again':
      return say('Data is sent again after {0}.', formatDuration(entry.afterMs));
    case 'cancel-requested':
      return say('Cancelling …');
    case 'adjusted':
      return adjustmentText(entry);
    case 'post-copy-requested':
      return say('Switching to post-copy …');
    case 'recovery':
      return say('Taking up the interrupted post-copy …');
    case 'undo':
      return say('{0}: {1}', entry.undone.step, entry.undone.outcome);
    default:
      return undefined;
  }
}

/** The end of a run in words, and the exit code that says the same. */
export function printOutcome(outcome: RunOutcome, terminal: Terminal): ExitCode {
  terminal.note(terminal.say(outcome.message));
  const { cause, measured, undone } = outcome;
  if (cause !== undefined) {
    terminal.note(
      `${terminal.say(cause.message)}${cause.code === undefined ? '' : ` [${cause.code}]`}`,
    );
    if (cause.remedy !== undefined) terminal.note(`  ${terminal.say(cause.remedy)}`);
    if (cause.text.trim() !== '') terminal.note(`  libvirt: ${cause.text.trim()}`);
  }
  for (const each of undone) terminal.note(`${each.step}: ${terminal.say(each.why)}`);
  if (measured?.totalMs !== undefined) {
    terminal.note(
      terminal.say(
        say(
          'It took {0}; the guest paused for {1}.',
          formatDuration(measured.totalMs),
          measured.downtimeMs === undefined ? '?' : formatDuration(measured.downtimeMs),
        ),
      ),
    );
  }
  if (outcome.result === 'completed') return exitCode.ok;
  return outcome.result === 'uncertain' || outcome.result === 'detached'
    ? exitCode.failed
    : exitCode.problems;
}
