import type { Message } from '../messages.ts';

/** One text of libvirt, virsh or QEMU, and what is behind it. */
export interface FailureText {
  /** Id of the constraint, which is the id of its rule where one exists. */
  readonly code: string;
  /** Over one or several lines of what was printed. */
  readonly pattern: RegExp;
  /** The text as a version prints it, for the pages. */
  readonly says: string;
  /**
   * Keys of the descriptor that can mend it, the best first. `$1` is the first group of the
   * pattern; `@1` the disk whose path is that group. Where none is in the file: the domain.
   */
  readonly at: readonly string[];
  readonly cause: Message;
  readonly remedy: Message;
}
