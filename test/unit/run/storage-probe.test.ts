import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { ImageFacts } from '../../../core/facts/snapshot.ts';
import { compareImages } from '../../../core/rules/storage/image-identity.ts';
import {
  lookForProbeCommand,
  makeProbeCommand,
  removeProbeCommand,
} from '../../../core/virsh/storage-probe.ts';
import { fakeHost } from './fake-virsh.ts';
import type { FakeHost } from './fake-virsh.ts';

let host: FakeHost;
let folder: string;
let image: string;
beforeEach(() => {
  host = fakeHost();
  folder = join(host.home, "shared $(x) it's");
  mkdirSync(folder);
  image = join(folder, 'vm.raw');
  writeFileSync(image, 'data');
});
afterEach(() => {
  host.dispose();
});

function make(path = image): { readonly file: string; readonly imageName: string } {
  const { code, stdout, stderr } = host.run(makeProbeCommand(path, 'a1b2'));
  assert.equal(code, 0, stderr);
  const [file = '', imageName = ''] = stdout.split('\n');
  return { file, imageName };
}
const look = (path: string, probe: ReturnType<typeof make>, token = 'a1b2'): string =>
  host.run(lookForProbeCommand(path, { ...probe, token })).stdout.trim();

test('a probe is seen beside the image, and removing it leaves the folder as it was', () => {
  const probe = make();
  assert.equal(look(image, probe), 'seen');
  assert.equal(look(image, probe, 'other'), 'unseen');
  host.run(removeProbeCommand(image, probe.file));
  assert.deepEqual(readdirSync(folder), ['vm.raw']);
  assert.equal(look(image, probe), 'unseen');
});

test('the probe follows a link: a shared folder of links proves nothing', () => {
  const elsewhere = join(host.home, 'local');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'vm.raw'), 'other data');
  const link = join(folder, 'link.raw');
  symlinkSync(join(elsewhere, 'vm.raw'), link);
  const probe = make();
  assert.equal(look(link, probe), 'unseen');
  assert.equal(look(link, { ...probe, imageName: 'link.raw' }), 'other');
  host.run(removeProbeCommand(image, probe.file));
});

test('only a probe is ever removed', () => {
  assert.equal(host.run(removeProbeCommand(image, 'vm.raw')).code, 64);
  assert.equal(host.run(removeProbeCommand(image, '.livemigrate-probe.x/../vm.raw')).code, 64);
  assert.deepEqual(readdirSync(folder), ['vm.raw']);
});

test('a probed image is the same only with the same inode, never against a proof', () => {
  const file = (more: Partial<ImageFacts>): ImageFacts => ({
    kind: 'file',
    virtualSize: 1,
    format: 'raw',
    allocated: 1,
    backing: [],
    filesystem: { type: 'fuse.x', source: 's', mountPoint: '/s', id: '1', available: 1 },
    inode: '7',
    modified: undefined,
    deviceIdentity: undefined,
    ...more,
  });
  const verdict = (there: Partial<ImageFacts>): string =>
    compareImages(
      { image: file({}), identity: { hostname: 'a', uuid: 'a', bootId: 'a' } },
      { image: file(there), identity: { hostname: 'b', uuid: 'b', bootId: 'b' } },
    ).sameness;
  const other = { type: 'fuse.y', source: 't', mountPoint: '/s', id: '2', available: 1 };
  assert.equal(verdict({ filesystem: other }), 'likely-same');
  assert.equal(verdict({ filesystem: other, probed: true }), 'same');
  assert.notEqual(verdict({ filesystem: other, probed: true, inode: '8' }), 'same');
  assert.equal(verdict({ kind: 'missing', probed: true }), 'different');
});
