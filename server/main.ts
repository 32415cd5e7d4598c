/**
 * The language server as a process of its own: `node dist/server.cjs --stdio`, or `--node-ipc` as
 * VS Code starts it.
 */
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ProposedFeatures, createConnection } from 'vscode-languageserver/node';
import { userGrammarFolder } from '../core/grammar/library.ts';
import { startServer } from './server.ts';

/** The package's folder: the program lies one folder below it, as bundle and as source. */
function packageFolder(): string | undefined {
  try {
    const program = process.argv[1];
    return program === undefined ? undefined : join(dirname(realpathSync(program)), '..');
  } catch {
    return undefined;
  }
}

const folder = packageFolder();
startServer(createConnection(ProposedFeatures.all), {
  documentationBase: folder === undefined ? undefined : `${pathToFileURL(folder).href}/`,
  grammarFolders: [
    userGrammarFolder(process.env, homedir()),
    ...(folder === undefined ? [] : [join(folder, 'grammars')]),
  ],
});
