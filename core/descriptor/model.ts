import type { Bound } from './field-types.ts';
import type { migrationFields } from './fields.ts';
import type { inventoryFields } from './inventory-fields.ts';

/** A bound `kind: Migration`: only what is there and well-formed; every value keeps its span. */
export type MigrationModel = Bound<typeof migrationFields>;
export type InventoryModel = Bound<typeof inventoryFields>;
export type InventoryHost = NonNullable<InventoryModel['hosts']>['items'][number];
export type Policy = NonNullable<MigrationModel['policy']>;
