import { render, say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import { reasonOf } from '../host-error.ts';
import type { RunEntry } from './entry.ts';

/** The folder of the records is full, read-only or gone. `say` names the file and the reason. */
export class RecordUnwritable extends Error {
  override readonly name = 'RecordUnwritable';
  readonly say: Message;
  /** The entry that was not written. */
  readonly entry: RunEntry | undefined;

  constructor(file: string, cause: unknown, entry?: RunEntry) {
    const message = say('The record {0} cannot be written: {1}', file, reasonOf(cause));
    super(render(message), { cause });
    this.say = message;
    this.entry = entry;
  }
}
