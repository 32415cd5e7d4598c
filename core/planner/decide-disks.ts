import { removable } from '../domain/domain.ts';
import type { Disk, Domain } from '../domain/domain.ts';
import type { MovedDisk } from '../domain/replace-disk-sources.ts';
import type { MigrationFacts } from '../facts/keys.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { MigrationView } from '../rules/rule.ts';
import { diskMoves, isWritable } from '../rules/storage/disk-moves.ts';
import type { DiskMove, StorageFacts } from '../rules/storage/disk-moves.ts';
import { decideCopy } from './decide-copy.ts';
import type { PlannedDisk, Refusal } from './plan.ts';

/** An image that the run creates before the migration. */
export interface ImageToCreate {
  readonly target: string;
  readonly path: string;
  readonly format: 'qcow2' | 'raw';
  /** Bytes. */
  readonly size: number;
  /** The image below it; absent for an image that holds everything itself. */
  readonly backing?: { readonly path: string; readonly format: string } | undefined;
}

/** An image file that is looked into before anything is created: a base, or an empty top layer. */
export interface BaseToProve {
  readonly target: string;
  readonly path: string;
}

export interface DiskDecisions {
  readonly disks: readonly PlannedDisk[];
  readonly create: readonly ImageToCreate[];
  /** Disks whose image lies elsewhere on the destination. */
  readonly moved: readonly MovedDisk[];
  readonly prove: readonly BaseToProve[];
  /** Existing images whose top layer must hold nothing. */
  readonly mustBeEmpty: readonly BaseToProve[];
  readonly assumptions: readonly Message[];
  readonly refusals: readonly Refusal[];
}

/** What the decision about one disk may look at and add to. */
export interface DiskContext {
  readonly view: MigrationView;
  readonly facts: MigrationFacts;
  readonly move: DiskMove;
  readonly create: ImageToCreate[];
  readonly moved: MovedDisk[];
  readonly prove: BaseToProve[];
  readonly mustBeEmpty: BaseToProve[];
  readonly assume: (message: Message) => void;
  readonly refuse: (code: string, message: Message) => void;
}

/**
 * Decides for every disk of the live domain whether it is copied, shared or left out. It repeats
 * what the rules demand where a mistake would cost data: a rule can be switched off in the file,
 * these refusals cannot.
 */
export function decideDisks(
  view: MigrationView,
  domain: Domain,
  facts: MigrationFacts,
): DiskDecisions {
  const assumptions: Message[] = [];
  const refusals: Refusal[] = [];
  const create: ImageToCreate[] = [];
  const moved: MovedDisk[] = [];
  const prove: BaseToProve[] = [];
  const mustBeEmpty: BaseToProve[] = [];
  const storage = storageFactsOf(domain, facts, refusals);
  if (storage === undefined)
    return { disks: [], create, moved, prove, mustBeEmpty, assumptions, refusals };
  for (const entry of view.model.storage?.disks?.items ?? []) {
    const target = entry.target?.value;
    if (target === undefined || domain.disks.some((disk) => disk.target.value === target)) continue;
    refusals.push({
      path: ['storage', 'disks', target],
      code: 'migrate-disks-unknown-target',
      message: say('{0} is not a disk of the domain as it runs now.', target),
    });
  }
  const disks = diskMoves(view, storage).map((move): PlannedDisk => {
    const path =
      view.disk(move.target) === undefined ? ['storage'] : ['storage', 'disks', move.target];
    const action = decideDisk({
      view,
      facts,
      move,
      create,
      moved,
      prove,
      mustBeEmpty,
      assume: (message) => assumptions.push(message),
      refuse: (code, message) => refusals.push({ path, code, message }),
    });
    return {
      target: move.target,
      action,
      source: move.disk.source?.value,
      destination: action === 'copy' ? move.path : undefined,
      create: create.some(({ target }) => target === move.target),
      virtualSize: move.source?.virtualSize,
    };
  });
  return { disks, create, moved, prove, mustBeEmpty, assumptions, refusals };
}

/** The facts about images, with the live domain in the place of whatever XML is linked. */
function storageFactsOf(
  domain: Domain,
  facts: MigrationFacts,
  refusals: Refusal[],
): StorageFacts | undefined {
  const names = [
    'source.identity',
    'destination.identity',
    'source.images',
    'destination.images',
  ] as const;
  const [here, there, hereImages, thereImages] = [
    facts['source.identity'],
    facts['destination.identity'],
    facts['source.images'],
    facts['destination.images'],
  ];
  if (here.known && there.known && hereImages.known && thereImages.known) {
    return {
      domain,
      'source.identity': here.value,
      'destination.identity': there.value,
      'source.images': hereImages.value,
      'destination.images': thereImages.value,
    };
  }
  for (const name of names) {
    const fact = facts[name];
    if (fact.known) continue;
    refusals.push({ path: ['storage'], code: 'facts-unknown', message: fact.why });
  }
  return undefined;
}

function decideDisk(context: DiskContext): PlannedDisk['action'] {
  const { view, move } = context;
  const { disk, target } = move;
  const wanted = view.disk(target)?.action?.value;
  if (!disk.hasSource || removable(disk)) return decideDrive(context, disk);
  if (wanted === 'skip') {
    context.refuse(
      'local-disk-not-copied',
      say('Disk {0} holds data that the guest needs; it cannot be skipped.', target),
    );
    return 'skip';
  }
  if (view.storageMode === 'mixed' && wanted === undefined) {
    context.refuse(
      'hybrid-must-list-disks',
      say('Mode mixed needs an entry for every disk; disk {0} has none.', target),
    );
    return 'shared';
  }
  if (view.storageMode === 'shared' && wanted === 'copy') {
    context.refuse(
      'hybrid-must-list-disks',
      say('Mode shared copies nothing, and the entry of disk {0} wants a copy.', target),
    );
    return 'copy';
  }
  const copied = move.copied;
  if (copied === undefined) {
    context.refuse(
      'auto-needs-proof',
      say(
        'Nothing proves whether disk {0} is the same image on both hosts; write its action (copy or shared) under storage.disks.',
        target,
      ),
    );
    return 'shared';
  }
  if (wanted === undefined && view.storageMode === 'auto' && move.verdict !== undefined) {
    context.assume(
      copied
        ? say('Mode auto copies disk {0}, because it is not the same image on both hosts.', target)
        : say('Mode auto takes disk {0} as shared: both hosts reach the same image.', target),
    );
  }
  if (!copied) {
    if (view.disk(target)?.destination !== undefined) {
      context.refuse(
        'destination-without-copy',
        say('Disk {0} is not copied, so its “destination” would have no effect.', target),
      );
    }
    checkShared(context);
    return 'shared';
  }
  decideCopy(context);
  return 'copy';
}

/** CD-ROM and floppy drives and empty drives: libvirt never copies them. */
function decideDrive({ view, move, assume, refuse }: DiskContext, disk: Disk): 'skip' {
  if (view.disk(move.target)?.destination !== undefined) {
    refuse(
      'destination-without-copy',
      say('Disk {0} is not copied, so its “destination” would have no effect.', move.target),
    );
  }
  if (view.disk(move.target)?.action?.value === 'copy') {
    refuse(
      'migrate-disks-readonly-or-empty',
      say('{0} is an empty or removable drive; libvirt cannot copy it.', move.target),
    );
  }
  if (disk.hasSource) {
    assume(
      say(
        'The medium {0} in drive {1} is on the destination, too; it is not copied.',
        disk.source?.value ?? disk.type.value,
        move.target,
      ),
    );
  }
  return 'skip';
}

/** A disk that stays where it is: the destination must open the very same image. */
function checkShared({ view, move, assume, refuse }: DiskContext): void {
  const { disk, target, verdict } = move;
  const place = disk.source?.value ?? disk.type.value;
  if (disk.type.value === 'nvme') {
    refuse(
      'disk-nvme-local',
      say('Disk {0} is an NVMe device of the source host; it cannot be shared.', target),
    );
    return;
  }
  const sameness = disk.type.value === 'network' ? undefined : verdict?.sameness;
  if (sameness === 'same') {
    warnOfBackingFiles(move, assume);
    return;
  }
  if (sameness === 'different') {
    // A read-only image may lie on each host as a copy of its own, when its size is equal.
    const twin =
      !isWritable(disk) &&
      move.destination?.virtualSize !== undefined &&
      move.destination.virtualSize === move.source?.virtualSize;
    if (twin) {
      assume(
        say('The read-only image {0} of disk {1} has equal content on both hosts.', place, target),
      );
      return;
    }
    refuse(
      'local-disk-not-copied',
      say(
        'Disk {0} is not copied, but {1} is not the same image on both hosts: the guest would go on with the wrong data.',
        target,
        place,
      ),
    );
    return;
  }
  if (view.disk(target)?.action?.value !== 'shared' && view.storageMode !== 'shared') {
    if (disk.type.value !== 'network') {
      refuse(
        'copied-set',
        say(
          'Disk {0} would not be copied, and nothing proves that {1} is the same image on both hosts; write its action under storage.disks.',
          target,
          place,
        ),
      );
      return;
    }
  } else if (view.model.policy?.unsafe !== undefined && disk.type.value !== 'network') {
    refuse(
      'unsafe-flag-hides-checks',
      say(
        'Nothing proves that {0} of disk {1} is the same image on both hosts, and “unsafe” switches libvirt’s own check off.',
        place,
        target,
      ),
    );
    return;
  }
  assume(say('Disk {0} ({1}) is the same image on both hosts.', target, place));
  warnOfBackingFiles(move, assume);
}

/** libvirt looks at the top image alone; a base that differs corrupts without a word. */
function warnOfBackingFiles({ source, target }: DiskMove, assume: DiskContext['assume']): void {
  for (const base of source?.backing ?? []) {
    assume(say('The backing file {0} of disk {1} is the same on both hosts.', base, target));
  }
}
