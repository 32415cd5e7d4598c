import type { Location } from '../text/span.ts';
import type { ParseCache } from './parse-cache.ts';
import type { Workspace } from './workspace.ts';

export interface WorkspaceSymbol extends Location {
  readonly name: string;
  readonly kind: 'domain' | 'host';
  /** `kvm01 → kvm02` for a migration, the address of a host. */
  readonly container: string | undefined;
}

/** Symbols of one answer. */
const symbolLimit = 500;

/** Migrations and hosts of the workspace whose name holds the letters of the query, in their order. */
export function workspaceSymbols(
  query: string,
  descriptors: readonly string[],
  { workspace, cache }: { readonly workspace: Workspace; readonly cache: ParseCache },
): readonly WorkspaceSymbol[] {
  const found: WorkspaceSymbol[] = [];
  for (const uri of descriptors) {
    if (found.length >= symbolLimit) break;
    const text = workspace.read(uri);
    if (text === undefined) continue;
    const descriptor = cache.descriptor(uri, text);
    if (descriptor.kind === 'Migration') {
      const { domain, source, destination } = descriptor.migration;
      if (domain === undefined || !holds(domain.value, query)) continue;
      const container = `${source?.value ?? '?'} → ${destination?.value ?? '?'}`;
      found.push({ uri, span: domain.span, name: domain.value, kind: 'domain', container });
    } else if (descriptor.kind === 'HostInventory') {
      for (const { name, uri: address } of descriptor.inventory.hosts?.items ?? []) {
        if (name === undefined || !holds(name.value, query)) continue;
        found.push({
          uri,
          span: name.span,
          name: name.value,
          kind: 'host',
          container: address?.value,
        });
      }
    }
  }
  return found.slice(0, symbolLimit);
}

function holds(name: string, query: string): boolean {
  const wanted = query.toLowerCase();
  let at = 0;
  for (const letter of name.toLowerCase()) if (letter === wanted.charAt(at)) at++;
  return at >= wanted.length;
}
