import { adjustmentText } from '../../hosts/run/adjust.ts';
import { render, say } from '../../core/messages.ts';
import type { Message, Translate } from '../../core/messages.ts';
import type { Plan } from '../../core/planner/plan.ts';
import { shellLine } from '../../core/planner/shell-preview.ts';
import { formatDuration, formatRate, formatSize } from '../../core/units/quantity.ts';
import type { JobProgress } from '../../core/virsh/job-info.ts';
import type { RunEntry, RunOutcome } from '../../hosts/run/entry.ts';

/** A run's record as text to read: one line for each thing that happened, with its time. */
export function recordText(entries: readonly RunEntry[], translate: Translate): string {
  const lines = entries.flatMap((entry) =>
    linesOf(entry).map((line, index) => {
      const time = index === 0 ? new Date(entry.at).toISOString() : ' '.repeat(24);
      return `${time}  ${typeof line === 'string' ? line : render(line, translate)}`;
    }),
  );
  return `${lines.join('\n')}\n`;
}

type Line = Message | string;

function linesOf(entry: RunEntry): readonly Line[] {
  switch (entry.type) {
    case 'run':
      return planLines(entry.id, entry.plan);
    case 'owner':
      return [say('Followed by process {0} ({1})', entry.owner.pid, entry.owner.program)];
    case 'released':
      return [say('No longer followed from there')];
    case 'step':
      return [
        entry.state === 'started'
          ? say('Step {0} begins', entry.step)
          : say('Step {0} is done', entry.step),
      ];
    case 'image-created':
      return [say('Step {0} created an image', entry.step)];
    case 'remembered':
      return [say('Step {0} noted how it was before', entry.step)];
    case 'launched':
      return [say('The migration was launched')];
    case 'not-launched':
      return [say('The launch was turned down; nothing of this run moves')];
    case 'phase':
      return [say('Phase: {0}', entry.phase)];
    case 'progress':
      return [progressLine(entry.percent, entry.progress)];
    case 'lost-sight':
      return [say('{0} cannot be seen: {1}', entry.host, entry.why)];
    case 'found-again':
      return [say('{0} is seen again after {1}', entry.host, formatDuration(entry.gapMs))];
    case 'stalled':
      return [say('Nothing has been sent for {0}; the job waits.', formatDuration(entry.forMs))];
    case 'moving-again':
      return [say('Data is sent again after {0}.', formatDuration(entry.afterMs))];
    case 'cancel-requested':
      return [say('Cancelling was asked for')];
    case 'post-copy-requested':
      return [say('The switch to post-copy was asked for')];
    case 'recovery':
      return [say('The interrupted post-copy is taken up again')];
    case 'adjusted':
      return [adjustmentText(entry)];
    case 'undo':
      return [
        entry.undone.outcome === 'undone'
          ? say('Step {0} was taken back', entry.undone.step)
          : say('Step {0} was not taken back', entry.undone.step),
        entry.undone.why,
      ];
    case 'ended':
      return outcomeLines(entry.outcome);
  }
}

function planLines(id: string, plan: Plan): readonly Line[] {
  return [
    say('Run {0}: {1} from {2} to {3}', id, plan.domain, plan.source.host, plan.destination.host),
    say('Plan {0}', plan.digest),
    ...(plan.unsafeReason === undefined
      ? []
      : [say('libvirt’s own disk checks are skipped: {0}', plan.unsafeReason)]),
    ...plan.skippedChecks.flatMap(({ id, why }) => [
      say('Check {0} was not made, or counts for less:', id),
      why,
    ]),
    ...plan.steps.map(
      ({ id: step, on, command }) => `[${step} @ ${plan[on].host}] ${shellLine(command)}`,
    ),
  ];
}

function progressLine(percent: number, job: JobProgress): string {
  const left = job.phase === 'disk' ? job.disk : job.memory;
  const parts = [
    `${percent} %`,
    job.phase,
    job.iteration === undefined ? undefined : `#${job.iteration}`,
    left === undefined ? undefined : `${formatSize(left.remaining)}/${formatSize(left.total)}`,
    job.throughput === undefined ? undefined : `→ ${formatRate(job.throughput)}`,
    job.dirtyRate === undefined ? undefined : `↻ ${formatRate(job.dirtyRate)}`,
  ];
  return parts.filter((part) => part !== undefined).join('  ');
}

function outcomeLines(outcome: RunOutcome): readonly Line[] {
  const { message, cause, measured } = outcome;
  const lines: Line[] = [message];
  if (cause !== undefined) {
    lines.push(cause.message);
    if (cause.remedy !== undefined) lines.push(cause.remedy);
    if (cause.text !== '') lines.push(...cause.text.split('\n').map((line) => `  ${line}`));
    if (cause.code !== undefined) lines.push(`  [${cause.code}]`);
  }
  if (measured?.totalMs !== undefined) {
    lines.push(say('Time {0}', formatDuration(measured.totalMs)));
  }
  if (measured?.downtimeMs !== undefined) {
    lines.push(say('Pause of the guest {0}', formatDuration(measured.downtimeMs)));
  }
  return lines;
}
