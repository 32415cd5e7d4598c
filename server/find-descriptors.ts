import { promises } from 'node:fs';
import { join } from 'node:path';
import { isDescriptorName, isDomainXmlName } from '../core/service/document-kind.ts';

/** Descriptors and domain XML of a workspace that are looked at without being opened. */
export const descriptorLimit = 2000;
/** Folders that are looked through, and how deep. */
const folderLimit = 20_000;
const depthLimit = 32;
/** Folders that hold what others wrote, however many files they have. */
const skipped: ReadonlySet<string> = new Set(['node_modules', '.git', '.hg', '.svn']);

export interface FoundDescriptors {
  readonly paths: readonly string[];
  /** There are more than one of the limits allows. */
  readonly cut: boolean;
}

/**
 * Descriptors and domain XML below folders, nearest first. What `.gitignore` says plays no part: an ignored
 * migration runs like any other. Links to folders are not followed, since they can lead in a circle;
 * a folder that cannot be listed holds nothing. Ends early when `isOver`.
 */
export async function findDescriptors(
  folders: readonly string[],
  isOver: () => boolean,
): Promise<FoundDescriptors> {
  const paths = new Set<string>();
  const waiting = folders.map((folder) => ({ folder, depth: 0 }));
  for (let looked = 0; looked < waiting.length && !isOver(); looked++) {
    const next = waiting[looked];
    if (next === undefined) break;
    const entries = await promises.readdir(next.folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(next.folder, entry.name);
      if (entry.isDirectory()) {
        if (skipped.has(entry.name)) continue;
        if (waiting.length >= folderLimit || next.depth >= depthLimit) {
          return { paths: [...paths], cut: true };
        }
        waiting.push({ folder: path, depth: next.depth + 1 });
      } else if (isDescriptorName(entry.name) || isDomainXmlName(entry.name)) {
        if (paths.size >= descriptorLimit) return { paths: [...paths], cut: true };
        paths.add(path);
      }
    }
  }
  return { paths: [...paths], cut: false };
}
