import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';

const loader = pathToFileURL(join(import.meta.dirname, '../../../server/load-bundle.ts')).href;
/** Milliseconds; a process that takes longer hangs. */
const limit = 60_000;

let folder: string;
let bundle: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'livemigrate-code-'));
  bundle = join(folder, 'program.cjs');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A program whose functions are compiled when they are called. */
function answering(answer: string): string {
  return `"use strict";\nexports.answer = () => "${answer}";\nexports.fail = () => { throw new Error('oh'); };\n`;
}

interface Run {
  readonly use?: string;
  readonly cache?: string;
  /** JavaScript; `program` is what the bundle exports. */
  readonly then?: string;
}

/** Loads the bundle in a process of its own. */
function run({ use = 'check', cache = folder, then = 'console.log(program.answer())' }: Run = {}) {
  const script = `import { loadBundle } from '${loader}';
    const program = loadBundle(${JSON.stringify(bundle)}, ${JSON.stringify(use)});
    ${then};`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
    { encoding: 'utf8', timeout: limit, env: { ...process.env, XDG_CACHE_HOME: cache } },
  );
  return { status, out: stdout.trim(), stderr };
}

const codeFolder = (): string => join(folder, 'live-migrate', 'code');
const kept = (): readonly string[] =>
  readdirSync(codeFolder()).map((name) => join(codeFolder(), name));

test('the code of a run is kept where only the user can read it', () => {
  writeFileSync(bundle, answering('one'));
  assert.deepEqual(run(), { status: 0, out: 'one', stderr: '' });
  const [file, ...others] = kept();
  assert.ok(file !== undefined);
  assert.deepEqual(others, []);
  assert.match(file, /program-check-v8-[\w.-]+-[0-9a-f]+$/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(codeFolder()).mode & 0o777, 0o700);
  const before = readFileSync(file);
  assert.equal(run().out, 'one');
  assert.deepEqual(readFileSync(file), before);
});

test('what is kept is what runs', () => {
  writeFileSync(bundle, answering('one'));
  run();
  const [one] = kept();
  // The engine itself tells two sources apart by nothing but their length.
  writeFileSync(bundle, answering('two'));
  assert.equal(run().out, 'two');
  const two = kept().find((file) => file !== one);
  assert.ok(one !== undefined && two !== undefined);
  writeFileSync(two, readFileSync(one));
  assert.equal(run().out, 'one');
});

test('code that was damaged is not run, and is replaced', () => {
  writeFileSync(bundle, answering('one'));
  run();
  const [file] = kept();
  assert.ok(file !== undefined);
  const whole = readFileSync(file);
  for (const damaged of [whole.subarray(0, 5), whole.subarray(0, 100), Buffer.from(whole)]) {
    if (damaged.length === whole.length) damaged.fill(0x5a, 60, 120);
    writeFileSync(file, damaged);
    assert.deepEqual(run(), { status: 0, out: 'one', stderr: '' });
    assert.equal(readFileSync(file).length, whole.length);
    assert.notDeepEqual(readFileSync(file), damaged);
  }
});

test('a run that calls more keeps more, but looks for it once a minute', () => {
  const more = Array.from({ length: 200 }, (_, at) => `const f${at} = (x) => x + ${at};`);
  const calls = Array.from({ length: 200 }, (_, at) => `f${at}(x)`).join(' + ');
  writeFileSync(
    bundle,
    `${answering('one')}exports.more = (x) => {\n${more.join('\n')}\nreturn ${calls};\n};\n`,
  );
  run();
  const [file] = kept();
  assert.ok(file !== undefined);
  const { size } = statSync(file);
  const then = 'console.log(program.more(1))';
  assert.equal(run({ then }).out, '20100');
  assert.equal(statSync(file).size, size);
  const old = new Date(Date.now() - 120_000);
  utimesSync(file, old, old);
  assert.equal(run({ then }).out, '20100');
  assert.ok(statSync(file).size > size * 1.5);
});

test('of the builds of a program the last three are kept', () => {
  for (const answer of ['1', '2', '3', '4', '5']) {
    writeFileSync(bundle, answering(answer));
    assert.equal(run().out, answer);
    for (const file of kept()) {
      const earlier = new Date(statSync(file).mtimeMs - 1000);
      utimesSync(file, earlier, earlier);
    }
  }
  assert.equal(kept().length, 3);
  run({ use: 'facts' });
  run({ use: '--help' });
  assert.equal(kept().length, 5);
});

test('where nothing can be kept the program runs as ever', () => {
  writeFileSync(bundle, answering('one'));
  for (const cache of ['/dev/null', bundle])
    assert.deepEqual(run({ cache }), { status: 0, out: 'one', stderr: '' });
});

test('a run that came to nothing is not kept', () => {
  writeFileSync(bundle, answering('one'));
  assert.equal(run({ then: 'process.exit(2)' }).status, 2);
  assert.throws(kept, /ENOENT/);
});

test('an error names the line of the bundle', () => {
  writeFileSync(bundle, answering('one'));
  for (let time = 0; time < 2; time++) {
    const { status, stderr } = run({ then: 'program.fail()' });
    assert.equal(status, 1);
    assert.ok(stderr.includes(`${bundle}:3:`), stderr);
  }
});
