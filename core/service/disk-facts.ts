import type { Disk, Domain } from '../domain/domain.ts';
import { removable } from '../domain/domain.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { ImageFacts } from '../facts/snapshot.ts';
import { exactSize } from '../units/quantity.ts';
import type { Surroundings } from './surroundings.ts';

/** The domain's disk with this target, from the file or the facts. */
export function diskOf(around: Surroundings, target: string | undefined): Disk | undefined {
  const domain = domainOf(around);
  return domain?.disks.find((disk) => disk.target.value === target);
}

export function domainOf({ facts }: Surroundings): Domain | undefined {
  return facts.domain.known ? facts.domain.value : undefined;
}

/**
 * What the source host said of a disk's image; undefined when it was not asked. Unlike the fact that
 * rules need, this speaks of one image whatever is known of the others.
 */
export function sourceImage(around: Surroundings, disk: Disk): ImageFacts | undefined {
  const source = around.descriptor.migration.source?.value;
  const path = disk.source?.value;
  if (source === undefined || path === undefined) return undefined;
  const hosts = around.snapshot?.hosts ?? {};
  const images = Object.hasOwn(hosts, source) ? hosts[source]?.images : undefined;
  const answer = images !== undefined && Object.hasOwn(images, path) ? images[path] : undefined;
  return answer?.ok === true ? answer.value : undefined;
}

/**
 * What is normally done with a disk: what several guests share stays shared, removable and
 * read-only media are skipped, the rest is copied.
 */
export function usualAction(disk: Disk): 'copy' | 'shared' | 'skip' {
  if (disk.shareable !== undefined) return 'shared';
  if (!disk.hasSource || removable(disk) || disk.readonly !== undefined) return 'skip';
  return 'copy';
}

/** Everything known about a disk, one sentence a line. */
export function diskCard(around: Surroundings, disk: Disk): readonly Message[] {
  const lines: Message[] = [
    say(
      'Disk {0}: {1}, {2}',
      disk.target.value,
      disk.device.value,
      disk.format?.value ?? disk.type.value,
    ),
  ];
  if (disk.source !== undefined) lines.push(say('Image: {0}', disk.source.value));
  else if (!disk.hasSource) lines.push(say('The drive is empty.'));
  const image = sourceImage(around, disk);
  if (image?.virtualSize !== undefined) {
    lines.push(say('Virtual size: {0}', exactSize(image.virtualSize)));
  }
  if (image?.format !== undefined) lines.push(say('Format on the source: {0}', image.format));
  if (image?.filesystem !== undefined) {
    const { type, source, mountPoint } = image.filesystem;
    lines.push(say('On {0} ({1}), mounted at {2}', source, type, mountPoint));
  }
  if (disk.shareable !== undefined) {
    lines.push(say('Several guests share this disk; it must not be copied.'));
  }
  if (disk.readonly !== undefined) lines.push(say('The disk is read-only.'));
  if (disk.cache !== undefined) lines.push(say('Cache mode: {0}', disk.cache.value));
  return lines;
}
