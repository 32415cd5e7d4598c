import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { userGrammarFolder } from '../core/grammar/library.ts';
import { packageFolder } from './package-folder.ts';

/** Where the server finds what is not in its documents. */
export interface ServiceOptions {
  /** URI of the folder that holds `docs/rules`, with a slash at its end. */
  readonly documentationBase: string | undefined;
  /** Folders with compiled grammars, the best first. */
  readonly grammarFolders: readonly string[];
}

/** The options of a server that is a process of its own. */
export function processOptions(): ServiceOptions {
  const folder = packageFolder();
  return {
    documentationBase: folder === undefined ? undefined : `${pathToFileURL(folder).href}/`,
    grammarFolders: [
      userGrammarFolder(process.env, homedir()),
      ...(folder === undefined ? [] : [join(folder, 'grammars')]),
    ],
  };
}
