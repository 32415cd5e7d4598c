import { say } from '../messages.ts';
import type { FailureText } from './failure-text.ts';

/** What can go wrong in a run without a word of libvirt: there is no text to recognise it by. */
export const silentFailures: readonly Pick<FailureText, 'code' | 'cause' | 'remedy'>[] = [
  {
    code: 'mirror-converge',
    cause: say(
      'The guest writes to a disk faster than the disk is copied: the copy never ends, and libvirt has no timeout for it.',
    ),
    remedy: say(
      'Watch the remaining data of the disk phase; cancel, and launch when the guest writes less, with more bandwidth, or with virsh’s --copy-storage-synchronous-writes (libvirt 8.0).',
    ),
  },
];
