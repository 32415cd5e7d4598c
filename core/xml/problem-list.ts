import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { SyntaxProblem } from '../problems.ts';
import type { Span } from '../text/span.ts';

/** More than is ever shown, so that sorting by place still finds the first ones. */
const kept = 1000;

/** One repair: the text that takes the place of `span`. */
export interface Repair {
  readonly title: Message;
  readonly span: Span;
  readonly newText: string;
}

/** Problems of one text; a flood of them is counted, not stored. */
export class ProblemList {
  readonly problems: SyntaxProblem[] = [];
  /** All that were added, stored or not. */
  count = 0;

  add(code: string, span: Span, message: Message, repairs: readonly Repair[] = []): void {
    this.count++;
    if (this.problems.length >= kept) return;
    const fixes = repairs.map(({ title, span: at, newText }) => ({
      title,
      edits: [{ span: at, newText }],
    }));
    this.problems.push({ code, span, severity: 'error', message, fixes });
  }

  /** For a problem whose one repair is another text in its own place; empty removes it. */
  addReplaceable(code: string, span: Span, message: Message, newText: string): void {
    const title = newText === '' ? say('Remove it') : say('Write {0}', newText);
    this.add(code, span, message, [{ title, span, newText }]);
  }
}
