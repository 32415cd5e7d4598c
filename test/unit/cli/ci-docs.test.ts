/** What the documentation tells to run is run; it needs the bundle in dist. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import manifest from '../../../package.json' with { type: 'json' };
import { files, inFolder, migration, runCheck } from './run-check.ts';

const root = join(import.meta.dirname, '../../..');

/** Shell lines of every YAML example that call the program. */
function shellLines(page: string): readonly string[] {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  const blocks = [...text.matchAll(/^```yaml\n([^]*?)^```/gm)].map(([, block]) => block ?? '');
  return blocks
    .flatMap((block) => linesIn(parse(block)))
    .filter((line) => line.includes('livemigrate.cjs'));
}

function linesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): readonly string[] => {
    if (key === 'run' && typeof inner === 'string') return [inner];
    if (key === 'script' && Array.isArray(inner)) return inner.map(String);
    return linesIn(inner);
  });
}

function sh(line: string, folder: string, path = '') {
  return spawnSync('/bin/sh', ['-e', '-c', line], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, PATH: `${path}${delimiter}${process.env['PATH'] ?? ''}` },
  });
}

const clean = {
  ...files,
  'web.migration.yaml': migration.replace('action: copy', 'action: shared'),
};

for (const page of ['ci.md', 'ci.zh-cn.md']) {
  describe(`docs/${page}`, () => {
    it('has examples whose commands pass a clean repository and fail one with an error', () =>
      inFolder(clean, async (folder) => {
        assert.ok(existsSync(join(root, 'dist/livemigrate.cjs')), 'run “npm run build” first');
        symlinkSync(root, join(folder, 'live-migrate'));
        const lines = shellLines(page);
        assert.equal(lines.length, 4);
        for (const line of lines) {
          const result = sh(line, folder);
          assert.equal(result.status, 0, `${line}\n${result.stdout}${result.stderr}`);
        }
        JSON.parse(readFileSync(join(folder, 'livemigrate.sarif'), 'utf8'));
        JSON.parse(readFileSync(join(folder, 'gl-code-quality-report.json'), 'utf8'));
        await inFolder(files, async (broken) => {
          symlinkSync(root, join(broken, 'live-migrate'));
          for (const line of lines.slice(0, 2)) assert.equal(sh(line, broken).status, 1, line);
          // The baseline is written, and then holds what is there.
          for (const line of lines.slice(2)) assert.equal(sh(line, broken).status, 0, line);
          await Promise.resolve();
        });
      }));
  });
}

describe('the pre-commit hooks', () => {
  const hooks = parse(readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8')) as {
    id: string;
    entry: string;
    files: string;
  }[];
  it('check, and mend, the files that they name', () =>
    inFolder({ ...files, 'notes.md': '' }, async (folder) => {
      const bin = join(folder, 'bin');
      mkdirSync(bin);
      symlinkSync(join(root, 'dist/livemigrate.cjs'), join(bin, 'livemigrate'));
      for (const { id, entry, files: pattern } of hooks) {
        const names = [...Object.keys(files), 'notes.md'].filter((name) =>
          new RegExp(pattern).test(name),
        );
        assert.deepEqual(names, Object.keys(files));
        const result = sh(`${entry} ${names.join(' ')}`, folder, bin);
        assert.equal(
          result.status,
          id === 'livemigrate-fix' ? 0 : 1,
          result.stdout + result.stderr,
        );
      }
      await Promise.resolve();
    }));
});

describe('the problem matcher $livemigrate', () => {
  it('reads the file, the place, the severity, the message and the rule from a line of check', () =>
    inFolder(files, async (folder) => {
      const [matcher] = manifest.contributes.problemMatchers;
      assert.equal(matcher?.name, 'livemigrate');
      const { pattern } = matcher;
      const { out } = await runCheck(folder);
      const matches = out
        .split('\n')
        .flatMap((line) => new RegExp(pattern.regexp).exec(line) ?? []);
      assert.deepEqual(matches.slice(pattern.file, pattern.file + 4), [
        'web.migration.yaml',
        '10',
        '15',
        'error',
      ]);
      assert.match(matches[pattern.message] ?? '', /^Disk vdb is shared/);
      assert.equal(matches[pattern.code], 'shareable-disk-copied');
    }));
});
