import { render } from '../core/messages.ts';
import type { Message } from '../core/messages.ts';

/** The command line cannot be carried out as it was written; exit code 2. */
export class UsageError extends Error {
  readonly say: Message;

  constructor(message: Message) {
    super(render(message));
    this.name = 'UsageError';
    this.say = message;
  }
}
