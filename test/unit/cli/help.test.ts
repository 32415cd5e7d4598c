import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { allCommands } from '../../../cli/commands/all.ts';
import { optionHelp } from '../../../cli/option-help.ts';

const program = join(import.meta.dirname, '..', '..', '..', 'dist', 'livemigrate.cjs');

test('every option of every command says what it means, and what stands behind it', async () => {
  for (const { name, options } of await allCommands())
    for (const [option, { type }] of Object.entries(options)) {
      const help = optionHelp(name, option);
      assert.ok(help, `${name} --${option}`);
      assert.equal(help.value !== undefined, type === 'string', `${name} --${option}`);
    }
});

test('a command’s help shows its options in the language that was asked for', () => {
  const shown = (...words: string[]) =>
    spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', timeout: 30_000 }).stdout;
  assert.match(shown('run', '--help'), /^ {2}-y, --yes +Do not ask; for pipelines\.$/m);
  assert.match(shown('check', '-h', '--lang', 'zh-cn'), /--rule ID=LEVEL … +规则的级别/);
});
