#!/usr/bin/env node
/**
 * The program `livemigrate`. It is small: the language server is a bundle of its own and need not
 * wait for the command line to load.
 */
import module from 'node:module';

const words = process.argv.slice(2);
if (words.length === 2 && words[0] === 'lsp' && words[1] === '--stdio')
  module.createRequire(__filename)('./server.cjs');
else
  void import('./command-line.ts').then(({ runCommandLine }) => {
    runCommandLine(words);
  });
