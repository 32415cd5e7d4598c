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
  {
    code: 'destination-image-gone',
    cause: say(
      'The image that a disk is copied into was removed or replaced on the destination while the run went on. QEMU goes on writing to the file that has no name any more, and its content is gone when QEMU ends.',
    ),
    remedy: say(
      'Find out what removes files there. Where the guest runs on the destination already, do not stop it: copy the disk into a new file while it runs, with virsh blockcopy and --pivot.',
    ),
  },
  {
    code: 'record-unwritable',
    cause: say(
      'The record of the run could not be written: its folder is full, read-only or gone. Nothing is done that could not be recorded first.',
    ),
    remedy: say('Free space or mend the folder, then launch again; LIVEMIGRATE_STATE moves it.'),
  },
];
