/** The mocha suite of the extension host, in the real workbench. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from '../../scripts/build.ts';
import { openPage } from '../vscode-host/browser.ts';
import { installVsCodeHost } from '../vscode-host/install.ts';
import { startWorkbench } from '../vscode-host/workbench.ts';
import { buildSuite } from './build-suite.ts';

const root = join(import.meta.dirname, '..', '..');
/** Milliseconds; the installation of the host may come before. */
const limits = { suite: 5 * 60_000, all: 40 * 60_000 } as const;

test('the suite of the extension host passes', { timeout: limits.all }, async () => {
  const host = await installVsCodeHost({ say: console.log });
  await build();
  const suite = await buildSuite();
  const folder = await mkdtemp(join(tmpdir(), 'live-migrate-suite-folder-'));
  const workbench = await startWorkbench({ host, open: folder, trust: true });
  const lines: string[] = [];
  try {
    const window = await openPage(workbench, {
      extensionDevelopmentPath: root,
      extensionTestsPath: suite,
      onTestOutput: (line) => lines.push(line),
    });
    try {
      const late = new Promise<number>((_, fail) => {
        setTimeout(() => {
          fail(new Error(`the suite did not end:\n${lines.join('\n')}`));
        }, limits.suite).unref();
      });
      const code = await Promise.race([window.testsExit, late]);
      console.log(lines.join('\n'));
      assert.equal(code, 0, lines.join('\n'));
      assert.match(lines.join('\n'), /suite: [1-9]\d* passed, 0 failed/);
    } finally {
      await window.close();
    }
  } finally {
    await workbench.close();
    await rm(folder, { recursive: true, force: true });
  }
});
