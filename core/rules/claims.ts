import type { MigrationDescriptor } from '../descriptor/descriptor.ts';
import { copiedByDefault } from '../domain/domain.ts';
import type { Domain } from '../domain/domain.ts';
import type { Located, Span } from '../text/span.ts';

/**
 * What one migration needs for itself: a domain to move, and paths on the destination to write to.
 * Two migrations that claim the same thing cannot both be carried out.
 */
export interface Claims {
  readonly uri: string;
  readonly domain: DomainClaim | undefined;
  readonly images: readonly ImageClaim[];
}

export interface DomainClaim {
  readonly name: Located<string>;
  readonly source: string;
}

/** A path on a host that a disk is copied to. */
export interface ImageClaim {
  readonly host: string;
  readonly path: string;
  readonly target: string;
  readonly span: Span;
}

/** What a descriptor claims. Of disks that are not listed only the domain XML can tell. */
export function claimsOf(descriptor: MigrationDescriptor, domain: Domain | undefined): Claims {
  const { migration, uri } = descriptor;
  const name = migration.domain;
  const source = migration.source?.value;
  return {
    uri,
    domain: name === undefined || source === undefined ? undefined : { name, source },
    images: imagesOf(descriptor, domain),
  };
}

function imagesOf(
  descriptor: MigrationDescriptor,
  domain: Domain | undefined,
): readonly ImageClaim[] {
  const { storage, destination } = descriptor.migration;
  const host = destination?.value;
  if (host === undefined) return [];
  const listed = storage?.disks?.items ?? [];
  const claims: ImageClaim[] = [];
  for (const { target, action, destination: image } of listed) {
    if (target === undefined || action?.value !== 'copy') continue;
    const disk = domain?.disks.find((each) => each.target.value === target.value);
    const path = image?.path?.value ?? disk?.source?.value;
    const span = image?.path?.span ?? target.span;
    if (path !== undefined) claims.push({ host, path, target: target.value, span });
  }
  const mode = storage?.mode?.value;
  if (mode !== 'copy-all' && mode !== 'copy-incremental') return claims;
  for (const disk of domain?.disks ?? []) {
    const named = listed.some(({ target }) => target?.value === disk.target.value);
    const path = disk.source?.value;
    if (named || path === undefined || !copiedByDefault(disk)) continue;
    claims.push({
      host,
      path,
      target: disk.target.value,
      span: descriptor.at(['storage', 'mode']),
    });
  }
  return claims;
}

/** Keys under which claims meet; the same text means the same thing. */
export function claimKeys({ domain, images }: Claims): readonly string[] {
  const keys = images.map(({ host, path }) => `image\0${host}\0${path}`);
  if (domain !== undefined) keys.push(`domain\0${domain.source}\0${domain.name.value}`);
  return keys;
}
