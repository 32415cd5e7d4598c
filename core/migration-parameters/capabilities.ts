import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import {
  overwrittenCapabilities,
  survivingCapabilities,
} from '../rules/policy/qmp-capabilities.ts';

/** One migration capability of a running QEMU, ready to be read. */
export interface CapabilityRow {
  readonly name: string;
  readonly on: boolean;
  /** Absent for a capability that this version does not know. */
  readonly meaning: Message | undefined;
  /** What a launch makes of it. */
  readonly atLaunch: Message;
}

/** Explains what `query-migrate-capabilities` answered, in QEMU's order. */
export function describeCapabilities(
  states: Readonly<Record<string, boolean>>,
): readonly CapabilityRow[] {
  return Object.entries(states).map(([name, on]) => ({
    name,
    on,
    meaning: meanings.get(name),
    atLaunch: capabilityFate(name),
  }));
}

function capabilityFate(name: string): Message {
  const overwritten = overwrittenCapabilities.get(name);
  if (overwritten?.key !== undefined)
    return say('overwritten at every launch; use {0}', overwritten.key);
  if (overwritten !== undefined) return say('overwritten at every launch by libvirt’s own choice');
  return survivingCapabilities.has(name) ? say('kept') : say('not known');
}

/** Capabilities of QEMU 4.1 to 10.0. */
const meanings: ReadonlyMap<string, Message> = new Map([
  ['auto-converge', say('Slow the guest down when it dirties memory too fast.')],
  ['background-snapshot', say('Write memory to a file while the guest runs.')],
  ['block', say('Old way of copying disks with the memory.')],
  ['compress', say('The compression mt.')],
  ['dirty-bitmaps', say('Move the bitmaps of incremental backups.')],
  ['dirty-limit', say('Hold each vCPU to a dirty rate.')],
  ['events', say('Tell each step; libvirt needs it.')],
  ['late-block-activate', say('Give the destination the disks only when it needs them.')],
  ['mapped-ram', say('Write each page to a fixed place of a file.')],
  ['multifd', say('Send memory over several connections.')],
  ['pause-before-switchover', say('Wait for libvirt between the pause and the switch-over.')],
  ['postcopy-blocktime', say('Measure how long vCPUs wait for pages in post-copy.')],
  ['postcopy-preempt', say('A connection of its own for pages that the guest waits for.')],
  ['postcopy-ram', say('Let the guest run on the destination before all memory is there.')],
  ['rdma-pin-all', say('Pin all memory, for RDMA.')],
  ['release-ram', say('Free memory on the source as soon as it is sent.')],
  ['return-path', say('A way back from the destination to the source.')],
  ['switchover-ack', say('Switch over only when the destination agrees.')],
  ['validate-uuid', say('Compare the UUIDs of both QEMUs.')],
  ['x-colo', say('Keep a second guest in step (COLO).')],
  ['x-ignore-shared', say('Leave out memory that both hosts share.')],
  ['xbzrle', say('Send only what changed of a page.')],
  ['zero-blocks', say('Mark blocks of zeros when copying disks the old way.')],
  ['zero-copy-send', say('Send pages without copying them first.')],
]);
