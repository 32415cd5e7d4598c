/**
 * The language server as a process of its own: `node dist/server.cjs --stdio`, or `--node-ipc` as
 * VS Code starts it.
 */
import { Console } from 'node:console';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ProposedFeatures, createConnection } from 'vscode-languageserver/node';
import { startServer } from './server.ts';
import { wholeMessages } from './whole-messages.ts';

const cache = process.env['XDG_CACHE_HOME'] ?? '';
// What Node compiles of the protocol's library is kept for the next start, in the user's own folder,
// because it is run. Node 20 has no such cache.
if ('enableCompileCache' in module)
  module.enableCompileCache(
    join(cache === '' ? join(homedir(), '.cache') : cache, 'live-migrate', 'code'),
  );
if (process.argv.includes('--stdio')) {
  // What is printed by mistake must not get between the messages.
  globalThis.console = new Console(process.stderr);
  const output = wholeMessages(process.stdout);
  startServer((options) => createConnection(ProposedFeatures.all, process.stdin, output, options));
} else startServer((options) => createConnection(ProposedFeatures.all, options));
