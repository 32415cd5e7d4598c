import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Folder of the package, which holds its data and pages: the first one above the running program
 * that does; the program runs as a bundle in `dist`, from its sources, or within a test. Undefined
 * where there is none.
 */
export function packageFolder(): string | undefined {
  try {
    const program = process.argv[1];
    if (program === undefined) return undefined;
    for (let folder = dirname(realpathSync(program)); ; folder = dirname(folder)) {
      if (existsSync(join(folder, 'l10n')) && existsSync(join(folder, 'package.json'))) {
        return folder;
      }
      if (dirname(folder) === folder) return undefined;
    }
  } catch {
    return undefined;
  }
}
