import type {
  FieldPath,
  InventoryDescriptor,
  MigrationDescriptor,
} from '../descriptor/descriptor.ts';
import type { MigrationModel } from '../descriptor/model.ts';
import { copiedByDefault } from '../domain/domain.ts';
import type { Disk, Domain } from '../domain/domain.ts';
import type { Span } from '../text/span.ts';
import type { Claims } from './claims.ts';
import type { MigrationView } from './rule.ts';

/** What a rule can be told of other files than the descriptor and those that facts come from. */
export interface Elsewhere {
  /** Those that apply, nearest first. */
  readonly inventories: readonly InventoryDescriptor[] | undefined;
  readonly neighbours: readonly Claims[] | undefined;
  /** Is called whenever one of the two is looked at. */
  readonly looked: () => void;
}

const nowhere: Elsewhere = {
  inventories: undefined,
  neighbours: undefined,
  looked: () => undefined,
};

/** The migration as rules see it. */
export function viewMigration(
  descriptor: MigrationDescriptor,
  elsewhere: Elsewhere = nowhere,
): MigrationView {
  return new View(descriptor, elsewhere);
}

type DiskEntry = ReturnType<MigrationView['disk']>;

class View implements MigrationView {
  readonly descriptor: MigrationDescriptor;
  readonly model: MigrationModel;
  readonly domainName: string;
  readonly sourceName: string;
  readonly destinationName: string;
  readonly storageMode: MigrationView['storageMode'];
  /** Every rule on disks asks for each of them. */
  private readonly byTarget = new Map<string, DiskEntry>();
  private readonly elsewhere: Elsewhere;

  constructor(descriptor: MigrationDescriptor, elsewhere: Elsewhere) {
    const model = descriptor.migration;
    this.descriptor = descriptor;
    this.elsewhere = elsewhere;
    this.model = model;
    this.domainName = model.domain?.value ?? '';
    this.sourceName = model.source?.value ?? '';
    this.destinationName = model.destination?.value ?? '';
    this.storageMode = model.storage?.mode?.value ?? 'auto';
    for (const entry of model.storage?.disks?.items ?? []) {
      const target = entry.target?.value;
      // Of two entries for one target the first counts.
      if (target !== undefined && !this.byTarget.has(target)) this.byTarget.set(target, entry);
    }
  }

  get hosts(): MigrationView['hosts'] {
    this.elsewhere.looked();
    return this.elsewhere.inventories?.flatMap((one) => one.inventory.hosts?.items ?? []);
  }

  get neighbours(): MigrationView['neighbours'] {
    this.elsewhere.looked();
    return this.elsewhere.neighbours;
  }

  at(path: FieldPath): Span {
    return this.descriptor.at(path);
  }

  has(path: FieldPath): boolean {
    return this.descriptor.has(path);
  }

  disk(target: string): DiskEntry {
    return this.byTarget.get(target);
  }

  atDisk(target: string): Span {
    for (const path of [['storage', 'disks', target], ['storage', 'mode'], ['storage']]) {
      if (this.has(path)) return this.at(path);
    }
    return this.at(['domain']);
  }

  copies(disk: Disk): boolean | undefined {
    const action = this.disk(disk.target.value)?.action?.value;
    if (action !== undefined) return action === 'copy';
    switch (this.storageMode) {
      case 'shared':
      case 'mixed':
        return false;
      case 'copy-all':
      case 'copy-incremental':
        return copiedByDefault(disk);
      case 'auto':
        return copiedByDefault(disk) ? undefined : false;
    }
  }

  copiedDisks(domain: Domain): readonly Disk[] {
    return domain.disks.filter((disk) => this.copies(disk) === true);
  }

  destinationPath(disk: Disk): string | undefined {
    return this.disk(disk.target.value)?.destination?.path?.value ?? disk.source?.value;
  }
}
