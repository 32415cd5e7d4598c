import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHost } from './state.ts';

/** What the guest said of one second. */
export interface Tick {
  /** Number of the tick, from 1 on; goes on across migrations. */
  readonly n: number;
  /** Host on which it was printed. */
  readonly host: string;
  /** Memory dirtied in this second, KiB/s. */
  readonly dirtiedKiBs: number;
  /** Longest pause between two turns of the workload, seen from inside, ms. The stop at the end of a migration does not
   * show: the guest's clock stops with it. */
  readonly gapMs: number;
  /** Pages of the working set that lost a write. Anything but 0 is a broken guest. */
  readonly stalePages: number;
  /** Words of the read-mostly area that are not what they must be. Anything but 0 is a broken guest. */
  readonly badWords: number;
  readonly issuedBlocks: number;
  readonly ackedBlocks: number;
  readonly ioErrors: number;
}

/** What the guest said on all hosts since it was started. */
export interface GuestReport {
  /** In the order of their numbers. */
  readonly ticks: readonly Tick[];
  /** Blocks 0 … acked-1 were on the disk when the guest said so. */
  readonly acked: number;
  /** The workload is up: memory is filled, the disk writer runs. */
  readonly ready: boolean;
  /** Kernel panics and fatal words of the workload, on any host. Must be empty. */
  readonly failures: readonly string[];
}

const TICK =
  /^tick n=(\d+) run=([0-9a-f]+) dirtied=(\d+) gap=(\d+) stale=(\d+) bad=(\d+) issued=(\d+) acked=(\d+) ioerr=(\d+)\s*$/;

/** Reads the serial logs of a guest on all hosts; only what belongs to `run`, as far as it says so. */
export function readReport(hosts: readonly LabHost[], name: string, run: string): GuestReport {
  const ticks: Tick[] = [];
  const failures: string[] = [];
  let acked = 0;
  let ready = false;
  for (const host of hosts) {
    const log = join(host.serialDir, `${name}.log`);
    if (!existsSync(log)) continue;
    const text = readFileSync(log, 'utf8');
    // The last line may be half-written.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    for (const line of whole.split('\n')) {
      const fields = TICK.exec(line);
      if (fields !== null && fields[2] === run) {
        const tick = tickOf(host.name, fields);
        ticks.push(tick);
        acked = Math.max(acked, tick.ackedBlocks);
        continue;
      }
      const ack = /^ack run=([0-9a-f]+) n=(\d+)\s*$/.exec(line);
      if (ack?.[1] === run) acked = Math.max(acked, Number(ack[2]));
      else if (line.startsWith(`READY run=${run} `)) ready = true;
      else if (/Kernel panic|Oops|BUG:|^FATAL/.test(line)) failures.push(`${host.name}: ${line}`);
    }
  }
  ticks.sort((a, b) => a.n - b.n);
  return { ticks, acked, ready, failures };
}

/** Why a report shows a broken guest; empty when it does not. */
export function flaws(report: GuestReport): string[] {
  const broken = report.ticks.filter(
    (tick) => tick.stalePages > 0 || tick.badWords > 0 || tick.ioErrors > 0,
  );
  return [
    ...report.failures,
    ...broken.map(
      (tick) =>
        `tick ${String(tick.n)} on ${tick.host}: ${String(tick.stalePages)} pages lost a write, ` +
        `${String(tick.badWords)} words differ, ${String(tick.ioErrors)} disk errors`,
    ),
  ];
}

function tickOf(host: string, fields: RegExpExecArray): Tick {
  const at = (index: number): number => Number(fields[index]);
  return {
    n: at(1),
    host,
    dirtiedKiBs: at(3),
    gapMs: at(4),
    stalePages: at(5),
    badWords: at(6),
    issuedBlocks: at(7),
    ackedBlocks: at(8),
    ioErrors: at(9),
  };
}
