import { say } from '../../../core/messages.ts';
import type { Message } from '../../../core/messages.ts';
import { formatDuration, formatRate, formatSize } from '../../../core/units/quantity.ts';
import type { JobProgress } from '../../../core/virsh/job-info.ts';
import { isActive } from '../../runs/shown-run.ts';
import type { ShownRun } from '../../runs/shown-run.ts';
import { errorIcon, passedIcon, warningIcon } from '../node.ts';
import type { NodeIcon, ViewNode } from '../node.ts';
import type { TreeSource } from '../tree.ts';

export type MigrationsItem =
  | { readonly kind: 'run'; readonly run: string }
  | { readonly kind: 'history' }
  | { readonly kind: 'detail' };

type MigrationsNode = ViewNode<MigrationsItem>;

/** Finished runs that are listed; older ones are in the records. */
const historyLength = 50;

/** The rows of the Migrations view: what runs, then what has run, newest first. */
export function migrationsTreeSource(
  runs: () => readonly ShownRun[],
  now: () => number,
): TreeSource<MigrationsItem> {
  const newestFirst = (): readonly ShownRun[] =>
    runs().toSorted((a, b) => b.startedAt - a.startedAt);
  const finished = (): readonly ShownRun[] =>
    newestFirst()
      .filter((run) => !isActive(run))
      .slice(0, historyLength);
  return {
    roots() {
      const active = newestFirst()
        .filter(isActive)
        .map((run) => runNode(run, now()));
      const ended = finished();
      if (ended.length === 0) return active;
      return [...active, historyNode(ended.length)];
    },
    children({ item }) {
      if (item.kind === 'history') return finished().map((run) => runNode(run, now()));
      const run = item.kind === 'run' ? runs().find((each) => each.id === item.run) : undefined;
      return run === undefined ? [] : detailNodes(run, now());
    },
  };
}

function historyNode(count: number): MigrationsNode {
  return {
    id: 'history',
    label: say('History'),
    description: String(count),
    icon: { name: 'history' },
    context: 'history',
    children: 'expanded',
    item: { kind: 'history' },
  };
}

function runNode(run: ShownRun, now: number): MigrationsNode {
  const active = isActive(run);
  const flags = ['run', run.state];
  if (active) flags.push('active');
  if (run.state === 'running' || run.state === 'lost-sight') flags.push('cancellable');
  return {
    id: run.id,
    label: say('{0} → {1}', run.domain, run.destination),
    description: describeRun(run, now),
    tooltip: [
      say('Migration of {0} from {1} to {2}', run.domain, run.source, run.destination),
      describeRun(run, now),
    ],
    icon: runIcon(run),
    context: flags.join('+'),
    children: active ? 'expanded' : 'collapsed',
    spoken: [
      say('Migration of {0} from {1} to {2}', run.domain, run.source, run.destination),
      describeRun(run, now),
    ],
    item: { kind: 'run', run: run.id },
  };
}

/** The state in a few words. */
export function describeRun(run: ShownRun, now: number): Message {
  const took = wholeSeconds((run.endedAt ?? now) - run.startedAt);
  switch (run.state) {
    case 'preparing':
      return say('preparing');
    case 'running':
      return say('{0} %, {1}', run.percent, took);
    case 'lost-sight':
      return say('out of sight, still running as far as is known');
    case 'cancelling':
      return say('cancelling');
    case 'succeeded':
      return doneText(run, took);
    case 'failed':
      return say('failed after {0}', took);
    case 'refused':
      return say('refused');
    case 'cancelled':
      return say('cancelled after {0}', took);
  }
}

/** The migration's own figures where libvirt gave them; the run also counts what stands around it. */
function doneText({ outcome }: ShownRun, took: string): Message {
  const { totalMs, downtimeMs } = outcome?.measured ?? {};
  const time = totalMs === undefined ? took : formatDuration(totalMs);
  return downtimeMs === undefined
    ? say('done in {0}', time)
    : say('done in {0}, pause {1}', time, formatDuration(downtimeMs));
}

/** Fractions of a second would only flicker. */
function wholeSeconds(milliseconds: number): string {
  return formatDuration(Math.max(1, Math.round(milliseconds / 1000)) * 1000);
}

function runIcon({ state }: ShownRun): NodeIcon {
  switch (state) {
    case 'preparing':
    case 'running':
    case 'cancelling':
      return { name: 'sync~spin' };
    case 'lost-sight':
      return warningIcon;
    case 'succeeded':
      return passedIcon;
    case 'failed':
    case 'refused':
      return errorIcon;
    case 'cancelled':
      return { name: 'circle-slash' };
  }
}

function detailNodes(run: ShownRun, now: number): readonly MigrationsNode[] {
  const detail = (name: string, label: Message, icon: NodeIcon): MigrationsNode => ({
    id: `${run.id}/${name}`,
    label,
    icon,
    context: 'detail',
    item: { kind: 'detail' },
  });
  const rows: MigrationsNode[] = [];
  if (run.reason !== undefined) {
    rows.push(detail('reason', run.reason, run.state === 'lost-sight' ? warningIcon : errorIcon));
  }
  const { job } = run;
  if (job !== undefined && isActive(run)) {
    for (const [name, label, icon] of progressRows(job)) {
      rows.push(detail(name, label, { name: icon }));
    }
  }
  const age = wholeSeconds(now - run.startedAt);
  rows.push(detail('started', say('Started {0} ago', age), { name: 'clock' }));
  return rows;
}

const phases: Readonly<Record<JobProgress['phase'], Message>> = {
  setup: say('Setting up'),
  disk: say('Copying disks'),
  memory: say('Copying memory'),
  'post-copy': say('Post-copy: the guest runs on the destination and fetches its memory'),
};

function progressRows(job: JobProgress): readonly (readonly [string, Message, string])[] {
  const phase =
    job.phase === 'memory' && job.iteration !== undefined
      ? say('Copying memory, pass {0}', job.iteration)
      : phases[job.phase];
  const rows: (readonly [string, Message, string])[] = [['phase', phase, 'layers']];
  const left = job.phase === 'disk' ? job.disk : job.memory;
  if (left !== undefined) {
    const text = say('{0} of {1} left', formatSize(left.remaining), formatSize(left.total));
    rows.push(['remaining', text, 'database']);
  }
  if (job.throughput !== undefined) {
    rows.push(['throughput', say('Sends {0}', formatRate(job.throughput)), 'dashboard']);
  }
  if (job.dirtyRate !== undefined) {
    rows.push(['dirty', say('The guest dirties {0}', formatRate(job.dirtyRate)), 'edit']);
  }
  if (job.expectedDowntimeMs !== undefined) {
    const text = say('Expected pause {0}', formatDuration(job.expectedDowntimeMs));
    rows.push(['downtime', text, 'debug-pause']);
  }
  if (job.throttlePercent !== undefined && job.throttlePercent > 0) {
    rows.push(['throttle', say('Guest CPUs slowed by {0} %', job.throttlePercent), 'flame']);
  }
  return rows;
}
