import { glob, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Mocha from 'mocha';

/** How one test ended; the launcher in the workbench reads these. */
export interface SuiteResult {
  /** Titles of its suites and its own. */
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** Stack of what it threw. */
  readonly error?: string;
}

/**
 * What VS Code loads as `extensionTestsPath`, in the workbench on this machine and under
 * `@vscode/test-electron` alike. Writes its results to the file that LIVEMIGRATE_SUITE_RESULTS names,
 * if any. Rejects when a test fails, or when there is none.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'spec', color: false });
  for await (const file of glob('*.suite.cjs', { cwd: __dirname }))
    mocha.addFile(join(__dirname, file));
  const results: SuiteResult[] = [];
  await new Promise<void>((done) => {
    const runner = mocha.run(() => {
      done();
    });
    runner.on('pass', (test) => results.push({ title: test.fullTitle(), state: 'passed' }));
    runner.on('pending', (test) => results.push({ title: test.fullTitle(), state: 'skipped' }));
    // Also a hook that fails comes here, under its own title.
    runner.on('fail', (test, error: Error) =>
      results.push({
        title: test.fullTitle(),
        state: 'failed',
        error: error.stack ?? error.message,
      }),
    );
  });
  const file = process.env['LIVEMIGRATE_SUITE_RESULTS'];
  if (file !== undefined) await writeFile(file, JSON.stringify(results));
  const failed = results.filter((result) => result.state === 'failed');
  if (failed.length > 0) throw new Error(`${String(failed.length)} tests failed`);
  if (!results.some((result) => result.state === 'passed')) throw new Error('no test ran');
}
