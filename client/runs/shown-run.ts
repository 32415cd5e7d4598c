import type { Message } from '../../core/messages.ts';
import type { JobProgress } from '../../core/virsh/job-info.ts';

/** How a run stands, as the Migrations view and the status bar show it. */
export type RunState =
  /** Steps before the launch: images are created, parameters set. */
  | 'preparing'
  | 'running'
  /** The host cannot be reached; the migration itself goes on there. */
  | 'lost-sight'
  | 'cancelling'
  | 'succeeded'
  | 'failed'
  | 'cancelled';

/** One run as it is shown. Times are epoch milliseconds. */
export interface ShownRun {
  readonly id: string;
  readonly domain: string;
  readonly source: string;
  readonly destination: string;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly state: RunState;
  /** 0 to 100, never going back. */
  readonly percent: number;
  readonly job: JobProgress | undefined;
  /** Milliseconds of the guest's pause, once it is known. */
  readonly downtimeMs: number | undefined;
  /** Why it failed or is not seen. */
  readonly reason: Message | undefined;
}

export function isActive({ state }: ShownRun): boolean {
  return state !== 'succeeded' && state !== 'failed' && state !== 'cancelled';
}
