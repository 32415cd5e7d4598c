import { readDomain } from '../domain/read.ts';
import type { MigrationFacts } from '../facts/keys.ts';
import { say } from '../messages.ts';
import { isCreated } from '../rules/storage/disk-moves.ts';
import { poolAt } from '../rules/storage/precreation.ts';
import { parseXml } from '../xml/parse.ts';
import type { DiskContext } from './decide-disks.ts';

/**
 * Checks that a disk can be copied without harm and notes the image to create. Everything that this
 * version does not carry out is refused by name.
 */
export function decideCopy(context: DiskContext): void {
  if (!canBeCopied(context)) return;
  const { move, view, refuse, assume } = context;
  const { source, destination, target, path, disk } = move;
  if (path === undefined || source === undefined || destination === undefined) {
    refuse('facts-unknown', say('The image of disk {0} was not looked at on both hosts.', target));
    return;
  }
  const size = source.virtualSize;
  if (size === undefined) {
    refuse('facts-unknown', say('The exact size of disk {0} is not known.', target));
    return;
  }
  checkDeclared(context, size);
  checkOtherUsers(context, path);
  // libvirt takes a QEMU disk without a driver type for raw.
  const format = disk.format?.value ?? 'raw';
  if (source.format !== undefined && source.format !== format) {
    refuse(
      'dest-image-format-equal',
      say('Disk {0} is {1} for libvirt, but its image is {2}.', target, format, source.format),
    );
    return;
  }
  if (isCreated(view, target)) {
    noteCreation(context, { path, size, format });
    return;
  }
  if (destination.kind === 'missing') {
    const pools = context.facts['destination.pools'];
    const pool = pools.known ? poolAt(path, pools.value) : undefined;
    if (pool?.active === true) {
      assume(say('libvirt creates {0} in storage pool {1}.', path, pool.name));
      return;
    }
    refuse(
      'dest-image-missing',
      say(
        'There is no image {0} on the destination for disk {1}; create it, or write “create: true”.',
        path,
        target,
      ),
    );
    return;
  }
  checkExisting(context, { path, size, format });
}

/** What this version can copy: a writable image file without a backing file, to the same path. */
function canBeCopied({ move, view, refuse }: DiskContext): boolean {
  const { disk, target, verdict, source, path } = move;
  if (!/^[A-Za-z0-9_-]+$/.test(target)) {
    refuse('migrate-disks-unknown-target', say('“{0}” cannot be a disk target.', target));
    return false;
  }
  if (disk.shareable !== undefined) {
    refuse(
      'shareable-disk-copied',
      say('Disk {0} is shared by several guests; copying it would corrupt it.', target),
    );
    return false;
  }
  if (disk.readonly !== undefined) {
    refuse(
      'migrate-disks-readonly-or-empty',
      say('Disk {0} is read-only; libvirt cannot copy it.', target),
    );
    return false;
  }
  if (disk.type.value !== 'file') {
    refuse(
      'copy-type-not-supported',
      say(
        'Disk {0} is of type {1}; this version copies image files only.',
        target,
        disk.type.value,
      ),
    );
    return false;
  }
  if (disk.transient !== undefined) {
    refuse('transient-disk', say('Disk {0} is transient; libvirt cannot migrate it.', target));
    return false;
  }
  const declared = view.disk(target)?.destination?.path;
  if (declared !== undefined && declared.value !== disk.source?.value) {
    refuse(
      'not-carried-out',
      say(
        'Disk {0}: this version copies to the same path only ({1}); destination.path “{2}” is not carried out yet.',
        target,
        disk.source?.value ?? '',
        declared.value,
      ),
    );
    return false;
  }
  if (path?.startsWith('/') !== true) {
    refuse(
      'copy-type-not-supported',
      say('Disk {0} has no absolute path that it could be copied to.', target),
    );
    return false;
  }
  if ((source?.backing.length ?? 0) > 0) {
    refuse(
      'not-carried-out',
      say(
        'Disk {0} has a backing file ({1}); copying such a disk is not carried out yet.',
        target,
        source?.backing[0] ?? '',
      ),
    );
    return false;
  }
  if (verdict !== undefined && verdict.sameness !== 'different') {
    refuse(
      'self-copy-same-image',
      say(
        'Nothing proves that {0} on the destination is another image than disk {1} itself; copying an image onto itself destroys it.',
        path,
        target,
      ),
    );
    return false;
  }
  return true;
}

interface Target {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly format: string;
}

function checkDeclared({ view, move, refuse }: DiskContext, size: number): void {
  const declared = view.disk(move.target)?.destination;
  if (declared?.size !== undefined && declared.size.value.amount !== size) {
    refuse(
      'dest-image-size-equal',
      say(
        'Disk {0} has {1} bytes; destination.size says {2}. They must be equal to the byte.',
        move.target,
        size,
        declared.size.value.amount,
      ),
    );
  }
  const format = move.disk.format?.value ?? 'raw';
  if (declared?.format !== undefined && declared.format.value !== format) {
    refuse(
      'dest-image-format-equal',
      say(
        'Disk {0} is {1}; destination.format says {2}. They must be equal.',
        move.target,
        format,
        declared.format.value,
      ),
    );
  }
}

function noteCreation(context: DiskContext, { path, size, format }: Target): void {
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
  if (format !== 'qcow2' && format !== 'raw') {
    refuse(
      'not-carried-out',
      say('Disk {0} is {1}; only qcow2 and raw images are created.', move.target, format),
    );
    return;
  }
  const available = move.destination.filesystem?.available;
  const needed = move.source?.allocated ?? 0;
  if (available !== undefined && available < needed) {
    refuse(
      'disk-dest-free-space',
      say('{0} needs {1} bytes on the destination; {2} are free.', path, needed, available),
    );
    return;
  }
  create.push({ target: move.target, path, format, size });
}

function checkExisting(
  { move, refuse, assume }: DiskContext,
  { path, size, format }: Target,
): void {
  const { destination, target } = move;
  if (destination?.kind !== 'file') {
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
  if (destination.format !== format) {
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
  if (destination.backing.length > 0) {
    refuse(
      'not-carried-out',
      say(
        'The image {0} on the destination has a backing file ({1}); copying onto such an image is not carried out yet.',
        path,
        destination.backing[0] ?? '',
      ),
    );
  }
  assume(say('What {0} on the destination holds now is overwritten.', path));
}

/** A domain of the destination that has the image as its own would lose it. */
function checkOtherUsers({ move, facts, refuse }: DiskContext, path: string): void {
  const other = otherUser(facts, path);
  if (other === undefined) return;
  refuse(
    'destination-image-in-use',
    say(
      '{0} on the destination belongs to domain {1}; disk {2} would overwrite it.',
      path,
      other,
      move.target,
    ),
  );
}

function otherUser(facts: MigrationFacts, path: string): string | undefined {
  const domains = facts['destination.domains'];
  const own = facts['source.domain'];
  if (!domains.known || !own.known) return undefined;
  return domains.value.find((candidate) => {
    // The definition that an earlier migration of this very domain left behind is not another's.
    if (candidate.uuid === own.value.uuid) return false;
    const { domain } = readDomain('', parseXml(candidate.xml));
    return domain?.disks.some((disk) => disk.source?.value === path) ?? false;
  })?.name;
}
