import { render } from '../core/messages.ts';
import type { Message, Translate } from '../core/messages.ts';

/** Where a command writes, and in which language. */
export interface Terminal {
  readonly translate: Translate;
  /** Results: standard output. */
  out(line: string): void;
  /** Everything else: standard error. */
  note(line: string): void;
  /** A line that replaces itself while work goes on; nothing where standard error is no terminal. */
  progress(line: string): void;
  readonly interactive: boolean;
  readonly say: (message: Message) => string;
}

export function processTerminal(translate: Translate): Terminal {
  const live = process.stderr.isTTY;
  let progressShown = false;
  const clear = (): void => {
    if (progressShown) process.stderr.write('\r\u001b[2K');
    progressShown = false;
  };
  return {
    translate,
    out(line) {
      clear();
      process.stdout.write(`${line}\n`);
    },
    note(line) {
      clear();
      process.stderr.write(`${line}\n`);
    },
    progress(line) {
      if (!live) return;
      const width = process.stderr.columns;
      process.stderr.write(`\r\u001b[2K${line.slice(0, Math.max(20, width - 1))}`);
      progressShown = true;
    },
    // Node makes the stream when it is first looked at: most commands need none.
    interactive: live && process.stdin.isTTY,
    say: (message) => render(message, translate),
  };
}
