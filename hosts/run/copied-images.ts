import { say } from '../../core/messages.ts';
import type { Plan } from '../../core/planner/plan.ts';
import { findImageCommand } from '../../core/virsh/image-commands.ts';
import type { Cause } from './entry.ts';
import type { LinkOptions, Links } from './links.ts';

/** An image that is copied into, and is not where the guest's definition says. */
export interface LostImage {
  readonly target: string;
  readonly path: string;
}

/**
 * Looks on the destination for the images that are copied into. A file that was removed or replaced
 * while QEMU has it open is written to as before, and its content is gone when QEMU ends: nothing in
 * libvirt says so. An image about which the host does not answer is none of the result.
 */
export async function lostImages(
  { plan, links }: { readonly plan: Plan; readonly links: Links },
  identities: ReadonlyMap<string, string>,
  options: LinkOptions,
): Promise<readonly LostImage[]> {
  const lost: LostImage[] = [];
  for (const { action, target, destination: path } of plan.disks) {
    if (action !== 'copy' || path === undefined) continue;
    const identity = identities.get(`create-image-${target}`) ?? '';
    const command = { ...findImageCommand(path), stdin: `${identity}\n` };
    try {
      const { stdout } = await links.exec(plan.destination.host, command, options);
      if (['gone', 'replaced'].includes(stdout.trim())) lost.push({ target, path });
    } catch {
      // The host is out of sight: nothing is known of the image.
    }
  }
  return lost;
}

/** While the guest is still on the source. */
export function imageRemoved({ target, path }: LostImage, host: string): Cause {
  return {
    code: 'destination-image-gone',
    message: say(
      'Image {0} of disk {1} was removed or replaced on {2} while it was copied into; the migration was ended before the guest could depend on it.',
      path,
      target,
      host,
    ),
    remedy: say('Find out what removes files there, then launch again.'),
    text: '',
  };
}

/** Before anything was sent. */
export function imageMissing({ target, path }: LostImage, host: string): Cause {
  return {
    code: 'destination-image-gone',
    message: say('Image {0} of disk {1} is not on {2}.', path, target, host),
    remedy: say('Create it anew, or write “create: true”.'),
    text: '',
  };
}

/** The guest runs on the destination already. */
export function imageLost({ target, path }: LostImage, host: string): Cause {
  return {
    code: 'destination-image-gone',
    message: say(
      'Image {0} of disk {1} was removed or replaced on {2}: the guest writes to a file without a name, and what it writes is lost when it stops.',
      path,
      target,
      host,
    ),
    remedy: say(
      'Do not stop the guest. Copy the disk into a new file while it runs: virsh blockcopy DOMAIN {0} PATH --wait --pivot.',
      target,
    ),
    text: '',
  };
}
