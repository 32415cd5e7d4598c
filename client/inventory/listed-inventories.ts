import type { InventoryDescriptor } from '../../core/descriptor/descriptor.ts';
import { loadDescriptor } from '../../core/descriptor/load.ts';
import { listedHosts } from '../../core/service/surroundings.ts';
import type { ListedHost } from '../../core/service/surroundings.ts';

/** A file that lists hosts. */
export interface InventoryFile {
  readonly uri: string;
  readonly text: string;
  /** Errors in the file; hosts that could be read are listed all the same. */
  readonly errors: number;
}

export interface Inventories {
  readonly files: readonly InventoryFile[];
  /** Every host once, by its name; of two with one name the one in the earlier file. */
  readonly hosts: readonly ListedHost[];
}

export const noInventories: Inventories = { files: [], hosts: [] };

/** Picks the inventories out of descriptor texts; their order decides which of two hosts counts. */
export function readInventories(texts: ReadonlyMap<string, string>): Inventories {
  const files: InventoryFile[] = [];
  const found: InventoryDescriptor[] = [];
  for (const [uri, text] of texts) {
    // A look at the text spares parsing every migration of a large folder.
    if (!/^\s*kind\s*:\s*["']?HostInventory\b/m.test(text)) continue;
    const descriptor = loadDescriptor(uri, text);
    if (descriptor.kind !== 'HostInventory') continue;
    const errors = descriptor.problems.filter((problem) => problem.severity === 'error').length;
    files.push({ uri, text, errors });
    found.push(descriptor);
  }
  return { files, hosts: listedHosts(found) };
}
