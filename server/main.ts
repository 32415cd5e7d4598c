/**
 * The language server as a process of its own: `node dist/server.cjs --stdio`, or `--node-ipc` as
 * VS Code starts it.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ProposedFeatures, createConnection } from 'vscode-languageserver/node';
import { userGrammarFolder } from '../core/grammar/library.ts';
import { packageFolder } from './package-folder.ts';
import { startServer } from './server.ts';

const folder = packageFolder();
startServer(createConnection(ProposedFeatures.all), {
  documentationBase: folder === undefined ? undefined : `${pathToFileURL(folder).href}/`,
  grammarFolders: [
    userGrammarFolder(process.env, homedir()),
    ...(folder === undefined ? [] : [join(folder, 'grammars')]),
  ],
});
