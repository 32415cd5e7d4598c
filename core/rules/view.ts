import type { InventoryDescriptor, MigrationDescriptor } from '../descriptor/descriptor.ts';
import { copiedByDefault } from '../domain/domain.ts';
import type { Disk, Domain } from '../domain/domain.ts';
import type { Claims } from './claims.ts';
import type { MigrationView } from './rule.ts';

/** The migration as rules see it. `inventories` are those that apply, nearest first. */
export function viewMigration(
  descriptor: MigrationDescriptor,
  inventories?: readonly InventoryDescriptor[],
  neighbours?: readonly Claims[],
): MigrationView {
  const model = descriptor.migration;
  const entries = model.storage?.disks?.items ?? [];
  const storageMode = model.storage?.mode?.value ?? 'auto';
  // Every rule on disks asks for each of them; of two entries for one target the first counts.
  const byTarget = new Map(
    entries
      .toReversed()
      .flatMap((entry) => (entry.target === undefined ? [] : [[entry.target.value, entry]])),
  );
  const disk: MigrationView['disk'] = (target) => byTarget.get(target);
  const copies = (of: Disk): boolean | undefined => {
    const action = disk(of.target.value)?.action?.value;
    if (action !== undefined) return action === 'copy';
    switch (storageMode) {
      case 'shared':
      case 'mixed':
        return false;
      case 'copy-all':
      case 'copy-incremental':
        return copiedByDefault(of);
      case 'auto':
        return copiedByDefault(of) ? undefined : false;
    }
  };
  return {
    descriptor,
    model,
    domainName: model.domain?.value ?? '',
    sourceName: model.source?.value ?? '',
    destinationName: model.destination?.value ?? '',
    hosts: inventories?.flatMap((one) => one.inventory.hosts?.items ?? []),
    neighbours,
    at: (path) => descriptor.at(path),
    has: (path) => descriptor.has(path),
    disk,
    atDisk(target) {
      for (const path of [['storage', 'disks', target], ['storage', 'mode'], ['storage']]) {
        if (descriptor.has(path)) return descriptor.at(path);
      }
      return descriptor.at(['domain']);
    },
    storageMode,
    copies,
    copiedDisks: (domain: Domain) => domain.disks.filter((one) => copies(one) === true),
    destinationPath: (of) => disk(of.target.value)?.destination?.path?.value ?? of.source?.value,
  };
}
