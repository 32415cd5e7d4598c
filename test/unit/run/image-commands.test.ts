import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import {
  compareHashCommand,
  createImageCommand,
  hashFileCommand,
  removeImageCommand,
} from '../../../core/virsh/image-commands.ts';
import { fakeHost } from './fake-virsh.ts';
import type { FakeHost } from './fake-virsh.ts';

let host: FakeHost;
let images: string;
let path: string;
beforeEach(() => {
  host = fakeHost();
  images = join(host.home, 'images with space');
  mkdirSync(images);
  path = join(images, "vm's $(disk).qcow2");
});
afterEach(() => {
  host.dispose();
});

const create = () => host.run(createImageCommand({ path, format: 'qcow2', size: 67108864 }));
const remove = (identity: string) =>
  host.run({ ...removeImageCommand(path), stdin: `${identity}\n` });

test('an image is created with its format and exact bytes, readable by its owner alone', () => {
  const { code, stdout, stderr } = create();
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^\d+:\d+:\d+\n$/);
  assert.equal(readFileSync(path, 'utf8'), 'qcow2 67108864\n');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(images), [path.slice(images.length + 1)]);
});

test('whatever has the name already is left as it is: a file, a link, a directory, a pipe', () => {
  const occupy: Record<string, () => void> = {
    file: () => {
      writeFileSync(path, 'precious');
    },
    'dangling link': () => {
      symlinkSync(join(images, 'nowhere'), path);
    },
    'link to a file': () => {
      writeFileSync(join(images, 'other'), 'precious');
      symlinkSync(join(images, 'other'), path);
    },
    directory: () => {
      mkdirSync(path);
    },
    pipe: () => {
      execFileSync('mkfifo', [path]);
    },
  };
  for (const [kind, make] of Object.entries(occupy)) {
    make();
    const before = readdirSync(images).sort();
    const { code, stdout, stderr } = create();
    assert.equal(code, 73, kind);
    assert.equal(stdout, '', kind);
    assert.match(stderr, /exists already/, kind);
    assert.deepEqual(readdirSync(images).sort(), before, kind);
    if (kind === 'file') assert.equal(readFileSync(path, 'utf8'), 'precious');
    if (kind === 'link to a file') {
      assert.equal(readFileSync(join(images, 'other'), 'utf8'), 'precious');
    }
    renameSync(path, join(host.home, `moved ${kind}`));
  }
});

test('a missing directory and a failing qemu-img leave nothing behind', () => {
  host.put('full', '');
  assert.equal(create().code, 74);
  assert.deepEqual(readdirSync(images), []);
  const nowhere = host.run(
    createImageCommand({ path: '/nonexistent-livemigrate/x', format: 'raw', size: 1 }),
  );
  assert.equal(nowhere.code, 72);
  assert.equal(host.run(createImageCommand({ path: 'relative', format: 'raw', size: 1 })).code, 64);
});

test('the undo removes the very file that was created', () => {
  const identity = create().stdout.trim();
  const undone = remove(identity);
  assert.equal(undone.code, 0, undone.stderr);
  assert.equal(undone.stdout, 'removed\n');
  assert.equal(existsSync(path), false);
  assert.equal(remove(identity).stdout, 'gone\n');
});

test('the undo leaves a file alone that took the place of the created one', () => {
  const identity = create().stdout.trim();
  // Kept, so that the inode cannot be used again.
  renameSync(path, join(images, 'elsewhere'));
  writeFileSync(path, 'precious');
  const undone = remove(identity);
  assert.equal(undone.code, 73);
  assert.equal(readFileSync(path, 'utf8'), 'precious');
});

test('the undo leaves an image alone that a QEMU has open, and does nothing without an identity', () => {
  const identity = create().stdout.trim();
  assert.equal(host.run(removeImageCommand(path)).code, 64);
  host.put('locked', '');
  assert.equal(remove(identity).code, 75);
  assert.equal(existsSync(path), true);
});

test('an image over another one names it and its format', () => {
  const { argv } = createImageCommand({
    path: '/i/top.qcow2',
    format: 'qcow2',
    size: 1024,
    backing: { path: "/i/it's base", format: 'raw' },
  });
  assert.deepEqual(argv.slice(4), [
    '/i/top.qcow2',
    'qcow2',
    '1024',
    '-b',
    "/i/it's base",
    '-F',
    'raw',
  ]);
});

test('a base is the same when its SHA-256 is, and any other byte in it fails', () => {
  writeFileSync(path, 'base');
  const hash = host.run(hashFileCommand(path)).stdout;
  assert.match(hash, /^[0-9a-f]{64}\n$/);
  const compare = (stdin: string) => host.run({ ...compareHashCommand(path), stdin });
  assert.equal(compare(hash).code, 0);
  writeFileSync(path, 'Base');
  const other = compare(hash);
  assert.equal(other.code, 65);
  assert.match(other.stderr, /its SHA-256 differs/);
  assert.notEqual(compare('').code, 0);
  assert.notEqual(host.run(hashFileCommand(join(images, 'missing'))).code, 0);
});
