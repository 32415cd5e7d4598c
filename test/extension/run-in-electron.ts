/**
 * The same suite in a desktop VS Code: downloads one, or takes VSCODE_EXECUTABLE_PATH. It is not part
 * of `npm test`, which must also run where VS Code cannot be downloaded.
 *
 * Usage: node test/extension/run-in-electron.ts
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from '../../scripts/build.ts';
import { buildSuite } from './build-suite.ts';

const workspace = await mkdtemp(join(tmpdir(), 'live-migrate-electron-'));
const executable = process.env['VSCODE_EXECUTABLE_PATH'];
try {
  await build();
  process.exitCode = await runTests({
    extensionDevelopmentPath: join(import.meta.dirname, '..', '..'),
    extensionTestsPath: await buildSuite(),
    launchArgs: [workspace, '--disable-extensions', '--disable-workspace-trust'],
    ...(executable === undefined ? {} : { vscodeExecutablePath: executable }),
  });
} finally {
  await rm(workspace, { recursive: true, force: true });
}
