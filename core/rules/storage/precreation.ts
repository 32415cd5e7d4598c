import type { StoragePool } from '../../facts/snapshot.ts';
import type { MigrationView } from '../rule.ts';
import { isCreated } from './disk-moves.ts';
import type { DiskMove } from './disk-moves.ts';

/** Copied disks whose destination image is not there and is not created by the run. */
export function missingImages(
  migration: MigrationView,
  moves: readonly DiskMove[],
): readonly (DiskMove & { readonly path: string })[] {
  return moves.flatMap((move) =>
    move.copied === true &&
    move.path !== undefined &&
    move.destination?.kind === 'missing' &&
    !isCreated(migration, move.target)
      ? [{ ...move, path: move.path }]
      : [],
  );
}

/**
 * The pool in whose directory libvirt would create a missing image by itself: the directory itself
 * must be the pool's target, a folder above or below it does not count
 * (`qemuMigrationDstPrecreateDisk`).
 */
export function poolAt(path: string, pools: readonly StoragePool[]): StoragePool | undefined {
  const folder = path.slice(0, Math.max(1, path.lastIndexOf('/')));
  const here = pools.filter((pool) => withoutSlash(pool.path) === folder);
  return here.find((pool) => pool.active) ?? here[0];
}

function withoutSlash(path: string | undefined): string | undefined {
  return path === undefined || path === '/' ? path : path.replace(/\/+$/, '');
}
