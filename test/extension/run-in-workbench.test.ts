/**
 * The mocha suite of the extension host, in the real workbench: each of its tests is reported as one
 * test here.
 *
 * Usage: npm test -- extension, or node --test test/extension/run-in-workbench.test.ts
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from '../../scripts/build.ts';
import { openPage } from '../vscode-host/browser.ts';
import { installVsCodeHost } from '../vscode-host/install.ts';
import type { VsCodeHost } from '../vscode-host/install.ts';
import { startWorkbench } from '../vscode-host/workbench.ts';
import { buildSuite } from './build-suite.ts';
import type { SuiteResult } from './suite/index.ts';

const root = join(import.meta.dirname, '..', '..');
/** Milliseconds; the installation of the host may come before. */
const limits = { suite: 5 * 60_000, all: 40 * 60_000 } as const;

test('in the extension host', { timeout: limits.all }, async (t) => {
  const host = await installVsCodeHost({ say: console.log });
  await build();
  const { exitCode, results, output } = await runSuite(host, await buildSuite());
  for (const { title, state, error } of results) {
    await t.test(title, { skip: state === 'skipped' }, () => {
      if (state === 'failed') throw new Error(error);
    });
  }
  // The suite itself may break before or after its tests.
  const broken = exitCode !== 0 && !results.some((result) => result.state === 'failed');
  assert.ok(!broken && results.length > 0, `exit code ${exitCode}:\n${output}`);
});

interface SuiteRun {
  readonly exitCode: number;
  readonly results: readonly SuiteResult[];
  /** What mocha printed, between what the workbench prints. */
  readonly output: string;
}

/** Runs the bundled suite in a workbench of its own. @throws Error with its output when it does not end */
async function runSuite(host: VsCodeHost, suite: string): Promise<SuiteRun> {
  const folder = await mkdtemp(join(tmpdir(), 'live-migrate-suite-folder-'));
  const resultsFile = join(folder, 'results.json');
  const workbench = await startWorkbench({
    host,
    open: folder,
    trust: true,
    env: { LIVEMIGRATE_SUITE_RESULTS: resultsFile, LIVEMIGRATE_STATE: join(folder, 'state') },
  });
  const lines: string[] = [];
  let limit: NodeJS.Timeout | undefined;
  try {
    const window = await openPage(workbench, {
      extensionDevelopmentPath: root,
      extensionTestsPath: suite,
      onTestOutput: (line) => lines.push(line),
    });
    try {
      const late = new Promise<never>((_, fail) => {
        limit = setTimeout(() => {
          fail(new Error(`the suite did not end:\n${lines.join('\n')}`));
        }, limits.suite);
      });
      const exitCode = await Promise.race([window.testsExit, late]);
      const written = await readFile(resultsFile, 'utf8').catch(() => '[]');
      return {
        exitCode,
        results: JSON.parse(written) as readonly SuiteResult[],
        output: lines.join('\n'),
      };
    } finally {
      clearTimeout(limit);
      await window.close();
    }
  } finally {
    await workbench.close();
    await rm(folder, { recursive: true, force: true });
  }
}
