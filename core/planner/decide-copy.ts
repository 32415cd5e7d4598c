import { readDomain } from '../domain/read.ts';
import type { MigrationFacts } from '../facts/keys.ts';
import { say } from '../messages.ts';
import { isCreated } from '../rules/storage/disk-moves.ts';
import { poolAt } from '../rules/storage/precreation.ts';
import { parseXml } from '../xml/parse.ts';
import { checkExisting, noteCreation } from './copy-target.ts';
import { decideBases } from './decide-bases.ts';
import type { DiskContext } from './decide-disks.ts';

/** The end of a copy on the destination, as the source's image demands it. */
export interface CopyTarget {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly format: string;
}

/** Checks that a disk can be copied without harm and notes what the run has to prepare for it. */
export function decideCopy(context: DiskContext): void {
  if (!canBeCopied(context)) return;
  const { move, view, refuse } = context;
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
  noteMove(context, path);
  const bases = decideBases(context);
  const end: CopyTarget = { path, size, format };
  if (isCreated(view, target)) noteCreation(context, end, bases[0]);
  else if (destination.kind === 'missing') checkMissing(context, path);
  else checkExisting(context, end, bases);
}

/** The destination's domain needs another XML when an image lies elsewhere there. */
function noteMove({ move, moved, view }: DiskContext, path: string): void {
  const { disk, target, source, destination } = move;
  const from = disk.type.value === 'block' ? 'block' : 'file';
  const to = destination?.kind === 'block' ? 'block' : 'file';
  const elsewhere = path !== disk.source?.value || from !== to;
  // A chain that the definition spells out would be looked for on the destination; whether it does
  // is seen when the XML is made.
  const flattened = view.storageMode !== 'copy-incremental' && (source?.backing.length ?? 0) > 0;
  if (!elsewhere && !flattened) return;
  moved.push({
    target,
    from: { type: from, path: disk.source?.value ?? '' },
    to: { type: to, path },
  });
}

function checkMissing({ move, facts, view, assume, refuse }: DiskContext, path: string): void {
  const pools = facts['destination.pools'];
  const pool = pools.known ? poolAt(path, pools.value) : undefined;
  if (view.storageMode === 'copy-incremental') {
    refuse(
      'precreate-incremental',
      say(
        'There is no image {0} on the destination for disk {1}, and libvirt creates none for an incremental copy; write “create: true”.',
        path,
        move.target,
      ),
    );
  } else if (pool?.active === true) {
    assume(say('libvirt creates {0} in storage pool {1}.', path, pool.name));
  } else {
    refuse(
      'dest-image-missing',
      say(
        'There is no image {0} on the destination for disk {1}; create it, or write “create: true”.',
        path,
        move.target,
      ),
    );
  }
}

/** What can be copied: a writable image file or block device that is no other host's, too. */
function canBeCopied({ move, refuse }: DiskContext): boolean {
  const { disk, target, verdict, path } = move;
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
  if (disk.type.value !== 'file' && disk.type.value !== 'block') {
    refuse(
      'copy-type-not-supported',
      disk.type.value === 'network'
        ? say(
            'Disk {0} is a network disk: both hosts reach the same image; it is not copied.',
            target,
          )
        : say(
            'Disk {0} is of type {1}; only image files and block devices are copied.',
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
  if (path?.startsWith('/') !== true) {
    refuse(
      'copy-type-not-supported',
      say('Disk {0} has no absolute path that it could be copied to.', target),
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
