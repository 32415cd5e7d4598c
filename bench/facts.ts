/** Facts of a host with many domains, beside what one would script with virsh over the same ssh. */
import { randomUUID } from 'node:crypto';
import { collectFacts } from '../hosts/collect/collect-facts.ts';
import type { HostSession } from '../hosts/session.ts';
import { domainXml } from '../test/lab/domain-xml.ts';
import type { Lab } from '../test/lab/lab.ts';
import { labHosts } from '../test/lab-runs/lab-run.ts';
import type { LabHosts } from '../test/lab-runs/lab-run.ts';
import { inLab } from './lab-bench.ts';
import type { SectionResult } from './lab-bench.ts';
import { shareOfCores } from './share-of-cores.ts';
import { median, printTable } from './statistics.ts';

const hosts = ['kvm01', 'kvm02', 'kvm03'] as const;
/** Domains of the first host, one of them running; the others have few. */
const domains = 20;
const few = 3;
/** Milliseconds for one command, with much to spare. */
const patience = 120_000;
/** What a script asks of each domain: a part of what the facts hold. */
const questions = [
  'dominfo',
  'domstate',
  'dumpxml',
  'domjobinfo',
  'snapshot-list',
  'domblklist',
] as const;

export function benchFacts(rounds: number): Promise<SectionResult> {
  return inLab('facts', hosts, async (lab) => {
    const open = labHosts(lab.sshConfig);
    try {
      await lab.startGuest('kvm01', { name: 'runs', disks: [{ at: 'local' }] });
      await define(lab, 'kvm01', domains - 1);
      for (const host of hosts.slice(1)) await define(lab, host, few);
      const one = await ofOneHost(open, rounds);
      const three = await ofThreeHosts(lab, open, rounds);
      return {
        figures: { ...one.figures, ...three.figures },
        goals: [...one.goals, ...three.goals],
      };
    } finally {
      await open.close();
    }
  });
}

/** Domains that are switched off, each with an image. */
async function define(lab: Lab, host: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const name = `off-${String(index)}`;
    const disks = [{ at: 'local' as const, sizeMiB: 16 }];
    await lab.createImage(host, `/var/lib/libvirt/images/${name}-vda.qcow2`, 'qcow2', 16);
    const xml = domainXml({ name, disks }, randomUUID(), '1');
    const script = 'cat >/tmp/domain.xml && virsh -q define /tmp/domain.xml';
    const { code, stderr } = await lab.exec(host, script, { input: xml });
    if (code !== 0) throw new Error(`virsh define: ${stderr}`);
  }
}

async function took(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function ofOneHost(open: LabHosts, rounds: number): Promise<SectionResult> {
  const [busy] = hosts;
  const first = counted(await open.sessions(busy));
  const ours: number[] = [];
  const script: number[] = [];
  let calls = 0;
  // Once without a clock: a host's first answer fills its caches.
  await facts(await open.sessions(busy));
  for (let round = 0; round < rounds; round++) {
    ours.push(await took(() => facts(first.session)));
    const slow = counted(await open.sessions(busy));
    script.push(await took(() => perDomain(slow.session)));
    calls = slow.trips();
  }
  const trips = first.trips() / rounds;
  printTable(`Facts of a host with ${String(domains)} domains`, [
    ['', 'round trips', 'ms', 'a domain, ms', 'virsh for each / this'],
    ['facts', trips, median(ours), median(ours) / domains, median(script) / median(ours)],
    [`virsh ${questions.join(', ')} for each`, calls, median(script), median(script) / domains, 1],
  ]);
  return {
    figures: {
      'facts/domains': domains,
      'facts/round-trips': trips,
      'facts/ms': median(ours),
      'facts/virsh-for-each-ms': median(script),
      'facts/virsh-for-each-round-trips': calls,
    },
    goals: [
      { name: 'facts of a host: round trips', value: trips, bound: 2, is: 'at most' },
      {
        name: 'facts of a host: virsh for each domain / ours',
        value: median(script) / median(ours),
        bound: 5,
        is: 'at least',
      },
    ],
  };
}

/**
 * Three hosts at once beside each alone, by turns. Hosts on one machine would wait for its cores; with a
 * share of them each can only wait for whoever asks.
 */
async function ofThreeHosts(lab: Lab, open: LabHosts, rounds: number): Promise<SectionResult> {
  const sessions = await Promise.all(hosts.map((host) => open.sessions(host)));
  const shares = shareOfCores(lab.hosts);
  const together: number[] = [];
  const alone = hosts.map((): number[] => []);
  try {
    for (const session of sessions) await facts(session);
    for (let round = 0; round < rounds; round++) {
      for (const [index, session] of sessions.entries())
        alone[index]?.push(await took(() => facts(session)));
      together.push(await took(() => Promise.all(sessions.map((session) => facts(session)))));
    }
  } finally {
    shares?.end();
  }
  const slowest = Math.max(...alone.map(median));
  printTable('Facts of three hosts (ms)', [
    [...hosts.map((host) => `${host} alone`), 'all at once', 'all at once / slowest alone'],
    [...alone.map(median), median(together), median(together) / slowest],
  ]);
  console.log(
    shares === undefined
      ? 'The hosts shared the cores of this machine; real ones have their own.'
      : `Each host had ${shares.each.toFixed(2)} of a core to itself.`,
  );
  return {
    figures: {
      'facts/three-hosts-ms': median(together),
      'facts/slowest-host-alone-ms': slowest,
    },
    goals: [
      {
        name: 'facts of three hosts at once / slowest alone',
        value: median(together) / slowest,
        bound: 1,
        is: 'at most',
      },
    ],
  };
}

async function facts(session: HostSession): Promise<void> {
  const said = await collectFacts(session, { paths: [], domains: 'all' }, Date.now);
  if (!said.domains.ok) throw new Error(`${session.host}: ${said.domains.why}`);
}

/** One virsh after the other, as a script would over one connection. */
async function perDomain(session: HostSession): Promise<void> {
  // A question about a domain that is off may be refused; a script goes on, too.
  const virsh = async (...words: readonly string[]): Promise<string> => {
    const argv = ['virsh', '-c', 'qemu:///system', ...words] as const;
    return (await session.exec({ argv }, { timeout: patience })).stdout;
  };
  const names = (await virsh('list', '--all', '--name')).split('\n').filter((name) => name !== '');
  if (names.length !== domains) throw new Error(`${String(names.length)} domains are there`);
  for (const name of names) for (const question of questions) await virsh(question, name);
}

function counted(session: HostSession): {
  readonly session: HostSession;
  readonly trips: () => number;
} {
  let trips = 0;
  return {
    trips: () => trips,
    session: {
      host: session.host,
      closed: session.closed,
      close: () => session.close(),
      exec: (command, options) => {
        trips++;
        return session.exec(command, options);
      },
    },
  };
}
