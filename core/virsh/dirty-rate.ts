import { parseXml } from '../xml/parse.ts';
import { attribute, child } from '../xml/tree.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { Command } from './command.ts';
import { virsh } from './domain-commands.ts';
import { record } from './parse/qmp.ts';
import type { QmpAnswer } from './parse/qmp.ts';

/** How QEMU finds the pages that changed (`DirtyRateMeasureMode`, qapi/migration.json). */
export type DirtyRateMode = 'page-sampling' | 'dirty-bitmap' | 'dirty-ring';

/** Any QMP command to a running domain. libvirt marks the domain as tainted by it. */
export function monitorCommand(
  uuid: string,
  execute: string,
  argument?: Readonly<Record<string, string | number>>,
): Command {
  const qmp = argument === undefined ? { execute } : { execute, arguments: argument };
  return virsh('qemu-monitor-command', '--domain', uuid, '--cmd', JSON.stringify(qmp));
}

export interface DirtyRateMeasurement {
  readonly mode: DirtyRateMode;
  /** Whole seconds, 1 to 60: QEMU before 8.2 knows no other unit. */
  readonly calcTimeSeconds: number;
  /** Pages looked at per GiB, 128 to 16384; page-sampling only. */
  readonly samplePages: number;
}

/** Starts one measurement (`calc-dirty-rate`). */
export function calcDirtyRateCommand(uuid: string, measurement: DirtyRateMeasurement): Command {
  const { mode, calcTimeSeconds, samplePages } = measurement;
  const time = { 'calc-time': calcTimeSeconds };
  // `mode` is QEMU 6.2; the default is page-sampling everywhere.
  return mode === 'page-sampling'
    ? monitorCommand(uuid, 'calc-dirty-rate', { ...time, 'sample-pages': samplePages })
    : monitorCommand(uuid, 'calc-dirty-rate', { ...time, mode });
}

export function queryDirtyRateCommand(uuid: string): Command {
  return monitorCommand(uuid, 'query-dirty-rate');
}

export type DirtyRateState =
  | { readonly kind: 'unstarted' | 'measuring' }
  | {
      readonly kind: 'measured';
      readonly bytesPerSecond: number;
      readonly mode: string;
      readonly calcTimeSeconds: number | undefined;
    }
  | { readonly kind: 'unreadable' };

/** Reads `query-dirty-rate`; `dirty-rate` is in MiB/s. */
export function readDirtyRate(answer: QmpAnswer): DirtyRateState {
  const value = answer.kind === 'return' ? record(answer.value) : undefined;
  const status = value?.['status'];
  if (status === 'unstarted' || status === 'measuring') return { kind: status };
  const rate = value?.['dirty-rate'];
  if (status !== 'measured' || typeof rate !== 'number' || rate < 0) return { kind: 'unreadable' };
  const mode = value?.['mode'];
  const time = value?.['calc-time'];
  return {
    kind: 'measured',
    bytesPerSecond: rate * 1024 * 1024,
    mode: typeof mode === 'string' ? mode : 'page-sampling',
    calcTimeSeconds: typeof time === 'number' ? time : undefined,
  };
}

/** QEMU's words for a measurement that somebody else began. */
export function isAlreadyMeasuring(answer: QmpAnswer): boolean {
  return answer.kind === 'error' && /already being measured/.test(answer.description);
}

/**
 * Why a mode must not be asked of a domain; undefined when it may. Under TCG `dirty-bitmap` and
 * `dirty-ring` kill the guest (QEMU 7.2) or answer nonsense (QEMU 10), so KVM must be proven.
 *
 * @param xml live domain XML
 * @param kvm the answer of `query-kvm`
 */
export function whyModeIsRefused(
  mode: DirtyRateMode,
  xml: string,
  kvm: QmpAnswer,
): Message | undefined {
  if (mode === 'page-sampling') return undefined;
  const { root } = parseXml(xml);
  const type = root === undefined ? undefined : attribute(root, 'type')?.value;
  const enabled = kvm.kind === 'return' ? record(kvm.value)?.['enabled'] : undefined;
  if (type !== 'kvm' || enabled !== true)
    return say(
      'The mode {0} needs KVM, and this domain is not known to run with it. QEMU without KVM can kill the guest at this; use page-sampling.',
      mode,
    );
  const ring = child(child(child(root, 'features'), 'kvm'), 'dirty-ring');
  const ringOn = ring !== undefined && attribute(ring, 'state')?.value === 'on';
  if (mode === 'dirty-ring' && !ringOn)
    return say(
      'The mode dirty-ring needs <dirty-ring state="on"/> below <features><kvm> in the domain XML when the guest starts. Use page-sampling or dirty-bitmap.',
    );
  if (mode === 'dirty-bitmap' && ringOn)
    return say(
      'This domain runs with the KVM dirty ring, with which the mode dirty-bitmap does not work. Use dirty-ring or page-sampling.',
    );
  return undefined;
}

/**
 * Pages to sample per GiB: QEMU's 512 are few for a small guest (64 at 128 MiB), many pages of a
 * large one cost CPU time. About 16384 pages in all, within what QEMU accepts.
 */
export function samplePagesFor(memoryBytes: number): number {
  const gib = Math.max(memoryBytes, 1) / 1024 ** 3;
  return Math.min(4096, Math.max(512, Math.floor(16_384 / gib)));
}
