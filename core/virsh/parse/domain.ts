import type { MeasuredDirtyRate } from '../../facts/host-facts.ts';
import type { DomainFacts } from '../../facts/snapshot.ts';
import { parseXml } from '../../xml/parse.ts';
import { attribute, child, children } from '../../xml/tree.ts';
import { textOf } from './host.ts';
import { virshError } from './sections.ts';

/** What virsh answered about one domain, by question. */
export interface DomainAnswers {
  readonly info: string;
  readonly xml: string;
  readonly job: string;
  readonly snapshots: string;
  readonly downtime: string;
  /** `domstate --reason`; a host's virsh may lack the others, which are then empty. */
  readonly reason?: string;
  readonly checkpoints?: string;
  readonly dirtyRate?: string;
}

export type ReadDomainFacts =
  | { readonly ok: true; readonly domain: DomainFacts }
  /** libvirt's words, or what is wrong with the answer. */
  | { readonly ok: false; readonly why: string };

/**
 * Puts the answers about one domain together. The guest agent is not known from them: it is
 * `undefined` without a channel and `false` until it is pinged.
 */
export function readDomainFacts(
  uuid: string,
  answers: DomainAnswers,
  hostTime?: HostTime,
): ReadDomainFacts {
  const failed =
    virshError(answers.info) ?? virshError(answers.xml) ?? virshError(answers.snapshots);
  if (failed !== undefined) return { ok: false, why: failed };
  const state = /^State:\s+(.+?)\s*$/m.exec(answers.info)?.[1];
  const persistent = /^Persistent:\s+(yes|no)\s*$/m.exec(answers.info)?.[1];
  const { root } = parseXml(answers.xml);
  const name = textOf(child(root, 'name'));
  const snapshots = countSnapshots(answers.snapshots);
  if (root?.name !== 'domain' || name === undefined)
    return { ok: false, why: 'dumpxml printed no domain' };
  if (state === undefined || persistent === undefined)
    return { ok: false, why: 'dominfo printed no state' };
  if (snapshots === undefined) return { ok: false, why: 'snapshot-list printed no table' };
  return {
    ok: true,
    domain: {
      name,
      uuid,
      state,
      persistent: persistent === 'yes',
      snapshots,
      xml: answers.xml,
      job: activeJob(answers.job),
      maxDowntimeMs: /^\d+$/.test(answers.downtime) ? Number(answers.downtime) : undefined,
      parameters: undefined,
      capabilities: undefined,
      guestAgent: agentChannel(answers.xml) === undefined ? undefined : false,
      reason: /^[a-z ]+ \((.+)\)\s*$/.exec(answers.reason ?? '')?.[1],
      checkpoints: countSnapshots(answers.checkpoints ?? ''),
      dirtyRate: measuredDirtyRate(answers.dirtyRate ?? '', hostTime),
    },
  };
}

/**
 * Is the guest agent's channel open in the guest? Undefined when the domain has none. Only an open
 * channel is worth a ping: libvirt would wait for an answer otherwise.
 */
export function agentChannel(xml: string): 'connected' | 'disconnected' | undefined {
  const targets = children(child(parseXml(xml).root, 'devices'), 'channel').flatMap(
    (channel) => child(channel, 'target') ?? [],
  );
  const target = targets.find(
    (each) => attribute(each, 'name')?.value === 'org.qemu.guest_agent.0',
  );
  if (target === undefined) return undefined;
  return attribute(target, 'state')?.value === 'connected' ? 'connected' : 'disconnected';
}

/**
 * What a running job is, in libvirt's words. What cannot be told counts as a job, for a domain that
 * does not answer must not be migrated: a lock held by another job shows as a timeout.
 */
function activeJob(answer: string): string | undefined {
  const error = virshError(answer);
  if (error !== undefined) {
    if (/domain is not running/.test(error)) return undefined;
    if (/only on the source host/.test(error)) return 'Incoming migration';
    return error;
  }
  const type = /^Job type:\s+(\w+)/m.exec(answer)?.[1];
  if (type === 'None' || type === 'Completed' || type === 'Failed' || type === 'Cancelled')
    return undefined;
  if (type === undefined) return answer === '' ? undefined : answer;
  return /^Operation:\s+(.+?)\s*$/m.exec(answer)?.[1] ?? type;
}

/** Milliseconds for which a measured dirty rate is believed. */
const lately = 3_600_000;

/** A host's clock beside the time since it started, which is what QEMU measures with. */
export interface HostTime {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly uptimeSeconds: number;
}

/**
 * Reads `virsh domstats --dirtyrate`: calc_status 2 is a finished measurement (qemu
 * DirtyRateStatus), the rate is in MiB/s.
 */
function measuredDirtyRate(
  answer: string,
  hostTime: HostTime | undefined,
): MeasuredDirtyRate | undefined {
  const value = (name: string): string | undefined =>
    new RegExp(`^\\s*dirtyrate\\.${name}=(\\S+)\\s*$`, 'm').exec(answer)?.[1];
  const rate = value('megabytes_per_second');
  if (value('calc_status') !== '2' || rate === undefined || !/^\d+$/.test(rate)) return undefined;
  const period = value('calc_period');
  const at = startOf(Number(value('calc_start_time')), hostTime);
  // QEMU keeps its last measurement for ever; an old one says nothing of what the guest does now.
  if (at === undefined || hostTime === undefined || hostTime.now - at > lately) return undefined;
  return {
    bytesPerSecond: Number(rate) * 1024 * 1024,
    at,
    calcTimeSeconds: period === undefined ? undefined : Number(period),
    mode: value('calc_mode') ?? 'page-sampling',
  };
}

/**
 * When a measurement began. QEMU counted `start-time` in seconds since the host started; newer
 * versions (seen in 10.0) in seconds since the epoch.
 */
function startOf(seconds: number, hostTime: HostTime | undefined): number | undefined {
  if (!Number.isFinite(seconds) || hostTime === undefined) return undefined;
  const ago = seconds > 1e9 ? hostTime.now / 1000 - seconds : hostTime.uptimeSeconds - seconds;
  return ago < -2 ? undefined : hostTime.now - Math.max(0, ago) * 1000;
}

/**
 * Rows below the dashes of the table that `virsh snapshot-list` and `checkpoint-list` print; undefined
 * when there is no table.
 */
function countSnapshots(table: string): number | undefined {
  const lines = table.split('\n');
  const dashes = lines.findIndex((line) => /^-{3,}\s*$/.test(line));
  if (dashes < 0) return undefined;
  return lines.slice(dashes + 1).filter((line) => line.trim() !== '').length;
}
