/** Where a path leads, told with few programs for many paths: as readlink and stat tell it of each. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseSections } from '../../../core/virsh/parse/sections.ts';
import type { Section } from '../../../core/virsh/parse/sections.ts';
import { detailScript } from '../../../hosts/collect/scripts.ts';

const folder = mkdtempSync(join(tmpdir(), 'livemigrate-places-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

function sectionsOf(shell: string, paths: readonly string[], path?: string): readonly Section[] {
  const pairs = paths.flatMap((each) => ['stat', each]);
  const { stdout, stderr } = spawnSync(shell, ['-s', 'mark', 'w', ...pairs], {
    encoding: 'utf8',
    input: detailScript,
    timeout: 60_000,
    env: { ...process.env, ...(path === undefined ? {} : { PATH: path }) },
  });
  const sections = parseSections(stdout);
  assert.ok(sections !== undefined, stderr);
  return sections;
}

const said = (sections: readonly Section[], name: string): readonly string[] =>
  sections.filter((section) => section.name === name).map(({ out }) => out);

function asked(program: string, ...args: readonly string[]): string {
  const { stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return stdout.replace(/\n$/, '');
}

for (const shell of ['dash', 'bash'])
  test(`${shell}: each path has its own place, whatever was asked before it`, () => {
    const home = mkdtempSync(join(folder, 'home-'));
    for (const name of ['a', 'a/deep', 'b']) mkdirSync(join(home, name));
    for (const name of [
      'a/one',
      'a/two',
      'a/deep/three',
      'b/four',
      'b/*',
      'b/line\nbreak',
      'b/end\n',
    ])
      writeFileSync(join(home, name), name);
    symlinkSync('a', join(home, 'way'));
    symlinkSync('../b/four', join(home, 'a/link'));
    symlinkSync('/proc/version', join(home, 'a/far'));
    const paths = [
      ...[
        'a/one',
        'a/two',
        'a/link',
        'a/one',
        'a/far',
        'a/two',
        'way/one',
        'way/two',
        'a/deep/three',
      ],
      ...['a/deep/../one', 'a/deep/..', 'a/./two', 'a/.', 'a/', 'a//one', 'b/four', 'b/*'],
      ...['b/line\nbreak', 'b/four', 'b/end\n', 'b/four', 'a/one'],
    ]
      .map((name) => `${home}/${name}`)
      .concat(['/proc/version', '/proc', '/', '/etc', `${home}/a/one`]);
    const sections = sectionsOf(shell, paths);
    const of = (program: string, ...args: readonly string[]): readonly string[] =>
      paths.map((path) => asked(program, ...args, '--', path));
    assert.deepEqual(said(sections, 'real'), of('readlink', '-f'));
    assert.deepEqual(said(sections, 'device-of'), of('stat', '-L', '-c', '%d'));
    const systems = of('stat', '-L', '-f', '-c', '%i %S');
    assert.deepEqual(
      said(sections, 'statfs').map((text) => text.replace(/ \d+ /, ' ')),
      systems,
    );
  });

test('a host whose programs complain beside their answers is understood nevertheless', () => {
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const name of ['stat', 'readlink'])
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\necho "ERROR: ld.so: object '/none' cannot be preloaded: ignored." >&2\nexec /usr/bin/${name} "$@"\n`,
      { mode: 0o755 },
    );
  const file = join(bin, 'stat');
  const paths = [file, join(bin, 'none'), file];
  const sections = sectionsOf('dash', paths, `${bin}:${process.env['PATH'] ?? ''}`);
  const device = asked('/usr/bin/stat', '-L', '-c', '%d', bin);
  assert.deepEqual(said(sections, 'device-of'), [device, device, device]);
  assert.equal(said(sections, 'stat')[0], said(sections, 'stat')[2]);
  assert.match(said(sections, 'stat')[0] ?? '', /^[0-9a-f]+ \d+ \d+ [\d.]+ \d+ \d+ \d+ /);
  const missing = sections.filter(({ name }) => name === 'stat')[1];
  assert.notEqual(missing?.code, 0);
  assert.match(missing?.err ?? '', /No such file/);
});
