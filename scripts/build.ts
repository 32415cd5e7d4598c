/**
 * Bundles the three programs of the package: the extension, the language server and the command
 * line. CommonJS for Node 20, the oldest Node that the supported VS Code versions bring.
 *
 * Usage: node scripts/build.ts [--production] [--watch]
 */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';

const root = join(import.meta.dirname, '..');

function options(production: boolean): esbuild.BuildOptions {
  return {
    absWorkingDir: root,
    entryPoints: {
      extension: 'client/extension.ts',
      server: 'server/main.ts',
      livemigrate: 'cli/main.ts',
    },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // ssh2 loads its native accelerators only when they are there; the bundle runs without them.
    external: ['vscode', 'cpu-features', '*.node'],
    mainFields: ['module', 'main'],
    minify: production,
    sourcemap: production ? false : 'linked',
    legalComments: 'linked',
    logLevel: 'warning',
    banner: { js: '"use strict";' },
    // `import.meta` is empty in CommonJS; nothing that is bundled may read it.
    logOverride: { 'empty-import-meta': 'error' },
  };
}

/** Builds `dist/`. Throws when a source does not bundle. */
export async function build(production = false): Promise<void> {
  await esbuild.build(options(production));
  await chmod(join(root, 'dist', 'livemigrate.cjs'), 0o755);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { production: { type: 'boolean' }, watch: { type: 'boolean' } },
  });
  if (values.watch === true) {
    const context = await esbuild.context(options(false));
    await context.watch();
  } else {
    await build(values.production);
  }
}
