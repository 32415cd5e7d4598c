/**
 * Bundles the programs of the package: the extension, the language server and the command line.
 * CommonJS for Node 20, the oldest Node that the supported VS Code versions bring.
 *
 * Usage: node scripts/build.ts [--production] [--watch]
 */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';

const root = join(import.meta.dirname, '..');

/** What all bundles have in common. */
function common(production: boolean): esbuild.BuildOptions {
  return {
    absWorkingDir: root,
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // A later part of a program is loaded by `require`, which needs no second module loader.
    supported: { 'dynamic-import': false },
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
    plugins: [yamlWhenNeeded],
  };
}

/**
 * The YAML library is made ready when it is first called: a plainly written descriptor is read
 * without it, and it is half of what loading the engine takes. A name that is missing here does
 * not bundle.
 */
const yamlWhenNeeded: esbuild.Plugin = {
  name: 'yaml when it is needed',
  setup(bundler) {
    const namespace = 'when-needed';
    bundler.onResolve({ filter: /^yaml$/ }, ({ importer, path }) =>
      importer === 'yaml' ? undefined : { path, namespace },
    );
    bundler.onLoad({ filter: /^yaml$/, namespace }, () => ({
      resolveDir: root,
      contents: `
        const yaml = () => require('yaml');
        ${['parseDocument', 'isAlias', 'isMap', 'isPair', 'isScalar', 'isSeq']
          .map((name) => `export const ${name} = (...given) => yaml().${name}(...given);`)
          .join('\n')}
        export function Lexer() { return new (yaml().Lexer)(); }`,
    }));
  },
};

/**
 * What of Node the protocol's library loads at once and a server over stdio or node-ipc never calls:
 * names of pipes are made with the one, other servers started with the other.
 */
const nodeWhenCalled: esbuild.Plugin = {
  name: 'parts of Node when they are called',
  setup(bundler) {
    const namespace = 'when-called';
    bundler.onResolve({ filter: /^(?:crypto|child_process)$/ }, ({ path }) => ({
      path,
      namespace,
    }));
    bundler.onLoad({ filter: /^/, namespace }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => require('node:${path}')[name] });`,
    }));
  },
};

/** Modules that are bundles of their own, by the bundles that need them. */
function loadedFrom(bundles: Readonly<Record<string, string>>): esbuild.Plugin {
  return {
    name: 'bundles beside this one',
    setup(bundler) {
      for (const [module, bundle] of Object.entries(bundles)) {
        bundler.onResolve({ filter: exactly(module) }, ({ kind }) =>
          kind === 'entry-point' ? undefined : { path: bundle, external: true },
        );
      }
    },
  };
}

/**
 * A module that is a bundle of its own, whose compiled code is kept: see `server/load-bundle.ts`.
 * @param use JavaScript that tells what the program is called for
 */
function keptFrom(module: string, bundle: string, use: string): esbuild.Plugin {
  return {
    name: 'a bundle whose code is kept',
    setup(bundler) {
      const namespace = 'kept';
      bundler.onResolve({ filter: exactly(module) }, ({ kind }) =>
        kind === 'entry-point' ? undefined : { path: bundle, namespace },
      );
      bundler.onLoad({ filter: /^/, namespace }, () => ({
        resolveDir: root,
        contents: `
          const { loadBundle } = require('./server/load-bundle.ts');
          const { join } = require('node:path');
          module.exports = loadBundle(join(__dirname, '${bundle}'), ${use});`,
      }));
    },
  };
}

function exactly(module: string): RegExp {
  return new RegExp(`^${module.replaceAll(/[./]/g, '\\$&')}$`);
}

function options(production: boolean): readonly esbuild.BuildOptions[] {
  const protocol = { 'vscode-languageserver/node': './languageserver.cjs' };
  return [
    { ...common(production), entryPoints: { extension: 'client/extension.ts' } },
    {
      ...common(production),
      entryPoints: { livemigrate: 'cli/main.ts' },
      plugins: [keptFrom('./command-line.ts', 'cli.cjs', "process.argv[2] ?? ''")],
    },
    { ...common(production), entryPoints: { cli: 'cli/command-line.ts' } },
    // The server answers the editor's greeting before its engine is loaded; both need the protocol.
    {
      ...common(production),
      entryPoints: { languageserver: 'vscode-languageserver/node' },
      plugins: [nodeWhenCalled],
    },
    {
      ...common(production),
      entryPoints: { server: 'server/main.ts' },
      plugins: [loadedFrom(protocol), keptFrom('./session.ts', 'service.cjs', 'undefined')],
    },
    {
      ...common(production),
      entryPoints: { service: 'server/session.ts' },
      plugins: [yamlWhenNeeded, loadedFrom(protocol)],
    },
  ];
}

/** Builds `dist/`. Throws when a source does not bundle. */
export async function build(production = false): Promise<void> {
  await Promise.all(options(production).map((each) => esbuild.build(each)));
  await chmod(join(root, 'dist', 'livemigrate.cjs'), 0o755);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { production: { type: 'boolean' }, watch: { type: 'boolean' } },
  });
  if (values.watch === true) {
    for (const each of options(false)) await (await esbuild.context(each)).watch();
  } else {
    await build(values.production);
  }
}
