import type { Message } from '../../core/messages.ts';
import type { Plan } from '../../core/planner/plan.ts';
import type { JobProgress } from '../../core/virsh/job-info.ts';

/** Where the guest was found at the end. */
export type GuestPlace =
  | 'destination'
  | 'source'
  | 'paused-on-source'
  | 'paused-on-destination'
  /** Switched off or crashed on the source while it was moved; the destination never ran it. */
  | 'off-on-source'
  /** Running on both: its disks are in danger. */
  | 'both'
  /** Post-copy stopped half-way: the memory is on two hosts, and the run can be recovered. */
  | 'split'
  /** Post-copy stopped half-way and one half of the memory is gone: the guest cannot go on. */
  | 'lost'
  /** Both hosts were asked, and it runs on neither. */
  | 'nowhere'
  /** A host could not be asked. */
  | 'unknown';

/** Why a run ended as it did: libvirt's own text, and what it means. */
export interface Cause {
  /** Id of the rule that describes this cause; undefined when none is known to fit. */
  readonly code: string | undefined;
  readonly message: Message;
  /** What to do; absent when no cause is known, and in records of older versions. */
  readonly remedy?: Message;
  /** libvirt's words, unchanged; behind them what the hosts' logs say. */
  readonly text: string;
}

/** What became of an effect of a failed run. */
export interface Undone {
  readonly step: string;
  readonly outcome: 'undone' | 'kept';
  readonly why: Message;
}

export interface Measured {
  /** Milliseconds of the whole migration and of the guest's pause. */
  readonly totalMs: number | undefined;
  readonly downtimeMs: number | undefined;
  /** Bytes of memory and of disks that were sent. */
  readonly memoryBytes: number | undefined;
  readonly diskBytes: number | undefined;
}

export interface RunOutcome {
  /**
   * `refused`: nothing was launched and nothing remains. `uncertain`: what happened could not be
   * established; the run stays open and can be attached to again. `detached`: this program stopped
   * watching, the migration goes on.
   */
  readonly result:
    'completed' | 'failed' | 'cancelled' | 'timed-out' | 'refused' | 'uncertain' | 'detached';
  readonly guest: GuestPlace;
  readonly message: Message;
  readonly cause: Cause | undefined;
  readonly measured: Measured | undefined;
  readonly guestAgent: 'answers' | 'silent' | 'not-asked';
  readonly undone: readonly Undone[];
}

/** The process that carries a run; another one takes over only when this one is gone. */
export interface Owner {
  readonly pid: number;
  /** Start time of the process in clock ticks since boot, with the boot's id; tells reused pids. */
  readonly birth: string;
  readonly program: 'editor' | 'cli';
  /** Random; tells several claims of one process apart. */
  readonly claim: string;
}

/** A limit that was changed while the migration ran. */
export interface Adjustment {
  readonly setting: 'bandwidth' | 'max-downtime';
  /** MiB/s or milliseconds. */
  readonly to: number;
  /** The value before; undefined when it could not be read. */
  readonly from: number | undefined;
}

/** What happens in a run, in its order: the lines of its record and the events of its watchers. */
export type RunEntry = { readonly at: number } & RunEvent;

export type RunEvent =
  | {
      readonly type: 'run';
      readonly format: 'livemigrate-run/1';
      readonly id: string;
      readonly plan: Plan;
    }
  | { readonly type: 'owner'; readonly owner: Owner }
  /** The owner of that claim stopped watching; its process may live on. */
  | { readonly type: 'released'; readonly claim: string }
  | { readonly type: 'step'; readonly step: string; readonly state: 'started' | 'done' }
  | { readonly type: 'image-created'; readonly step: string; readonly identity: string }
  /** What the step found and its undo needs, e.g. the values before. */
  | { readonly type: 'remembered'; readonly step: string; readonly before: string }
  | { readonly type: 'launched' }
  /** The launch was sent and turned down: nothing of this run moves. */
  | { readonly type: 'not-launched' }
  | { readonly type: 'phase'; readonly phase: JobProgress['phase'] }
  | { readonly type: 'progress'; readonly progress: JobProgress; readonly percent: number }
  | { readonly type: 'lost-sight'; readonly host: string; readonly why: string }
  | { readonly type: 'found-again'; readonly host: string; readonly gapMs: number }
  /** The job goes on, but nothing has been sent for that long. */
  | { readonly type: 'stalled'; readonly forMs: number }
  | { readonly type: 'moving-again'; readonly afterMs: number }
  | { readonly type: 'cancel-requested' }
  | { readonly type: 'post-copy-requested' }
  | ({ readonly type: 'adjusted' } & Adjustment)
  /** An interrupted post-copy is taken up again, under that id on the source host. */
  | { readonly type: 'recovery'; readonly launch: string }
  | { readonly type: 'undo'; readonly undone: Undone }
  | { readonly type: 'ended'; readonly outcome: RunOutcome };
