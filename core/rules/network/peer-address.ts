import { migrationAddress } from '../../facts/migration-address.ts';
import type { MigrationAddress } from '../../facts/migration-address.ts';
import type { MigrationView } from '../rule.ts';

/** Where the memory stream goes as the files say; undefined when libvirt chooses. */
export function memoryAddress(migration: MigrationView): MigrationAddress | undefined {
  const host = migration.hosts?.find(({ name }) => name?.value === migration.destinationName);
  return migrationAddress(migration.model, host);
}
