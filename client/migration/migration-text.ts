import { apiVersion } from '../../core/descriptor/head-fields.ts';
import { removable } from '../../core/domain/domain.ts';
import type { Disk, Domain } from '../../core/domain/domain.ts';
import type { ImageFacts } from '../../core/facts/snapshot.ts';
import { exactSize } from '../../core/units/quantity.ts';
import { scalar } from '../inventory/inventory-text.ts';

/** What the wizard has learnt about a migration to be written. */
export interface NewMigration {
  readonly domain: string;
  readonly source: string;
  readonly destination: string;
  /** Path of the domain XML as the file shall name it; absent without one. */
  readonly domainXml: string | undefined;
  readonly storage: NewStorage;
}

export type NewStorage =
  | { readonly mode: 'shared' }
  | { readonly mode: 'mixed' | 'copy-all'; readonly disks: readonly NewDisk[] };

export interface NewDisk {
  readonly target: string;
  readonly action: 'copy' | 'shared' | 'skip';
  /** The image that is created for the copy; absent where its size is not known. */
  readonly image?: { readonly path: string; readonly format: string; readonly size: number };
}

/** The text of a descriptor with the usual policy: safe defaults, each limit written out. */
export function migrationText(migration: NewMigration): string {
  const { storage } = migration;
  const lines = [
    `apiVersion: ${apiVersion}`,
    'kind: Migration',
    `domain: ${scalar(migration.domain)}`,
    ...(migration.domainXml === undefined ? [] : [`domainXml: ${scalar(migration.domainXml)}`]),
    `source: ${scalar(migration.source)}`,
    `destination: ${scalar(migration.destination)}`,
    '',
    'storage:',
    `  mode: ${storage.mode}`,
    ...(storage.mode === 'shared' || storage.disks.length === 0
      ? []
      : ['  disks:', ...storage.disks.flatMap(diskLines)]),
    '',
    'policy:',
    '  mode: pre-copy',
    '  connection: peer-to-peer',
    '  persistent: true',
    '  undefineSource: true',
    '  maxDowntime: 300ms',
    '  completionTimeout: 30m',
    '  onTimeout: abort',
  ];
  return `${lines.join('\n')}\n`;
}

function diskLines({ target, action, image }: NewDisk): readonly string[] {
  if (image === undefined) return [`    - { target: ${scalar(target)}, action: ${action} }`];
  const { path, format, size } = image;
  const destination = `{ path: ${scalar(path)}, format: ${format}, size: ${exactSize(size)}, create: true }`;
  return [
    `    - target: ${scalar(target)}`,
    `      action: ${action}`,
    `      destination: ${destination}`,
  ];
}

/** Can the content of this disk be copied at all? Shared, read-only and removable ones never are. */
export function copyable(disk: Disk): boolean {
  return (
    disk.hasSource &&
    !removable(disk) &&
    disk.readonly === undefined &&
    disk.shareable === undefined &&
    disk.transient === undefined
  );
}

/** The disk entries for a choice of disks to copy; what is not copied must be shared, or be empty. */
export function diskEntries(
  domain: Domain,
  copied: ReadonlySet<string>,
  images: Readonly<Record<string, ImageFacts | undefined>>,
): readonly NewDisk[] {
  return domain.disks.map((disk) => {
    const target = disk.target.value;
    if (!copied.has(target)) {
      const unneeded = !disk.hasSource || removable(disk);
      return { target, action: unneeded ? 'skip' : 'shared' };
    }
    const path = disk.source?.value;
    const size = path === undefined ? undefined : images[path]?.virtualSize;
    const format = disk.format?.value ?? 'raw';
    const creatable = disk.type.value === 'file' && isImageFormat(format);
    if (path === undefined || size === undefined || !creatable) {
      return { target, action: 'copy' };
    }
    return { target, action: 'copy', image: { path, format, size } };
  });
}

function isImageFormat(format: string): boolean {
  return format === 'qcow2' || format === 'raw';
}
