import type { Message } from '../messages.ts';
import type { MovedDisk } from '../domain/replace-disk-sources.ts';
import type { Command } from '../virsh/command.ts';

/** Where a command of the plan runs. */
export type StepHost = 'source' | 'destination';

/**
 * What the executor does with a step's command. `run` waits for it; `create-image` also writes the
 * journal before and undoes it on failure; `launch` starts it detached from the ssh session;
 * `prove` is asked at the end, and its answer is judged.
 */
export type StepKind = 'run' | 'create-image' | 'launch' | 'prove';

export interface Step {
  readonly id: string;
  readonly kind: StepKind;
  readonly on: StepHost;
  readonly command: Command;
  /** Why this step is there, in one sentence. */
  readonly why: Message;
  /** What it changes on the host. */
  readonly effect: Message;
  /**
   * Reverses the effect after a failure; absent when there is nothing to reverse. For `create-image`
   * the executor gives it, on standard input, the identity that the creation printed: a file that
   * is not the one created is left alone.
   */
  readonly undo?: Command;
  /** Ends it while it runs; absent for short steps. */
  readonly cancel?: Command;
  /** Prints how things were before; its `undo` reads that on standard input. */
  readonly remembers?: true;
  /** The step whose standard output this one reads on its standard input; both are kind `run`. */
  readonly inputFrom?: string;
  /** Milliseconds that it may take; two minutes when absent. */
  readonly patience?: number;
  /** For the launch: the domain as the destination gets it; absent when it is as on the source. */
  readonly destinationXml?: DestinationXml;
}

/**
 * How the files of `--xml` and `--persistent-xml` come about: when the migration is launched, the
 * source prints its XML, the disks get their new places and the result goes into the run's own
 * folder on the source. The XML is not part of the plan, because it can hold passwords.
 */
export interface DestinationXml {
  /** Prints the running domain's XML in the form that a destination takes. */
  readonly live: Command;
  /** Prints the definition; absent when the destination keeps none. */
  readonly definition?: Command;
  readonly moved: readonly MovedDisk[];
  /** The run pins the emulator on the source; the destination gets the pin of before, or none. */
  readonly emulatorPin?: { readonly former: string | undefined };
}

/** Commands that the run needs while it watches and at its end; built here, run by the executor. */
export interface WatchCommands {
  /** Prints the running job's statistics on the source. */
  readonly jobInfo: Command;
  /** Prints the finished job's statistics without clearing them, on the source or destination. */
  readonly completedJobInfo: { readonly on: StepHost; readonly command: Command };
  readonly cancel: Command;
  /** Switches to post-copy, for good; absent when the migration was not started for it. */
  readonly switchToPostCopy?: Command;
  /** Goes on with a post-copy that was interrupted; absent where libvirt cannot. */
  readonly resumePostCopy?: Command;
  /** Prints the domain's state on each host. */
  readonly sourceState: Command;
  readonly destinationState: Command;
  /** Asks the guest agent on the destination; absent when the guest has none or it is ignored. */
  readonly guestAgent?: Command;
  /** Prints the last errors of the destination's libvirt daemon: some causes stand only there. */
  readonly destinationLog: Command;
}

/** What happens to one disk, for the preview and as part of what the digest vouches for. */
export interface PlannedDisk {
  readonly target: string;
  readonly action: 'copy' | 'shared' | 'skip';
  /** Path or name of the source; absent for an empty drive. */
  readonly source: string | undefined;
  /** Image that the copy is written to; absent unless it is copied. */
  readonly destination: string | undefined;
  /** True when this plan creates the destination image. */
  readonly create: boolean;
  /** Bytes that the guest sees; known for every disk that is copied. */
  readonly virtualSize: number | undefined;
}

export interface Plan {
  readonly format: 'livemigrate-plan/1';
  readonly domain: string;
  /** The identity by which every command addresses the domain. */
  readonly domainUuid: string;
  /** Name of the domain on the destination. */
  readonly destinationDomain: string;
  readonly source: { readonly host: string };
  readonly destination: { readonly host: string; readonly uri: string };
  /** Guest memory in bytes, for forecasts and progress. */
  readonly memoryBytes: number | undefined;
  readonly disks: readonly PlannedDisk[];
  readonly steps: readonly Step[];
  readonly watch: WatchCommands;
  /** When memory may move by post-copy; absent for pre-copy alone. */
  readonly postCopy?: 'by-hand' | 'after-first-pass' | 'on-timeout' | undefined;
  /** Milliseconds after which onTimeout=abort cancels; absent without completionTimeout. */
  readonly abortAfter: number | undefined;
  /** Milliseconds that QEMU may plan the pause for; absent when the descriptor sets none. */
  readonly maxDowntimeMs: number | undefined;
  /** Bytes per second that the descriptor allows, as rounded for libvirt; absent without a limit. */
  readonly bandwidth: number | undefined;
  /** Why libvirt's own disk checks are skipped; absent when they are not. */
  readonly unsafeReason: string | undefined;
  /** What the plan takes for granted, e.g. which disks the facts showed as shared. */
  readonly assumptions: readonly Message[];
  /** Rules that waited, count for less or were ignored, and the checks that `unsafe` skips; each with its reason. */
  readonly skippedChecks: readonly { readonly id: string; readonly why: Message }[];
  /** SHA-256 in hex over the canonical JSON of all of the above. */
  readonly digest: string;
}

/** A descriptor that cannot be carried out: each reason names the key it is about. */
export interface Refusal {
  readonly path: readonly string[];
  readonly code: string;
  readonly message: Message;
}

export type PlanResult =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };
