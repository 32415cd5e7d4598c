#!/usr/bin/env node
/**
 * The program `livemigrate`. It is small: the language server is a bundle of its own and need not
 * wait for the command line to load, and what Node compiles is kept for the next start.
 */
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const words = process.argv.slice(2);
const cache = process.env['XDG_CACHE_HOME'] ?? '';
// In the user's own folder: what is found there is run. Node 20 has no such cache.
if ('enableCompileCache' in module)
  module.enableCompileCache(
    join(cache === '' ? join(homedir(), '.cache') : cache, 'live-migrate', 'code'),
  );
if (words.length === 2 && words[0] === 'lsp' && words[1] === '--stdio')
  module.createRequire(__filename)('./server.cjs');
else
  void import('./command-line.ts').then(({ runCommandLine }) => {
    runCommandLine(words);
  });
