import { createSignal } from '../signal.ts';
import { adjustRun } from '../../hosts/run/adjust.ts';
import type { AdjustInput, AdjustResult } from '../../hosts/run/adjust.ts';
import { attachRun, cancelRun } from '../../hosts/run/attach.ts';
import type { CancelResult } from '../../hosts/run/attach.ts';
import type { Owner, RunEntry, RunOutcome } from '../../hosts/run/entry.ts';
import { startRun } from '../../hosts/run/execute.ts';
import type { Sessions } from '../../hosts/run/links.ts';
import { recoverRun, switchToPostCopy } from '../../hosts/run/post-copy.ts';
import type { RecoverResult, SwitchResult } from '../../hosts/run/post-copy.ts';
import { createRun, currentRuns, findRun, listRuns } from '../../hosts/run/record.ts';
import type { RunSummary } from '../../hosts/run/record.ts';
import { say } from '../../core/messages.ts';
import type { Plan } from '../../core/planner/plan.ts';
import { isActive, shownRun } from './shown-run.ts';
import type { ShownRun } from './shown-run.ts';

export interface RunCenterWorld {
  /** Connections that ask nobody anything: watching goes on in the background. */
  readonly sessions: Sessions;
  /** This process with a claim of its own for each run that it carries or follows. */
  readonly owner: () => Owner;
  /** Are these hosts the ones this window knows by their names? Only then is a run taken over. */
  readonly isOurs: (run: RunSummary) => Promise<boolean>;
  /** Something that went wrong and has no other place to be told. */
  readonly warn: (text: string) => void;
  /** Folder of the records; the user's own by default. */
  readonly folder?: string;
}

/** All runs that this machine has a record of; those that are open are followed. */
export class RunCenter {
  readonly changed = createSignal<ShownRun>();
  /** A run that was found again after this window had lost it has come to its end. */
  readonly endedAfterAttach = createSignal<{ run: ShownRun; outcome: RunOutcome }>();
  private readonly entries = new Map<string, RunEntry[]>();
  private readonly shown = new Map<string, ShownRun>();
  private readonly followed = new Set<string>();
  private readonly stopping = new AbortController();
  private readonly world: RunCenterWorld;

  constructor(world: RunCenterWorld) {
    this.world = world;
  }

  runs(): readonly ShownRun[] {
    return [...this.shown.values()];
  }

  run(id: string): ShownRun | undefined {
    return this.shown.get(id);
  }

  /** Is a run that is known here moving this domain? */
  isMoving(host: string, domain: string): boolean {
    return this.runs().some(
      (run) =>
        this.followed.has(run.id) && isActive(run) && run.domain === domain && run.source === host,
    );
  }

  entriesOf(id: string): readonly RunEntry[] {
    return findRun(id, this.folder())?.entries() ?? [];
  }

  /** Reads the records, then follows every open run that belongs to this window's hosts. */
  async load(): Promise<void> {
    for (const { id, outcome } of listRuns(this.folder())) {
      const known = this.shown.get(id);
      if (this.followed.has(id) || (known !== undefined && !isActive(known))) continue;
      this.take(id, this.entriesOf(id), outcome !== undefined);
    }
    for (const run of currentRuns(this.folder())) {
      if (this.followed.has(run.id)) continue;
      if (await this.world.isOurs(run)) this.attach(run.id);
      else this.showForeign(run.id);
    }
  }

  /**
   * Carries a plan out to its end. `begun` hears the run's id before anything is touched.
   * `confirmFreshDigest` as in `startRun`.
   */
  async start(
    plan: Plan,
    hooks: {
      readonly begun: (id: string) => void;
      readonly confirmFreshDigest: () => Promise<string | undefined>;
    },
  ): Promise<RunOutcome> {
    const record = createRun(plan, this.world.owner(), this.folder());
    this.followed.add(record.id);
    this.take(record.id, record.entries(), false);
    hooks.begun(record.id);
    try {
      const outcome = await startRun({
        plan,
        record,
        sessions: this.world.sessions,
        signal: this.stopping.signal,
        confirmFreshDigest: hooks.confirmFreshDigest,
        onEvent: (entry) => {
          this.add(record.id, entry);
        },
      });
      this.leave(record.id, outcome);
      return outcome;
    } finally {
      this.followed.delete(record.id);
    }
  }

  cancel(id: string): Promise<CancelResult> {
    return cancelRun({ id, sessions: this.world.sessions, ...this.folder() });
  }

  adjust(
    id: string,
    limits: Pick<AdjustInput, 'bandwidthMiB' | 'maxDowntimeMs'>,
  ): Promise<AdjustResult> {
    return adjustRun({ id, sessions: this.world.sessions, ...limits, ...this.folder() });
  }

  switchToPostCopy(id: string): Promise<SwitchResult> {
    return switchToPostCopy({ id, sessions: this.world.sessions, ...this.folder() });
  }

  /** Takes up an interrupted post-copy and follows it to its end. */
  async recover(id: string): Promise<RecoverResult> {
    const { sessions, owner } = this.world;
    this.followed.add(id);
    try {
      const result = await recoverRun({
        id,
        owner: owner(),
        sessions,
        signal: this.stopping.signal,
        onEvent: (entry) => {
          this.add(id, entry);
        },
        ...this.folder(),
      });
      if (result.ok) this.leave(id, result.outcome);
      return result;
    } finally {
      this.followed.delete(id);
    }
  }

  /** Stops watching; what runs on the hosts goes on. */
  stop(): void {
    this.stopping.abort();
  }

  private attach(id: string): void {
    this.followed.add(id);
    this.entries.set(id, []);
    const { sessions, owner, warn } = this.world;
    void attachRun({
      id,
      owner: owner(),
      sessions,
      signal: this.stopping.signal,
      onEvent: (entry) => {
        this.add(id, entry);
      },
      ...this.folder(),
    })
      .then((outcome) => {
        if (outcome === undefined) return;
        const run = this.leave(id, outcome);
        if (run !== undefined && !isActive(run)) this.endedAfterAttach.fire({ run, outcome });
      })
      .catch((error: unknown) => {
        warn(`run ${id}: ${String(error)}`);
      })
      .finally(() => this.followed.delete(id));
  }

  /** An open run between hosts that this window knows nothing of: it can only be told. */
  private showForeign(id: string): void {
    const run = this.shown.get(id);
    if (run === undefined) return;
    const reason = say(
      'It was started elsewhere, and no inventory here describes its hosts; open its workspace to follow it.',
    );
    this.shown.set(id, { ...run, state: 'lost-sight', reason });
  }

  private add(id: string, entry: RunEntry): void {
    const entries = this.entries.get(id) ?? [];
    entries.push(entry);
    this.show(id, entries);
  }

  private take(id: string, entries: readonly RunEntry[], ended: boolean): void {
    // A finished run is only shown; its entries stay in its file.
    if (!ended) this.entries.set(id, [...entries]);
    this.show(id, entries);
  }

  private show(id: string, entries: readonly RunEntry[]): void {
    const run = shownRun(entries);
    if (run === undefined) return;
    this.shown.set(id, run);
    this.changed.fire(run);
  }

  /** An end that could not be established is not in the record: the run stays open. */
  private leave(id: string, outcome: RunOutcome): ShownRun | undefined {
    const run = this.shown.get(id);
    if (run === undefined) return undefined;
    if (outcome.result !== 'uncertain' && outcome.result !== 'detached') return run;
    const open: ShownRun = { ...run, state: 'lost-sight', outcome, reason: outcome.message };
    this.shown.set(id, open);
    this.changed.fire(open);
    return open;
  }

  private folder(): { readonly folder?: string } {
    return this.world.folder === undefined ? {} : { folder: this.world.folder };
  }
}
