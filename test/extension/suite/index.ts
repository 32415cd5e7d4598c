import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import Mocha from 'mocha';

/**
 * What VS Code loads as `extensionTestsPath`, in the workbench on this machine and under
 * `@vscode/test-electron` alike. Rejects when a test fails.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'spec', color: false });
  for await (const file of glob('*.suite.cjs', { cwd: __dirname }))
    mocha.addFile(join(__dirname, file));
  await new Promise<void>((passed, failed) => {
    const runner = mocha.run((failures) => {
      const { passes = 0 } = runner.stats ?? {};
      // The launcher counts by this line.
      console.log(`suite: ${String(passes)} passed, ${String(failures)} failed`);
      if (failures === 0 && passes > 0) passed();
      else failed(new Error(`${String(failures)} tests failed`));
    });
  });
}
