/**
 * Bounds the phases of a connection. While a person answers a question no time passes, so that nobody
 * loses a connection by comparing a fingerprint carefully.
 */
export class PhaseTimer<Phase extends string> {
  readonly #expired: (phase: Phase) => void;
  #phase: Phase | undefined;
  #remaining = 0;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #pauses = 0;

  /** `expired` is called at most once for each phase, never while paused. */
  constructor(expired: (phase: Phase) => void) {
    this.#expired = expired;
  }

  /** Ends the current phase and begins another of so many milliseconds. */
  begin(phase: Phase, milliseconds: number): void {
    this.end();
    this.#phase = phase;
    this.#remaining = milliseconds;
    if (this.#pauses === 0) this.#run();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#phase = undefined;
  }

  /** Runs `question` with the clock stopped. */
  async paused<T>(question: () => Promise<T>): Promise<T> {
    if (this.#pauses++ === 0 && this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#remaining -= performance.now() - this.#startedAt;
    }
    try {
      return await question();
    } finally {
      if (--this.#pauses === 0 && this.#phase !== undefined) this.#run();
    }
  }

  #run(): void {
    const phase = this.#phase;
    if (phase === undefined) return;
    this.#startedAt = performance.now();
    this.#timer = setTimeout(
      () => {
        this.end();
        this.#expired(phase);
      },
      Math.max(0, this.#remaining),
    );
  }
}
