/**
 * Migrates one guest back and forth between two hosts, again and again: its disk is on each host's
 * own storage and is copied into an image that the run makes, while the guest writes to it. After each
 * migration every acknowledged block is looked for in the new image, and the guest's memory checked.
 *
 * Usage: npm run soak [-- --count 100] [-- --state DIR]
 *
 * DIR keeps the records of all runs; without it they go with the lab. A line a migration, a summary,
 * and as the last line one JSON object. Exit code 0 when all migrations were made and none is flawed.
 */
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { flaws, LabImpossible, openLab } from '../test/lab/lab.ts';
import type { Guest, GuestReport, Lab } from '../test/lab/lab.ts';
import { openDesk, told } from '../test/lab-runs/lab-run.ts';
import type { Desk } from '../test/lab-runs/lab-run.ts';
import { beforeExit } from '../test/vscode-host/before-exit.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '100' }, state: { type: 'string' } },
});
const wanted = Number(values.count);
if (!Number.isSafeInteger(wanted) || wanted < 1) {
  console.error('Usage: npm run soak [-- --count 100] [-- --state DIR]');
  process.exit(2);
}

/** One migration that ended as it must. */
interface Made {
  /** Milliseconds: from the start of the run to its proven end, of libvirt's job, of the pause. */
  readonly runMs: number;
  readonly jobMs: number;
  readonly downtimeMs: number;
  /** Blocks that were looked for, and those that the guest acknowledged while it was moved. */
  readonly checkedBlocks: number;
  readonly writtenMeanwhile: number;
}

const body = `storage:
  mode: copy-all
  disks:
    - { target: vda, action: copy, destination: { create: true } }
policy: { bandwidth: 40MiB/s, maxDowntime: 500ms, completionTimeout: 5m, onTimeout: abort }
`;

const started = performance.now();
const startedAt = new Date();
let lab: Lab;
try {
  lab = await openLab({ private: true });
} catch (error) {
  if (!(error instanceof LabImpossible)) throw error;
  console.error(error.message);
  process.exit(2);
}
const desk = openDesk(lab, values.state);
let closing: Promise<void> | undefined;
const close = (): Promise<void> =>
  (closing ??= (async () => {
    await desk.close();
    await lab.close();
  })());
const forget = beforeExit(close);
const made: Made[] = [];
const failures: string[] = [];
try {
  await soak();
} catch (error) {
  failures.push(error instanceof Error ? error.message : String(error));
  console.log(`stopped: ${failures.at(-1) ?? ''}`);
} finally {
  await close();
  forget();
}
summarise();
process.exitCode = failures.length === 0 && made.length === wanted ? 0 : 1;

/** Ends early when going on would prove nothing more: a guest that is lost or has a flaw stays so. */
async function soak(): Promise<void> {
  const guest = await lab.startGuest('kvm01', {
    name: 'soak',
    memoryMiB: 112,
    workingSetMiB: 16,
    dirtyMiBs: 5,
    disks: [{ at: 'local', sizeMiB: 48 }],
    writer: { blocksPerSecond: 150, spanMiB: 16 },
  });
  let [from, to] = ['kvm01', 'kvm02'];
  for (let number = 1; number <= wanted; number++) {
    const label = `${String(number).padStart(String(wanted).length)}  ${from} -> ${to}`;
    const result = await migrate(desk, guest, from, to);
    made.push(result);
    const { runMs, jobMs, downtimeMs, checkedBlocks, writtenMeanwhile } = result;
    console.log(
      `${label}  run ${seconds(runMs)}, job ${seconds(jobMs)}, downtime ${String(downtimeMs)} ms, ` +
        `${String(checkedBlocks)} blocks whole, ${String(writtenMeanwhile)} written on the way`,
    );
    [from, to] = [to, from];
  }
  await lab.destroyGuest(guest);
}

async function migrate(at: Desk, guest: Guest, from: string, to: string): Promise<Made> {
  const path = guest.disks[0]?.path ?? '';
  const plan = await at.planned(guest, body, [from, to]);
  const { acked } = guest.report();
  const begun = performance.now();
  const outcome = await at.start(plan).outcome;
  const runMs = Math.round(performance.now() - begun);
  if (outcome.result !== 'completed' || outcome.cause !== undefined) throw new Error(told(outcome));
  const { totalMs, downtimeMs } = outcome.measured ?? {};
  if (totalMs === undefined || downtimeMs === undefined) {
    throw new Error(`libvirt did not say what it measured: ${JSON.stringify(outcome.measured)}`);
  }
  const writtenMeanwhile = guest.report().acked - acked;
  if (writtenMeanwhile < 1) throw new Error('the guest wrote nothing while it was moved');
  const report = await guest.waitForTicks(2, to, 60_000);
  const flawed = [...flaws(report), ...lostTicks(report)];
  if (flawed.length > 0) throw new Error(flawed.join('\n'));
  const blocks = await lab.verifyDisk(to, guest, path);
  if (!blocks.ok) throw new Error(blocks.problems.join('\n'));
  await putAway(from, guest, path);
  return {
    runMs,
    jobMs: totalMs,
    downtimeMs,
    checkedBlocks: blocks.checked,
    writtenMeanwhile,
  };
}

/** A number that was said twice would come from a guest that ran on two hosts at once. */
function lostTicks({ ticks }: GuestReport): readonly string[] {
  return ticks.flatMap(({ n, host }, at) => {
    const before = ticks[at - 1];
    return before?.n === n ? [`tick ${String(n)} was said on ${before.host} and on ${host}`] : [];
  });
}

/**
 * The image that was left behind must be away before the guest comes back: a run never writes over
 * one. It goes only after the copy was verified, when this host does not know the guest any more and
 * no process has the image open; and it is kept under another name until the next copy is verified.
 */
async function putAway(host: string, guest: Guest, path: string): Promise<void> {
  const script = `set -e
    if virsh domstate "$1" >/dev/null 2>&1; then echo "$1 is still known" >&2; exit 1; fi
    for fd in /proc/[0-9]*/fd/*; do
      [ ! "$fd" -ef "$2" ] || { echo "$2 is open: $fd" >&2; exit 1; }
    done
    mv -f -- "$2" "$2.before"
    ls -A "$(dirname "$2")"`;
  const left = await lab.exec(host, ['sh', '-c', script, 'put-away', guest.name, path]);
  if (left.code !== 0) throw new Error(`${host}: ${left.stderr.trim()}`);
  const others = left.stdout.split('\n').filter((name) => name !== '' && !name.endsWith('.before'));
  if (others.length > 0) throw new Error(`${host} keeps ${others.join(', ')}`);
}

function summarise(): void {
  const figures = {
    runMs: spread(made.map(({ runMs }) => runMs)),
    jobMs: spread(made.map(({ jobMs }) => jobMs)),
    downtimeMs: spread(made.map(({ downtimeMs }) => downtimeMs)),
  };
  const sum = (of: (one: Made) => number): number => made.reduce((all, one) => all + of(one), 0);
  const inSeconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `\n${String(made.length)} of ${String(wanted)} migrations, ${String(failures.length)} failed, in ${String(inSeconds)} s`,
  );
  for (const [name, { min, median, max }] of Object.entries(figures)) {
    console.log(
      `${name.padEnd(11)} min ${String(min)}, median ${String(median)}, max ${String(max)}`,
    );
  }
  const hosts = lab.hosts.map(({ name, suite, libvirtVersion, qemuVersion }) => ({
    ...{ name, suite, libvirt: libvirtVersion, qemu: qemuVersion },
  }));
  console.log(
    JSON.stringify({
      date: startedAt.toISOString(),
      machine: {
        cpu: cpus()[0]?.model ?? 'unknown',
        cores: cpus().length,
        memoryGiB: Math.round(totalmem() / 2 ** 30),
        kernel: release(),
        node: process.versions.node,
      },
      hosts,
      wanted,
      made: made.length,
      failures,
      seconds: inSeconds,
      ...figures,
      blocksChecked: sum(({ checkedBlocks }) => checkedBlocks),
      blocksWrittenOnTheWay: sum(({ writtenMeanwhile }) => writtenMeanwhile),
    }),
  );
}

interface Spread {
  readonly min: number | undefined;
  readonly median: number | undefined;
  readonly max: number | undefined;
}

function spread(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  const median = low === undefined || high === undefined ? undefined : (low + high) / 2;
  return { min: sorted[0], median, max: sorted.at(-1) };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
