import { say } from '../messages.ts';
import type { CopyTarget } from './decide-copy.ts';
import type { Base } from './decide-bases.ts';
import type { DiskContext } from './decide-disks.ts';

/** Notes an image that the run creates; nothing may have its name yet. */
export function noteCreation(
  context: DiskContext,
  { path, size, format }: CopyTarget,
  base: Base | undefined,
): void {
  const { move, refuse, create } = context;
  if (move.destination?.kind !== 'missing') {
    refuse(
      'dest-image-exists',
      say(
        '{0} exists already on the destination; “create: true” never overwrites. Remove “create”, or the file if it holds nothing of value.',
        path,
      ),
    );
    return;
  }
  if (/^\/dev\/(?!shm\/|hugepages\/)/.test(path)) {
    refuse('dest-block-device', say('{0} would be a device; only files are created.', path));
    return;
  }
  if (format !== 'qcow2' && format !== 'raw') {
    refuse(
      'not-carried-out',
      say('Disk {0} is {1}; only qcow2 and raw images are created.', move.target, format),
    );
    return;
  }
  const available = move.destination.filesystem?.available;
  const needed = bytesToCopy(context, size);
  if (available !== undefined && available < needed) {
    refuse(
      'disk-dest-free-space',
      say('{0} needs {1} bytes on the destination; {2} are free.', path, needed, available),
    );
    return;
  }
  create.push({
    target: move.target,
    path,
    format,
    size,
    ...(base === undefined ? {} : { backing: base }),
  });
}

/** What the copy writes at most: a chain that is flattened can fill the whole image. */
function bytesToCopy({ move, view }: DiskContext, size: number): number {
  const { source } = move;
  const top = source?.kind === 'block' ? size : (source?.allocated ?? 0);
  const flattened = view.storageMode !== 'copy-incremental' && (source?.backing.length ?? 0) > 0;
  return flattened ? size : top;
}

/** An image that is there already must equal the disk in every respect; its content is lost. */
export function checkExisting(
  context: DiskContext,
  { path, size, format }: CopyTarget,
  bases: readonly Base[],
): void {
  const { move, view, refuse, assume } = context;
  const { destination, target } = move;
  if (destination?.kind === 'block') {
    checkDevice(context, path, format);
  } else if (destination?.kind !== 'file') {
    refuse(
      'dest-block-device',
      say(
        '{0} on the destination is not an image file; disk {1} is not copied to it.',
        path,
        target,
      ),
    );
    return;
  }
  if (destination.virtualSize !== size) {
    refuse(
      'dest-image-size-equal',
      say(
        'Disk {0} has {1} bytes, its image {2} on the destination has {3}. They must be equal to the byte.',
        target,
        size,
        path,
        destination.virtualSize ?? '?',
      ),
    );
  }
  if (destination.kind === 'file' && destination.format !== format) {
    refuse(
      'dest-image-format-equal',
      say(
        'Disk {0} is {1}, its image {2} on the destination is {3}. They must be equal.',
        target,
        format,
        path,
        destination.format ?? '?',
      ),
    );
  }
  const expected = view.storageMode === 'copy-incremental' ? bases.map((base) => base.path) : [];
  const there = destination.backing;
  if (there.length !== expected.length || there.some((name, at) => name !== expected[at])) {
    refuse(
      'inc-base-present',
      say(
        'The image {0} on the destination lies on {1}; disk {2} needs one that lies on {3}.',
        path,
        there.join(', ') || '-',
        target,
        expected.join(', ') || '-',
      ),
    );
  }
  if (view.storageMode === 'copy-incremental') context.mustBeEmpty.push({ target, path });
  else assume(say('What {0} on the destination holds now is overwritten.', path));
}

/** libvirt writes over a device without asking, so the file must have said so in two words. */
function checkDevice({ move, view, refuse }: DiskContext, path: string, format: string): void {
  const declared = view.disk(move.target)?.destination;
  if (declared?.device?.value !== true || declared.path === undefined) {
    refuse(
      'dest-block-device',
      say(
        '{0} on the destination is a block device; write its path and “device: true” if all that it holds may be overwritten by disk {1}.',
        path,
        move.target,
      ),
    );
  }
  if (format !== 'raw') {
    refuse(
      'dest-block-device',
      say('Disk {0} is {1}; only raw disks are copied to block devices.', move.target, format),
    );
  }
}
