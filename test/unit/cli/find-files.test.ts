import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findFiles } from '../../../cli/check/find-files.ts';
import { globExpression } from '../../../cli/check/glob.ts';
import { UsageError } from '../../../cli/usage-error.ts';
import { inFolder } from './run-check.ts';

const names = {
  'a.migration.yaml': '',
  'b.migration.yml': '',
  'c.domain.xml': '',
  'guest.xml': `<?xml version='1.0'?>\n<!-- a guest -->\n<domain id='1' type='kvm'/>`,
  'glassfish.xml': '<domain log-root="x"/>',
  'pom.xml': '<project/>',
  'notes.txt': '',
  'deep/er/d.migration.yaml': '',
  'node_modules/x/e.migration.yaml': '',
  '.hidden/f.migration.yaml': '',
};

function found(folder: string, words: readonly string[], exclude: readonly string[] = []) {
  return findFiles(words, exclude, folder).files.map((file) => file.slice(folder.length + 1));
}

describe('what check looks at', () => {
  it('is in a folder every migration file, domain XML by name, and XML with libvirt’s root', () =>
    inFolder(names, async (folder) => {
      const all = [
        'a.migration.yaml',
        'b.migration.yml',
        'c.domain.xml',
        'deep/er/d.migration.yaml',
        'guest.xml',
      ];
      assert.deepEqual(found(folder, []), all);
      assert.deepEqual(found(folder, ['.']), all);
      assert.deepEqual(found(folder, ['deep', 'a.migration.yaml', 'deep/er']), [
        'deep/er/d.migration.yaml',
        'a.migration.yaml',
      ]);
      await Promise.resolve();
    }));

  it('is with a name or a glob every XML whose root is domain', () =>
    inFolder(names, async (folder) => {
      assert.deepEqual(found(folder, ['glassfish.xml']), ['glassfish.xml']);
      assert.deepEqual(found(folder, ['*.xml']), ['c.domain.xml', 'glassfish.xml', 'guest.xml']);
      assert.deepEqual(found(folder, ['**/*.yaml']), [
        'a.migration.yaml',
        'deep/er/d.migration.yaml',
      ]);
      assert.deepEqual(found(folder, ['{a,b}.migration.y*ml', 'deep/**']), [
        'a.migration.yaml',
        'b.migration.yml',
        'deep/er/d.migration.yaml',
      ]);
      assert.deepEqual(found(folder, [`${folder}/deep/*/[a-d].migration.yaml`]), [
        'deep/er/d.migration.yaml',
      ]);
      await Promise.resolve();
    }));

  it('leaves out what --exclude matches: a path, a folder, a name', () =>
    inFolder(names, async (folder) => {
      const left = ['a.migration.yaml', 'c.domain.xml'];
      assert.deepEqual(found(folder, ['.'], ['deep', '*.yml', 'guest.xml']), left);
      assert.deepEqual(found(folder, ['.'], ['deep/**', '{b,guest}.*']), left);
      assert.deepEqual(found(folder, ['guest.xml', 'a.migration.yaml'], ['guest.xml']), [
        'a.migration.yaml',
      ]);
      await Promise.resolve();
    }));

  it('ends where symbolic links lead in a circle, and each real folder counts once', () =>
    inFolder(names, async (folder) => {
      symlinkSync(folder, join(folder, 'deep', 'again'));
      symlinkSync(join(folder, 'nowhere'), join(folder, 'lost.migration.yaml'));
      assert.equal(found(folder, ['.']).length, 5);
      await Promise.resolve();
    }));

  it('is never nothing in silence: a word that names nothing is an error', () =>
    inFolder(names, async (folder) => {
      for (const word of ['missing', '*.json', 'no/**/*.xml', 'x.migration.yaml']) {
        assert.throws(() => findFiles([word], [], folder), UsageError, word);
      }
      assert.deepEqual(findFiles(['pom.xml', 'notes.txt'], [], folder).foreign, [
        join(folder, 'pom.xml'),
        join(folder, 'notes.txt'),
      ]);
      await Promise.resolve();
    }));

  it('names what it could not read: a link to itself, what is no file, folders without end', () =>
    inFolder(names, async (folder) => {
      let deep = join(folder, 'deep');
      for (let depth = 0; depth < 80; depth++) deep = join(deep, 'd');
      mkdirSync(deep, { recursive: true });
      symlinkSync('loop.migration.yaml', join(folder, 'loop.migration.yaml'));
      const { files, unreadable } = findFiles(
        ['.', 'loop.migration.yaml', '/dev/null'],
        [],
        folder,
      );
      assert.equal(files.length, 5);
      assert.equal(unreadable.length, 4);
      assert.ok(unreadable[0]?.endsWith('/d/d/d'), unreadable[0]);
      assert.deepEqual(unreadable.slice(2), [join(folder, 'loop.migration.yaml'), '/dev/null']);
      await Promise.resolve();
    }));
});

describe('a glob', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['*.yaml', 'a.yaml', true],
    ['*.yaml', 'x/a.yaml', false],
    ['**/*.yaml', 'a.yaml', true],
    ['**/*.yaml', 'x/y/a.yaml', true],
    ['x/**', 'x/y/z', true],
    ['x/**', 'xy', false],
    ['?.yaml', 'ab.yaml', false],
    ['[!a].yaml', 'b.yaml', true],
    ['[!a].yaml', 'a.yaml', false],
    ['[a-c]?', 'bz', true],
    ['{a,b{1,2}}.x', 'b2.x', true],
    ['{a,b}.x', 'c.x', false],
    ['a.b', 'axb', false],
    ['a+(b)', 'a+(b)', true],
    ['[', '[', true],
    ['{a', '{a', true],
    ['[\\]x', '\\x', true],
    ['./a', 'a', true],
  ];
  for (const [glob, path, matches] of cases) {
    it(`${glob} ${matches ? 'matches' : 'does not match'} ${path}`, () => {
      assert.equal(globExpression(glob).test(path), matches);
    });
  }
});
