import { say } from '../../messages.ts';
import type { FixSpec, MigrationView } from '../rule.ts';

/** Does this migration ever switch to post-copy? */
export function usesPostCopy({ model }: MigrationView): boolean {
  const mode = model.policy?.mode?.value;
  const asked = mode !== undefined && mode !== 'pre-copy';
  return asked || model.policy?.onTimeout?.value === 'post-copy';
}

/** Where the descriptor asks for post-copy. */
export function atPostCopy(migration: MigrationView) {
  const mode = migration.model.policy?.mode?.value;
  return migration.at(
    mode === undefined || mode === 'pre-copy' ? ['policy', 'onTimeout'] : ['policy', 'mode'],
  );
}

export function isTunnelled({ model }: MigrationView): boolean {
  return model.policy?.connection?.value === 'tunnelled';
}

/** True when the file asks for a copy of any disk, whatever the domain's disks are. */
export function asksForCopy(migration: MigrationView): boolean {
  const entries = migration.model.storage?.disks?.items ?? [];
  return (
    migration.storageMode === 'copy-all' ||
    migration.storageMode === 'copy-incremental' ||
    entries.some((entry) => entry.action?.value === 'copy')
  );
}

export const peerToPeer: FixSpec = {
  title: say('Change to “{0}”', 'peer-to-peer'),
  set: [['policy', 'connection'], 'peer-to-peer'],
};
