/** Builds the production bundles and packs the extension: `live-migrate.vsix`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from './build.ts';

const root = join(import.meta.dirname, '..');
await build(true);
const { status } = spawnSync(
  join(root, 'node_modules', '.bin', 'vsce'),
  ['package', '--no-dependencies', '--out', 'live-migrate.vsix'],
  { cwd: root, stdio: 'inherit' },
);
process.exit(status ?? 1);
