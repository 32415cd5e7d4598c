import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import * as esbuild from 'esbuild';

const root = join(import.meta.dirname, '..', '..');

/** Bundles the suite for the extension host and gives the path of its entry. */
export async function buildSuite(): Promise<string> {
  const suites: string[] = [];
  for await (const file of glob('test/extension/suite/*.ts', { cwd: root })) suites.push(file);
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: suites,
    outdir: 'out/extension-suite',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return join(root, 'out', 'extension-suite', 'index.cjs');
}
