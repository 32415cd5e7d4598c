import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FilesystemFacts, ImageFacts } from '../../core/facts/snapshot.ts';
import { compareImages } from '../../core/rules/storage/image-identity.ts';
import type { ImageVerdict } from '../../core/rules/storage/image-identity.ts';

interface Part {
  readonly kind?: ImageFacts['kind'];
  readonly inode?: string | undefined;
  readonly device?: string;
  readonly size?: number;
  readonly fs?: Partial<FilesystemFacts>;
  readonly boot?: string;
  readonly hostname?: string;
}

function compare(source: Part, destination: Part): ImageVerdict['sameness'] {
  return compareImages(placed(source, 'one'), placed(destination, 'two')).sameness;
}

function placed(part: Part, host: string) {
  const filesystem: FilesystemFacts = {
    type: 'ext4',
    source: '/dev/sda1',
    mountPoint: '/',
    id: '801:aa',
    available: 0,
    ...part.fs,
  };
  const image: ImageFacts = {
    kind: part.kind ?? 'file',
    virtualSize: part.size ?? 1024,
    format: 'raw',
    allocated: 0,
    backing: [],
    filesystem,
    inode: 'inode' in part ? part.inode : '7',
    modified: undefined,
    deviceIdentity: part.device,
  };
  return {
    image,
    identity: { hostname: part.hostname ?? host, uuid: host, bootId: part.boot ?? host },
  };
}

const nfs = (source = 'nas:/vms', type = 'nfs4'): Partial<FilesystemFacts> => ({ type, source });

const cases: readonly [string, Part, Part, ImageVerdict['sameness']][] = [
  ['nothing on the destination', {}, { kind: 'missing' }, 'different'],
  ['nothing on the source', { kind: 'missing' }, {}, 'unclear'],
  ['a device and a file', { kind: 'block', device: 'x' }, {}, 'different'],
  ['equal inodes on local disks of two machines', {}, {}, 'different'],
  ['one file of one machine', { boot: 'b' }, { boot: 'b' }, 'same'],
  ['two files of one machine', { boot: 'b' }, { boot: 'b', inode: '8' }, 'different'],
  [
    'two local file systems of one machine',
    { boot: 'b' },
    { boot: 'b', fs: { id: '802:bb' } },
    'different',
  ],
  ['equal files, boot id unreadable', { boot: '' }, { boot: 'b' }, 'likely-same'],
  ['other files, boot id unreadable', { boot: '' }, { boot: '', inode: '8' }, 'different'],
  ['one NFS export, one inode', { fs: nfs() }, { fs: nfs() }, 'same'],
  ['one NFS export by two versions', { fs: nfs('nas:/v', 'nfs') }, { fs: nfs('nas:/v') }, 'same'],
  ['one NFS export, two inodes', { fs: nfs() }, { fs: nfs(), inode: '8' }, 'different'],
  ['two names of exports, one inode', { fs: nfs() }, { fs: nfs('10.0.0.5:/vms') }, 'likely-same'],
  ['two exports, two inodes', { fs: nfs() }, { fs: nfs('b:/'), inode: '8' }, 'different'],
  ['the source’s own disk over NFS', {}, { fs: nfs('one:/images') }, 'same'],
  [
    'the source’s own disk over NFS, by its short name',
    { hostname: 'one.example.com' },
    { fs: nfs('one:/images') },
    'same',
  ],
  ['the destination’s own disk over NFS', { fs: nfs('two:/images') }, {}, 'same'],
  ['perhaps the source’s own disk over NFS', {}, { fs: nfs('10.0.0.1:/images') }, 'likely-same'],
  ['a local disk and another NFS file', {}, { fs: nfs(), inode: '8' }, 'different'],
  ['a local disk and a Ceph file', {}, { fs: { type: 'ceph', source: 'mon:/' } }, 'different'],
  ['a local disk and an sshfs file', {}, { fs: { type: 'fuse.sshfs' }, inode: '8' }, 'unclear'],
  ['one Ceph file', { fs: { type: 'ceph' } }, { fs: { type: 'ceph' } }, 'same'],
  [
    'two sshfs inodes',
    { fs: { type: 'fuse.sshfs' } },
    { fs: { type: 'fuse.sshfs' }, inode: '8' },
    'unclear',
  ],
  [
    'equal virtiofs tags',
    { fs: { type: 'virtiofs' } },
    { fs: { type: 'virtiofs' } },
    'likely-same',
  ],
  ['an unknown inode', { inode: undefined, fs: nfs() }, { fs: nfs() }, 'unclear'],
  [
    'an unknown inode and another size',
    { inode: undefined, fs: nfs(), size: 1 },
    { fs: nfs(), size: 2 },
    'different',
  ],
  ['equal devices', { kind: 'block', device: 'LVM-a' }, { kind: 'block', device: 'LVM-a' }, 'same'],
  [
    'other LVs',
    { kind: 'block', device: 'LVM-a' },
    { kind: 'block', device: 'LVM-b' },
    'different',
  ],
  [
    'multipath and sysfs names of one LUN',
    { kind: 'block', device: 'mpath-3600A' },
    { kind: 'block', device: 'naa.600a' },
    'same',
  ],
  [
    'an LV and a LUN',
    { kind: 'block', device: 'LVM-a' },
    { kind: 'block', device: 'mpath-3600a' },
    'unclear',
  ],
  [
    'a partition by two names',
    { kind: 'block', device: 'part1-mpath-3600a' },
    { kind: 'block', device: 'naa.600a-part1' },
    'same',
  ],
  [
    'two LUNs',
    { kind: 'block', device: 'mpath-3600508b400105e210000900000490000' },
    { kind: 'block', device: 'naa.600508b400105e210000900000490001' },
    'different',
  ],
  [
    'a multipath map by another scheme',
    { kind: 'block', device: 'mpath-1ATA_disk' },
    { kind: 'block', device: 't10.ATA disk' },
    'unclear',
  ],
  ['devices without identity', { kind: 'block' }, { kind: 'block' }, 'unclear'],
];

describe('two images', () => {
  for (const [what, source, destination, expected] of cases) {
    test(`${what}: ${expected}`, () => {
      assert.equal(compare(source, destination), expected);
    });
  }
});
