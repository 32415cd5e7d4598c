/** Builds the production bundles and packs the extension. Usage: npm run package [-- FILE.vsix] */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { build } from './build.ts';

const root = join(import.meta.dirname, '..');

/** Packs the extension into the file and gives its path back. */
export async function packExtension(file: string): Promise<string> {
  await build(true);
  const { status, stdout, stderr } = spawnSync(
    join(root, 'node_modules', '.bin', 'vsce'),
    [
      'package',
      '--no-dependencies',
      '--allow-missing-repository',
      '--no-rewrite-relative-links',
      '--out',
      file,
    ],
    { cwd: root, encoding: 'utf8', timeout: 120_000 },
  );
  if (status !== 0) throw new Error(`vsce package failed:\n${stdout}${stderr}`);
  return file;
}

if (import.meta.main) {
  console.log(await packExtension(resolve(process.argv[2] ?? 'live-migrate.vsix')));
}
