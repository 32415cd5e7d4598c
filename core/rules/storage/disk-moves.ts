import { removable } from '../../domain/domain.ts';
import type { Disk } from '../../domain/domain.ts';
import type { FactTypes } from '../../facts/keys.ts';
import type { ImageFacts } from '../../facts/snapshot.ts';
import { say } from '../../messages.ts';
import type { FixSpec, MigrationView } from '../rule.ts';
import { compareImages } from './image-identity.ts';
import type { ImageVerdict } from './image-identity.ts';

/** The facts that decide what becomes of each disk. */
export const storageFacts = [
  'domain',
  'source.identity',
  'destination.identity',
  'source.images',
  'destination.images',
] as const;
export type StorageFacts = Pick<FactTypes, (typeof storageFacts)[number]>;

/** What becomes of one disk, as far as the descriptor and the facts decide it. */
export interface DiskMove {
  readonly disk: Disk;
  readonly target: string;
  /** Absolute path on the destination; absent for an empty drive and for network or pool sources. */
  readonly path: string | undefined;
  readonly source: ImageFacts | undefined;
  readonly destination: ImageFacts | undefined;
  /** Undefined when neither the descriptor nor the facts decide it. */
  readonly copied: boolean | undefined;
  /** Absent when one of the two images was not looked at. */
  readonly verdict: ImageVerdict | undefined;
}

/**
 * The moves of all disks. In `auto` mode a disk that is proven to be one image on both hosts stays,
 * one that is proven to be another is copied, and everything else is undecided.
 */
export function diskMoves(migration: MigrationView, facts: StorageFacts): readonly DiskMove[] {
  return facts.domain.disks.map((disk) => {
    const path = migration.destinationPath(disk);
    const source =
      disk.source === undefined ? undefined : facts['source.images'].get(disk.source.value);
    const destination = path === undefined ? undefined : facts['destination.images'].get(path);
    const verdict =
      source === undefined || destination === undefined
        ? undefined
        : compareImages(
            { image: source, identity: facts['source.identity'] },
            { image: destination, identity: facts['destination.identity'] },
          );
    const copied = migration.copies(disk) ?? decide(disk, verdict);
    return { disk, target: disk.target.value, path, source, destination, copied, verdict };
  });
}

function decide(disk: Disk, verdict: ImageVerdict | undefined): boolean | undefined {
  // Both hosts reach a network source by the same name; libvirt takes it for shared, too.
  if (disk.type.value === 'network') return false;
  if (verdict?.sameness === 'same') return false;
  return verdict?.sameness === 'different' ? true : undefined;
}

/** A disk whose content the guest can change and which it cannot do without. */
export function isWritable(disk: Disk): boolean {
  return disk.hasSource && disk.readonly === undefined && !removable(disk);
}

export function isRemovable(disk: Disk): boolean {
  return removable(disk);
}

/** Says in the descriptor what happens to a disk, adding its entry when there is none. */
export function actionFix(target: string, action: 'copy' | 'shared' | 'skip'): FixSpec {
  return {
    title:
      action === 'copy'
        ? say('Copy disk {0}', target)
        : action === 'shared'
          ? say('Mark disk {0} as shared', target)
          : say('Skip disk {0}', target),
    set: [['storage', 'disks', target, 'action'], action],
  };
}

/** Has the destination image created by the run, adding the disk's entry when there is none. */
export function createFix(migration: MigrationView, target: string): FixSpec {
  const title = say('Create the image of {0} before the migration', target);
  return migration.disk(target) === undefined
    ? {
        title,
        set: [['storage', 'disks', target], { action: 'copy', destination: { create: true } }],
      }
    : { title, set: [['storage', 'disks', target, 'destination', 'create'], true] };
}

/** True when the run itself creates the destination image. */
export function isCreated(migration: MigrationView, target: string): boolean {
  return migration.disk(target)?.destination?.create?.value === true;
}

/** A device node by its path; `/dev/shm` and hugepage mounts hold files. */
export function isDevicePath(path: string): boolean {
  return /^\/dev\/(?!shm\/|hugepages\/)/.test(path);
}
