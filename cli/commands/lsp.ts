import { createRequire } from 'node:module';
import { join } from 'node:path';
import { say } from '../../core/messages.ts';
import { exitCode } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import type { CliCommand } from './command.ts';

/**
 * Starts the language server in this process; it ends when its input ends. It is a bundle of its own beside this one; the
 * command line does not import the server's sources, so that the two stay independent.
 */
export const lsp: CliCommand = {
  name: 'lsp',
  usage: '--stdio',
  summary: say('Start the language server for any editor.'),
  options: { stdio: { type: 'boolean' } },
  run({ values, signal }) {
    if (values['stdio'] !== true)
      throw new UsageError(say('The language server speaks over --stdio.'));
    const server = join(__dirname, 'server.cjs');
    createRequire(server)(server);
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(exitCode.ok);
        // The server's streams would keep the process alive.
        process.exit();
      });
    });
  },
};
