import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { outdatedFiles } from '../../scripts/gen.ts';

const root = join(import.meta.dirname, '..', '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

/** Runs a tool of the project; fails with what it printed. */
function runs(command: string, ...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(bin(command), args, { cwd: root, timeout: 300_000 });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${String(code)}:\n${printed.slice(-8000)}`));
    });
  });
}

test('the sources type-check', () => runs('tsc', '-b'));
test('the sources keep the lint rules', () => runs('eslint', '.', '--max-warnings=0'));
test('the files are formatted', () => runs('prettier', '--check', '--log-level=warn', '.'));
test('no part of the house imports against its directions', () =>
  runs(
    'depcruise',
    '--config',
    '.dependency-cruiser.cjs',
    'core',
    'hosts',
    'server',
    'client',
    'cli',
  ));
test('nothing is exported, installed or kept that nobody uses', () => runs('knip'));
test('what is generated is what the sources generate', async () => {
  assert.deepEqual(await outdatedFiles(), []);
});
