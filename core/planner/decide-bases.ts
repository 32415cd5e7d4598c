import { say } from '../messages.ts';
import type { ImageFacts, ImageLayerFacts } from '../facts/snapshot.ts';
import { compareImages } from '../rules/storage/image-identity.ts';
import type { DiskContext } from './decide-disks.ts';

/** One backing file of a disk that is copied incrementally. */
export interface Base {
  readonly path: string;
  readonly format: string;
}

/**
 * The backing files that an incremental copy relies on, nearest first; empty for any other copy.
 * Only the top layer travels, so each file below it must be the same on both hosts: one and the
 * same file by its identity, or, when the file asks for it, equal in size, format and SHA-256.
 */
export function decideBases(context: DiskContext): readonly Base[] {
  const { move, view } = context;
  if (view.storageMode !== 'copy-incremental') return [];
  return (move.source?.backing ?? []).flatMap((path) => decideBase(context, path) ?? []);
}

function decideBase(context: DiskContext, path: string): Base | undefined {
  const { move, view, facts, prove, assume, refuse } = context;
  const there = facts['destination.images'];
  const layer = move.source?.layers?.find((one) => one.path === path);
  const source = layer === undefined ? undefined : asImage(layer);
  const destination = there.known ? there.value.get(path) : undefined;
  const identities = [facts['source.identity'], facts['destination.identity']] as const;
  if (!path.startsWith('/') || source?.format === undefined || destination === undefined) {
    refuse(
      'inc-base-present',
      say('The backing file {0} of disk {1} was not looked at on both hosts.', path, move.target),
    );
    return undefined;
  }
  const base = { path, format: source.format };
  if (destination.kind === 'missing') {
    refuse(
      'inc-base-present',
      say('The backing file {0} of disk {1} is missing on the destination.', path, move.target),
    );
    return undefined;
  }
  const [first, second] = identities;
  if (first.known && second.known) {
    const verdict = compareImages(
      { image: source, identity: first.value },
      { image: destination, identity: second.value },
    );
    if (verdict.sameness === 'same') {
      assume(say('Both hosts read the same backing file {0} of disk {1}.', path, move.target));
      return base;
    }
  }
  const equal =
    source.virtualSize === destination.virtualSize && source.format === destination.format;
  if (!equal) {
    refuse(
      'inc-base-present',
      say(
        'The backing file {0} of disk {1} has another size or format on the destination.',
        path,
        move.target,
      ),
    );
    return undefined;
  }
  if (view.model.storage?.baseProof?.value !== 'sha256') {
    refuse(
      'inc-base-present',
      say(
        'Nothing proves that the backing file {0} of disk {1} is the same on both hosts; write “baseProof: sha256” under storage to have its content compared before the migration.',
        path,
        move.target,
      ),
    );
    return undefined;
  }
  prove.push({ target: move.target, path });
  return base;
}

function asImage(layer: ImageLayerFacts): ImageFacts {
  return { ...layer, allocated: undefined, backing: [] };
}
