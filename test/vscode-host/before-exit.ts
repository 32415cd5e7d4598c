/** Ends what this process started when the process itself is told to end. */

const endings = new Set<() => Promise<void>>();
/** Milliseconds that all endings together may take after a signal. */
const limit = 10_000;
let listening = false;

/** Runs `end` when this process gets SIGINT, SIGTERM or SIGHUP; the answer takes it off the list. */
export function beforeExit(end: () => Promise<void>): () => void {
  endings.add(end);
  if (!listening) {
    listening = true;
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      process.once(signal, () => {
        setTimeout(() => process.exit(code), limit).unref();
        const all = [...endings].map((ending) => ending().catch(() => undefined));
        void Promise.all(all).then(() => process.exit(code));
      });
    }
  }
  return () => endings.delete(end);
}
