import { homedir } from 'node:os';
import { join } from 'node:path';
import { userGrammarFolder } from '../core/grammar/library.ts';

/** Folders with compiled grammars: of the hosts that this user asked, and those of the package. */
export function grammarFolders(): readonly string[] {
  return [userGrammarFolder(process.env, homedir()), join(__dirname, '..', 'grammars')];
}
