import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Milliseconds without work after which nobody is typing at this moment. */
const rest = 30;

type Collect = (options: { readonly type: 'minor' }) => void;

/**
 * Collects young garbage while nobody waits. By itself V8 does it when the space for young objects is
 * full, which is in the middle of an answer; what an answer made is garbage as soon as the next one
 * is given, so that little is left to copy here. It takes about a millisecond, and the space for young
 * objects stays small.
 */
export class YoungGarbage {
  private collect: Collect | undefined;
  private readonly timer = setTimeout(() => {
    this.collect ??= collector();
    this.collect({ type: 'minor' });
  }, rest).unref();

  /** The last answer is given: collects, unless there is another one before the rest is over. */
  answered(): void {
    this.timer.refresh();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

/** V8's own function; nothing where it has none. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  // Kept code is only taken by an engine with the flags of the one that made it.
  setFlagsFromString('--no-expose-gc');
  return typeof found === 'function' ? (found as Collect) : () => undefined;
}
