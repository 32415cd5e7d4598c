/**
 * The language server as a process of its own: `node dist/server.cjs --stdio`, or `--node-ipc` as
 * VS Code starts it.
 */
import { ProposedFeatures, createConnection } from 'vscode-languageserver/node';
import { startServer } from './server.ts';

startServer((options) => createConnection(ProposedFeatures.all, options));
