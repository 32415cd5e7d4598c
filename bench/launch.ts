/** From “Launch” to the first page that leaves the guest's host, and where that time goes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { planFor, preflight } from '../hosts/preflight/preflight.ts';
import type { HostAccess } from '../hosts/preflight/collect-for-migration.ts';
import type { Plan } from '../core/planner/plan.ts';
import { startRun } from '../hosts/run/execute.ts';
import { thisProcess } from '../hosts/run/owner.ts';
import { createRun } from '../hosts/run/record.ts';
import type { HostSession } from '../hosts/session.ts';
import { diskWorkspace } from '../hosts/workspace/disk-workspace.ts';
import { labHosts, told } from '../test/lab-runs/lab-run.ts';
import type { LabHosts } from '../test/lab-runs/lab-run.ts';
import type { Guest, Lab } from '../test/lab/lab.ts';
import { inTime } from './lab-bench.ts';
import type { SectionResult } from './lab-bench.ts';
import { median, printTable } from './statistics.ts';

/** Parts of a launch in their order; each begins where the one before ends. */
const parts = [
  'connect to both hosts',
  'facts of both hosts',
  'rules and plan',
  'digest confirmed: facts, rules and plan once more',
  'a look at the source: nothing under way',
  'launch command',
  'libvirt prepares both ends',
] as const;
type Part = (typeof parts)[number];

type Ends = readonly [from: string, to: string];
const way: Ends = ['kvm01', 'kvm02'];
/** Milliseconds for one launch and its migration, with much to spare. */
const patience = 120_000;

interface Launch {
  readonly took: Readonly<Record<Part, number>>;
  /** Milliseconds of each command of the first preflight: `source 1`, `destination 1`, … */
  readonly commands: ReadonlyMap<string, number>;
}

/**
 * Launches as the editor does it, without the question to the user: preflight, plan, the digest
 * confirmed with fresh facts, the run; there and back in turns, with new connections and with open
 * ones. The guest must be on kvm01.
 */
export async function benchLaunch(
  lab: Lab,
  guest: Guest,
  launches: number,
): Promise<SectionResult> {
  const folder = mkdtempSync(join(tmpdir(), 'livemigrate-bench-launch-'));
  lab.writeInventory(join(folder, 'lab.migration.yaml'));
  const open = labHosts(lab.sshConfig);
  const cold: Launch[] = [];
  const warm: Launch[] = [];
  let ends = way;
  const next = async (kind: 'cold' | 'warm'): Promise<Launch> => {
    const hosts = kind === 'warm' ? open : labHosts(lab.sshConfig);
    try {
      return await launch({ folder, lab, hosts, guest, ends });
    } finally {
      if (kind === 'cold') await hosts.close();
      ends = [ends[1], ends[0]];
    }
  };
  try {
    await Promise.all(way.map((host) => open.sessions(host)));
    // Not counted: it reads the hosts' schemas, which is done once for each version of libvirt.
    await next('cold');
    await next('warm');
    for (let round = 0; round < launches; round++) {
      if (round % 2 === 0) cold.push(await next('cold'));
      warm.push(await next('warm'));
      if (round % 2 === 1) cold.push(await next('cold'));
    }
  } finally {
    await open.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return report(cold, warm);
}

function report(cold: readonly Launch[], warm: readonly Launch[]): SectionResult {
  const total = ({ took }: Launch): number => parts.reduce((sum, part) => sum + took[part], 0);
  const part = (launches: readonly Launch[], name: Part): number =>
    median(launches.map(({ took }) => took[name]));
  const [coldTotal, warmTotal] = [median(cold.map(total)), median(warm.map(total))];
  printTable(
    `From “Launch” to the guest’s first sent page, ${String(cold.length)} launches each (ms)`,
    [
      ['median', 'new connections', 'open connections'],
      ...parts.map((name) => [name, part(cold, name), part(warm, name)]),
      ['all', coldTotal, warmTotal],
    ],
  );
  const names = [...new Set([...cold, ...warm].flatMap(({ commands }) => [...commands.keys()]))];
  printTable('Commands of the preflight, both hosts side by side (ms)', [
    ['median', 'new connections', 'open connections'],
    ...names
      .sort()
      .map((name) => [
        name,
        ...[cold, warm].map((launches) =>
          median(launches.flatMap(({ commands }) => commands.get(name) ?? [])),
        ),
      ]),
  ]);
  return {
    figures: {
      'launch/new-connections-ms': coldTotal,
      'launch/open-connections-ms': warmTotal,
      'launch/facts-ms': part(warm, 'facts of both hosts'),
      'launch/rules-and-plan-ms': part(warm, 'rules and plan'),
      'launch/launch-command-ms': part(warm, 'launch command'),
      'launch/libvirt-prepares-ms': part(warm, 'libvirt prepares both ends'),
    },
    goals: [],
  };
}

interface LaunchOptions {
  readonly folder: string;
  readonly lab: Lab;
  readonly hosts: LabHosts;
  readonly guest: Guest;
  readonly ends: Ends;
}

async function launch({ folder, lab, hosts, guest, ends }: LaunchOptions): Promise<Launch> {
  const [from, to] = ends;
  const file = join(folder, `${guest.name}.migration.yaml`);
  writeFileSync(
    file,
    `apiVersion: livemigrate/v1\nkind: Migration\ndomain: ${guest.name}\nsource: ${from}\ndestination: ${to}\n`,
  );
  const commands = new Map<string, number>();
  let connected = NaN;
  let answered = NaN;
  const access: HostAccess = async (target) => {
    const session = await hosts.sessions(target.name);
    // Later questions find the connection open.
    if (commands.size === 0) connected = Date.now();
    return watched(session, (took) => {
      answered = Date.now();
      const end = target.name === from ? 'source' : 'destination';
      const number = [...commands.keys()].filter((key) => key.startsWith(end)).length + 1;
      commands.set(`${end} ${String(number)}`, took);
    });
  };
  const planned = async (through: HostAccess): Promise<Plan> => {
    const found = await preflight({
      uri: pathToFileURL(file).href,
      workspace: diskWorkspace({ root: folder, now: Date.now }),
      hosts: through,
      now: Date.now,
      signal: AbortSignal.timeout(patience),
    });
    const result = found === undefined ? undefined : planFor(found);
    if (result?.ok !== true) throw new Error(`no plan: ${JSON.stringify(result?.refusals)}`);
    return result.plan;
  };
  const events = await listen(lab, from, guest);
  try {
    const begun = Date.now();
    const plan = await planned(access);
    const ready = Date.now();
    let confirmed = NaN;
    const record = createRun(plan, thisProcess('cli'), { folder: join(folder, 'state') });
    const outcome = await inTime(
      'the run',
      patience,
      startRun({
        plan,
        sessions: hosts.sessions,
        record,
        confirmFreshDigest: async () => {
          const { digest } = await planned((target) => hosts.sessions(target.name));
          confirmed = Date.now();
          return digest;
        },
      }),
    );
    if (outcome.result !== 'completed') throw new Error(told(outcome));
    const at = (state: 'started' | 'done'): number =>
      record
        .entries()
        .find((entry) => entry.type === 'step' && entry.step === 'launch' && entry.state === state)
        ?.at ?? NaN;
    const took: Record<Part, number> = {
      'connect to both hosts': connected - begun,
      'facts of both hosts': answered - connected,
      'rules and plan': ready - answered,
      'digest confirmed: facts, rules and plan once more': confirmed - ready,
      'a look at the source: nothing under way': at('started') - confirmed,
      'launch command': at('done') - at('started'),
      'libvirt prepares both ends': (await events.firstPage()) - at('done'),
    };
    return { took, commands };
  } finally {
    await events.end();
  }
}

function watched(session: HostSession, answered: (took: number) => void): HostSession {
  return {
    host: session.host,
    closed: session.closed,
    close: () => session.close(),
    async exec(command, options) {
      const begun = performance.now();
      const result = await session.exec(command, options);
      answered(performance.now() - begun);
      return result;
    },
  };
}

interface Listening {
  /** Epoch milliseconds. */
  firstPage(): Promise<number>;
  end(): Promise<void>;
}

/**
 * QEMU tells with its own clock, which is the machine's, when it goes from setup to `active`: then
 * its migration thread begins to send pages. Asking for statistics would see it a look later, and
 * disturb what is measured.
 */
async function listen(lab: Lab, host: string, guest: Guest): Promise<Listening> {
  const file = `/tmp/events-${guest.name}`;
  const script = `rm -f ${file}
timeout ${String(patience / 1000)} stdbuf -oL virsh qemu-monitor-event --domain ${guest.name} \
  --event MIGRATION --loop --timeout ${String(patience / 1000)} >${file} 2>&1 </dev/null &
echo $!`;
  const { stdout } = await lab.exec(host, script);
  const pid = Number(stdout.trim());
  return {
    async firstPage() {
      const said = (await lab.exec(host, ['cat', file])).stdout;
      const seconds = /^event MIGRATION at ([0-9.]+) for .*"status":"active"/m.exec(said)?.[1];
      if (seconds === undefined) throw new Error(`QEMU told of no active migration: ${said}`);
      return Number(seconds) * 1000;
    },
    async end() {
      await lab.exec(host, ['kill', String(pid)]);
    },
  };
}
