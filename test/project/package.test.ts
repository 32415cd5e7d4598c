import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { build } from '../../scripts/build.ts';
import { packExtension } from '../../scripts/package.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

async function packedFiles(): Promise<readonly string[]> {
  const { stdout } = await run(
    join(root, 'node_modules', '.bin', 'vsce'),
    ['ls', '--no-dependencies'],
    {
      cwd: root,
      timeout: 120_000,
    },
  );
  return stdout.split('\n').filter((line) => line !== '');
}

/** Files of a folder that are shipped whole. */
async function all(folder: string, suffix = ''): Promise<readonly string[]> {
  const names = await readdir(join(root, folder));
  return names.filter((name) => name.endsWith(suffix)).map((name) => `${folder}/${name}`);
}

test('the package holds what it needs and nothing else', async () => {
  const expected = [
    'package.json',
    'package.nls.json',
    'package.nls.zh-cn.json',
    'README.md',
    'README.zh-CN.md',
    'CHANGELOG.md',
    'LICENSE',
    'dist/extension.cjs',
    'dist/server.cjs',
    'dist/languageserver.cjs',
    'dist/service.cjs',
    'dist/livemigrate.cjs',
    'dist/cli.cjs',
    ...(await all('dist', '.LEGAL.txt')),
    'l10n/bundle.l10n.zh-cn.json',
    ...(await all('media')),
    ...(await all('schemas', '.schema.json')),
    ...(await all('snippets', '.json')),
    ...(await all('syntaxes', '.json')),
    ...(await all('docs/rules', '.md')),
    ...(await all('grammars')),
  ];
  assert.deepEqual([...(await packedFiles())].sort(), [...expected].sort());
});

test('the extension packs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'live-migrate-package-'));
  try {
    const { size } = await stat(await packExtension(join(folder, 'live-migrate.vsix')));
    assert.ok(size > 100_000);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await build();
  }
});

/**
 * Bytes; a bundle that grows past its budget wants a look at what it took in. All rules and the
 * explanations of failures are in the extension, because a preflight and a run need them there.
 */
const budgets = {
  'extension.cjs': 1_550_000,
  // The parts that a start waits for stay small; two of them hold the loader of kept code.
  'server.cjs': 6_500,
  'languageserver.cjs': 250_000,
  'service.cjs': 700_000,
  'livemigrate.cjs': 4_500,
  'cli.cjs': 1_200_000,
};

test('the bundles stay within their size', async () => {
  await build(true);
  try {
    for (const [file, budget] of Object.entries(budgets)) {
      const { size } = await stat(join(root, 'dist', file));
      assert.ok(
        size <= budget,
        `${file} has ${String(size)} bytes, its budget is ${String(budget)}`,
      );
    }
  } finally {
    await build();
  }
});

test('no file names a place or a way of working that is not the product’s own', async () => {
  const { stdout } = await run('git', ['ls-files', '-z'], {
    cwd: root,
    maxBuffer: 32 * 1024 * 1024,
  });
  // Put together here so that this file does not contain what it looks for.
  const words = [
    ['/wo', 'rk/'],
    ['registry.', 'npmjs'],
    ['deb.', 'debian.org'],
    ['../', 'shared/'],
  ].map((parts) => parts.join(''));
  const found: string[] = [];
  for (const path of stdout.split('\0').filter((each) => each !== '')) {
    const text = await readFile(join(root, path), 'utf8').catch(() => '');
    for (const word of words) if (text.includes(word)) found.push(`${path}: ${word}`);
  }
  assert.deepEqual(found, []);
});
