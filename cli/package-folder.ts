import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { userGrammarFolder } from '../core/grammar/library.ts';

/** Folders with compiled grammars: of the hosts that this user asked, and those of the package. */
export function grammarFolders(): readonly string[] {
  return [userGrammarFolder(process.env, homedir()), join(packageFolder(), 'grammars')];
}

/**
 * Folder of the package, which holds its data: the first one above the program that does. The
 * program runs as a bundle in `dist`, from its sources, or within a test.
 */
export function packageFolder(): string {
  const start = typeof __dirname === 'string' ? __dirname : dirname(program());
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'grammars')) && existsSync(join(folder, 'package.json')))
      return folder;
    if (dirname(folder) === folder) return join(start, '..');
  }
}

function program(): string {
  const named = process.argv[1] ?? '.';
  try {
    return realpathSync(named);
  } catch {
    return named;
  }
}
