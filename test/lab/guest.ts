import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Disk, type GuestOptions, disksOf, domainXml } from './domain-xml.ts';
import { execOn, mustOn } from './host.ts';
import { until } from './process.ts';
import type { LabHost } from './state.ts';
import { type GuestReport, readReport } from './ticks.ts';
import { type BlockReport, verifyBlocks } from './verify-blocks.ts';

/** A guest that was started in the lab, wherever it runs now. */
export interface Guest {
  readonly name: string;
  readonly uuid: string;
  /** Names this start: it stands in every tick and every block. Hexadecimal. */
  readonly run: string;
  readonly disks: readonly Disk[];
  /** The domain XML it was started with. */
  readonly xml: string;
  /** What it has said so far, on all hosts. */
  report(): GuestReport;
  /** Waits until its report satisfies `wanted`. @throws Error naming `what` after `timeoutMs` */
  waitFor(
    what: string,
    wanted: (report: GuestReport) => boolean,
    timeoutMs?: number,
  ): Promise<GuestReport>;
  /** Waits for `count` ticks that are not there yet, on `host` when given. */
  waitForTicks(count: number, host?: string, timeoutMs?: number): Promise<GuestReport>;
}

/**
 * Makes the guest's images, starts it on a host and waits until its workload runs.
 * @throws Error with the end of its console when it does not come up within 60 s
 */
export async function startGuest(
  hosts: readonly LabHost[],
  host: LabHost,
  options: GuestOptions,
): Promise<Guest> {
  const uuid = options.uuid ?? randomUUID();
  const run = `1${randomBytes(6).toString('hex')}`;
  const disks = disksOf(options);
  for (const disk of disks) {
    if (disk.create) await createImage(host, disk.path, disk.format, disk.sizeMiB);
  }
  const xml = domainXml(options, uuid, run);
  const file = `.${options.name}.${run}.xml`;
  writeFileSync(join(host.serialDir, file), xml);
  try {
    const path = `/var/log/guests/${file}`;
    if (options.persistent === false) {
      await mustOn(host, ['virsh', '-q', 'create', path], 30_000);
    } else {
      await mustOn(host, ['virsh', '-q', 'define', path], 30_000);
      await mustOn(host, ['virsh', '-q', 'start', options.name], 30_000);
    }
  } finally {
    rmSync(join(host.serialDir, file), { force: true });
  }
  const guest = guestOf(hosts, { name: options.name, uuid, run, disks, xml });
  await guest.waitFor(
    'its workload',
    (report) => report.ready && (options.writer === undefined || report.acked > 0),
    60_000,
  );
  return guest;
}

/** Makes an image; one that exists is an error, never overwritten. */
export async function createImage(
  host: LabHost,
  path: string,
  format: 'qcow2' | 'raw',
  sizeMiB: number,
): Promise<void> {
  const make =
    'if test -e "$1"; then echo "$1 exists" >&2; exit 1; fi; exec qemu-img create -q -f "$2" "$1" "$3"';
  await mustOn(host, ['sh', '-c', make, 'make', path, format, `${String(sizeMiB)}M`], 20_000);
}

/** Ends a guest and forgets it on every host, with its logs; its images only when told. */
export async function destroyGuest(
  hosts: readonly LabHost[],
  name: string,
  images: readonly string[] = [],
): Promise<void> {
  await Promise.all(
    hosts.map(async (host) => {
      // Destroying a guest in the middle of a migration ends the migration as well.
      const script =
        'virsh -q destroy "$1"; virsh -q undefine --nvram "$1"; shift; rm -f -- "$@"; exit 0';
      await execOn(host, ['sh', '-c', script, 'forget', name, ...images], { timeoutMs: 30_000 });
      rmSync(join(host.serialDir, `${name}.log`), { force: true });
    }),
  );
}

/**
 * Proves that every block the guest acknowledged is in the image at `path` on `host`. A guest that runs there is paused
 * while the image is read and goes on afterwards.
 */
export async function verifyDisk(host: LabHost, guest: Guest, path: string): Promise<BlockReport> {
  const running = await isRunning(host, guest.name);
  if (running) await mustOn(host, ['virsh', '-q', 'suspend', guest.name], 20_000);
  try {
    const state = await execOn(host, ['virsh', 'domstate', guest.name], { timeoutMs: 20_000 });
    // Without -U QEMU's own lock refuses an image in use: only a pause that is known of may pass it by.
    const share = state.stdout.trim() === 'paused' ? ['-U'] : [];
    const { acked } = guest.report();
    return verifyBlocks(await readImage(host, path, share), guest.run, acked);
  } finally {
    if (running) await mustOn(host, ['virsh', '-q', 'resume', guest.name], 20_000);
  }
}

/** The image's content as the guest sees it, whatever its format. */
export async function readImage(
  host: LabHost,
  path: string,
  share: readonly string[] = [],
): Promise<Buffer> {
  // A folder that the host and this process both see.
  const copy = `.read-${randomBytes(6).toString('hex')}.raw`;
  try {
    const target = `/var/log/guests/${copy}`;
    await mustOn(host, ['qemu-img', 'convert', ...share, '-O', 'raw', path, target], 120_000);
    return readFileSync(join(host.serialDir, copy));
  } finally {
    rmSync(join(host.serialDir, copy), { force: true });
  }
}

async function isRunning(host: LabHost, name: string): Promise<boolean> {
  const state = await execOn(host, ['virsh', 'domstate', name], { timeoutMs: 20_000 });
  return state.stdout.trim() === 'running';
}

type GuestFacts = Pick<Guest, 'name' | 'uuid' | 'run' | 'disks' | 'xml'>;

function guestOf(hosts: readonly LabHost[], facts: GuestFacts): Guest {
  const { name } = facts;
  const report = (): GuestReport => readReport(hosts, name, facts.run);
  const waitFor: Guest['waitFor'] = async (what, wanted, timeoutMs = 20_000) => {
    try {
      return await until(
        `${name}: ${what}`,
        timeoutMs,
        () => {
          const now = report();
          return wanted(now) ? now : undefined;
        },
        50,
      );
    } catch (error) {
      const now = report();
      const last = now.ticks.at(-1);
      throw new Error(
        `${(error as Error).message}; last tick: ${last === undefined ? 'none' : JSON.stringify(last)}` +
          now.failures.map((line) => `\n${line}`).join(''),
        { cause: error },
      );
    }
  };
  const waitForTicks: Guest['waitForTicks'] = async (count, host, timeoutMs = 20_000) => {
    const last = report().ticks.at(-1)?.n ?? 0;
    const fresh = (now: GuestReport): number =>
      now.ticks.filter((tick) => tick.n > last && (host === undefined || tick.host === host))
        .length;
    const where = host === undefined ? '' : ` on ${host}`;
    return await waitFor(
      `${String(count)} more ticks${where}`,
      (now) => fresh(now) >= count,
      timeoutMs,
    );
  };
  return { ...facts, report, waitFor, waitForTicks };
}
