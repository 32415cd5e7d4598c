/** A run beside the bare `virsh migrate` of the same guest, on the lab's real hosts. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Plan } from '../core/planner/plan.ts';
import { parseJobInfo } from '../core/virsh/job-info.ts';
import type { Command } from '../core/virsh/command.ts';
import { openDesk, told } from '../test/lab-runs/lab-run.ts';
import type { Desk } from '../test/lab-runs/lab-run.ts';
import type { Guest, Lab } from '../test/lab/lab.ts';
import { hostCpu } from './host-cpu.ts';
import { inLab, inTime } from './lab-bench.ts';
import type { SectionResult } from './lab-bench.ts';
import { benchLaunch } from './launch.ts';
import { median, percentile, printTable } from './statistics.ts';

export interface RunsOptions {
  /** Pairs of moves, one bare and one by a run; an even number serves both directions alike. */
  readonly pairs: number;
  /** Pairs of windows in which the hosts' CPU is counted, and seconds of each. */
  readonly windows: number;
  readonly seconds: number;
  /** Launches whose time to the first page is taken, without and with open connections. */
  readonly launches: number;
}

const hosts = ['kvm01', 'kvm02'] as const;
type Ends = readonly [from: string, to: string];
/** Three to five seconds for the guest's memory. */
const moved = 'policy: { bandwidth: 25MiB/s }\n';
/** More than a minute for it: the windows end before it does. */
const slow = 'policy: { bandwidth: 1MiB/s }\n';
/** Milliseconds for one move, with much to spare. */
const patience = 120_000;
/** Milliseconds after a launch until the window opens: the memory is under way by then. */
const settling = 6000;

export function benchRuns(options: RunsOptions): Promise<SectionResult> {
  return inLab('runs', hosts, async (lab) => {
    const desk = openDesk(lab);
    try {
      const guest = await lab.startGuest('kvm01', {
        name: 'measured',
        memoryMiB: 128,
        dirtyMiBs: 4,
        workingSetMiB: 16,
      });
      const pairs = await overhead(desk, guest, options.pairs);
      const watching = await cpuOfWatching(desk, guest, options);
      const launch = await benchLaunch(lab, guest, options.launches);
      return {
        figures: { ...pairs.figures, ...watching.figures, ...launch.figures },
        goals: [...pairs.goals, ...watching.goals, ...launch.goals],
      };
    } finally {
      await desk.close();
    }
  });
}

/** One move: what libvirt measured, and the milliseconds from the launch until it was known to be over. */
interface Move {
  readonly elapsed: number;
  readonly downtime: number;
  readonly wall: number;
}

/**
 * Moves the guest there one way and back the other, and the other way round in the next pair: both
 * ways see both hosts, and the machine of the same half minute.
 */
async function overhead(desk: Desk, guest: Guest, pairs: number): Promise<SectionResult> {
  const plans = new Map<string, Plan>();
  const planned = async (ends: Ends): Promise<Plan> => {
    const plan = plans.get(ends[0]) ?? (await desk.planned(guest, moved, ends));
    plans.set(ends[0], plan);
    return plan;
  };
  const bare: Move[] = [];
  const ours: Move[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const there = await planned(hosts);
    const first = pair % 2 === 0 ? 'bare' : 'ours';
    if (first === 'bare') bare.push(await moveBare(desk, there));
    else ours.push(await moveByRun(desk, there));
    const back = await planned([hosts[1], hosts[0]]);
    if (first === 'bare') ours.push(await moveByRun(desk, back));
    else bare.push(await moveBare(desk, back));
  }
  const of = (moves: readonly Move[], what: keyof Move): number[] =>
    moves.map((move) => move[what]);
  const ratios = bare.map((move, index) => (ours[index]?.elapsed ?? NaN) / move.elapsed);
  const spread = (values: readonly number[]): number =>
    percentile(values, 0.75) - percentile(values, 0.25);
  const [bareDown, ourDown] = [of(bare, 'downtime'), of(ours, 'downtime')];
  const row = (what: string, key: keyof Move): (string | number)[] => [
    what,
    median(of(bare, key)),
    spread(of(bare, key)),
    median(of(ours, key)),
    spread(of(ours, key)),
    median(of(ours, key)) / median(of(bare, key)),
  ];
  printTable(
    `The same guest moved by bare virsh migrate and by a run, ${String(pairs)} pairs (ms)`,
    [
      ['median', 'bare', 'spread', 'run', 'spread', 'run / bare'],
      row('libvirt’s time of the migration', 'elapsed'),
      row('libvirt’s downtime', 'downtime'),
      row('launched until known to be over (a run: proven)', 'wall'),
    ],
  );
  console.log(
    `spread: between the quartiles; median of the paired ratios of libvirt’s time: ${median(ratios).toFixed(4)}`,
  );
  return {
    figures: {
      'runs/bare-elapsed-ms': median(of(bare, 'elapsed')),
      'runs/run-elapsed-ms': median(of(ours, 'elapsed')),
      'runs/elapsed-paired-ratio': median(ratios),
      'runs/bare-downtime-ms': median(bareDown),
      'runs/bare-downtime-spread-ms': spread(bareDown),
      'runs/run-downtime-ms': median(ourDown),
      'runs/bare-wall-ms': median(of(bare, 'wall')),
      'runs/run-wall-ms': median(of(ours, 'wall')),
    },
    goals: [
      {
        name: 'time of the migration: run / bare virsh, median of pairs',
        value: median(ratios),
        bound: 1.02,
        is: 'at most',
      },
      {
        name: 'downtime: |run - bare| / spread of the bare ones',
        value: Math.abs(median(ourDown) - median(bareDown)) / spread(bareDown),
        bound: 1,
        is: 'at most',
      },
    ],
  };
}

/** The plan's own command, in the foreground of the connection that a run would use. */
async function moveBare(desk: Desk, plan: Plan): Promise<Move> {
  const session = await desk.hosts.sessions(plan.source.host);
  const begun = performance.now();
  const { code, stderr } = await session.exec(launchOf(plan), { timeout: patience });
  const wall = performance.now() - begun;
  if (code !== 0) throw new Error(`virsh migrate: ${stderr}`);
  const { on, command } = plan.watch.completedJobInfo;
  const end = await desk.hosts.sessions(plan[on].host);
  const { stdout } = await end.exec(command, { timeout: 30_000 });
  const job = parseJobInfo(stdout);
  return figuresOf(job?.elapsedMs, job?.totalDowntimeMs, wall);
}

async function moveByRun(desk: Desk, plan: Plan): Promise<Move> {
  const run = desk.start(plan);
  const outcome = await inTime('the run', patience, run.outcome);
  const over = Date.now();
  if (outcome.result !== 'completed') throw new Error(told(outcome));
  const launch = run.events.find((event) => event.type === 'step' && event.step === 'launch');
  const { totalMs, downtimeMs } = outcome.measured ?? {};
  return figuresOf(totalMs, downtimeMs, over - (launch?.at ?? NaN));
}

function figuresOf(elapsed: number | undefined, downtime: number | undefined, wall: number): Move {
  if (elapsed === undefined || downtime === undefined) {
    throw new Error('libvirt has no statistics of the migration that ended');
  }
  return { elapsed, downtime, wall };
}

function launchOf(plan: Plan): Command {
  const launch = plan.steps.find(({ kind }) => kind === 'launch');
  const before = plan.steps.filter(({ kind }) => kind !== 'prove' && kind !== 'launch');
  if (launch === undefined || before.length > 0) {
    throw new Error('the plan does more than launch: the bare move would not be the same');
  }
  return launch.command;
}

/**
 * CPU of both hosts, guests left out, in a window of the same slow migration: once carried by a bare
 * virsh, once by a run that is watched. Both are cancelled after it, so the guest stays where it is.
 */
async function cpuOfWatching(
  desk: Desk,
  guest: Guest,
  { windows, seconds }: RunsOptions,
): Promise<SectionResult> {
  const plan = await desk.planned(guest, slow);
  const bare: number[] = [];
  const ours: number[] = [];
  for (let pair = 0; pair < windows; pair++) {
    for (const way of pair % 2 === 0 ? ['bare', 'ours'] : ['ours', 'bare']) {
      const end: Promise<unknown> =
        way === 'bare'
          ? desk.hosts
              .sessions(plan.source.host)
              .then((session) => session.exec(launchOf(plan), { timeout: patience }))
          : desk.start(plan).outcome;
      (way === 'bare' ? bare : ours).push(await percentOfCore(desk.lab, seconds));
      await cancel(desk, plan);
      await inTime('the end of a cancelled migration', patience, end);
    }
  }
  const extra = median(ours.map((value, index) => value - (bare[index] ?? NaN)));
  printTable(
    `CPU of both hosts without their guests while a migration runs, ${String(windows)} windows of ${String(seconds)} s each (percent of one core)`,
    [
      ['bare virsh migrate', 'a run, watched', 'extra, median of pairs'],
      [median(bare), median(ours), extra],
    ],
  );
  return {
    figures: {
      'runs/bare-cpu-percent': median(bare),
      'runs/watched-cpu-percent': median(ours),
      'runs/watching-cpu-percent': extra,
    },
    goals: [
      {
        name: 'extra CPU on the hosts while watching, percent of one core',
        value: extra,
        bound: 1,
        is: 'at most',
      },
    ],
  };
}

async function percentOfCore(lab: Lab, seconds: number): Promise<number> {
  await delay(settling);
  const cpu = (): number => lab.hosts.reduce((sum, host) => sum + hostCpu(host), 0);
  const [from, begun] = [cpu(), performance.now()];
  await delay(seconds * 1000);
  return ((cpu() - from) / (performance.now() - begun)) * 100;
}

/** The migration must still be under way: otherwise the window has measured something else. */
async function cancel(desk: Desk, plan: Plan): Promise<void> {
  const session = await desk.hosts.sessions(plan.source.host);
  const { stdout } = await session.exec(plan.watch.jobInfo, { timeout: 30_000 });
  const job = parseJobInfo(stdout);
  if (job?.state !== 'active' || job.phase !== 'memory') {
    throw new Error('the migration was not under way until the end of the window');
  }
  const { code, stderr } = await session.exec(plan.watch.cancel, { timeout: 30_000 });
  if (code !== 0) throw new Error(`virsh domjobabort: ${stderr}`);
}
