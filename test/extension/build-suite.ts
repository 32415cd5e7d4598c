import { glob, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as esbuild from 'esbuild';

const root = join(import.meta.dirname, '..', '..');

/** Bundles the suite for the extension host and gives the path of its entry. */
export async function buildSuite(): Promise<string> {
  const outdir = join(root, 'out', 'extension-suite');
  // The suite runs every file there, also that of a source which is gone.
  await rm(outdir, { recursive: true, force: true });
  const suites: string[] = [];
  for await (const file of glob('test/extension/suite/*.ts', { cwd: root })) suites.push(file);
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: suites,
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return join(outdir, 'index.cjs');
}
