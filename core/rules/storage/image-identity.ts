import type { FilesystemFacts, HostIdentity, ImageFacts } from '../../facts/snapshot.ts';
import { say } from '../../messages.ts';
import type { Message } from '../../messages.ts';

/**
 * Are two paths on two hosts one and the same image? `likely-same` has a sign for it and no proof;
 * `unclear` has neither a sign nor a proof.
 */
export interface ImageVerdict {
  readonly sameness: 'same' | 'likely-same' | 'different' | 'unclear';
  /** What it rests on, as a clause that can follow a colon. */
  readonly because: Message;
}

export interface PlacedImage {
  readonly image: ImageFacts;
  readonly identity: HostIdentity;
}

/**
 * Compares what two hosts said of their images. An equal path, an equal file-system type or an equal
 * device name proves nothing; what counts is the identity of a device, or file system and inode.
 */
export function compareImages(source: PlacedImage, destination: PlacedImage): ImageVerdict {
  const [a, b] = [source.image, destination.image];
  if (b.kind === 'missing')
    return different(say('there is nothing at the path on the destination'));
  if (a.kind === 'missing') return unclear(say('the source host found no image'));
  if (a.kind !== b.kind) return different(say('one is a block device, the other is not'));
  const told = a.kind === 'block' ? compareDevices(a, b) : compareFiles(source, destination);
  const verdict = wasProbed(a, b) && told.sameness !== 'different' ? sameByProbe : told;
  const sizesDiffer =
    a.virtualSize !== undefined && b.virtualSize !== undefined && a.virtualSize !== b.virtualSize;
  return verdict.sameness === 'unclear' && sizesDiffer
    ? different(say('their virtual sizes differ'))
    : verdict;
}

/** Only of files with one inode number: the probe speaks for their folder. */
function wasProbed(a: ImageFacts, b: ImageFacts): boolean {
  return b.probed === true && a.kind === 'file' && a.inode !== undefined && a.inode === b.inode;
}

const sameByProbe: ImageVerdict = {
  sameness: 'same',
  because: say('a file made beside it on one host was seen on the other'),
};

function compareDevices(a: ImageFacts, b: ImageFacts): ImageVerdict {
  if (a.deviceIdentity === undefined || b.deviceIdentity === undefined)
    return unclear(say('a block device does not tell its identity'));
  const [first, second] = [plainIdentity(a.deviceIdentity), plainIdentity(b.deviceIdentity)];
  if (first === second) return same(say('both devices have the identity {0}', a.deviceIdentity));
  // A multipath map and the disk below it, or an LV and its PV, name one storage in two ways.
  if (identityScheme(first) !== identityScheme(second))
    return unclear(say('the devices tell identities of different kinds'));
  return different(say('the devices have different identities'));
}

/**
 * `mpath-3600…` (device mapper), `naa.600…` (sysfs wwid) and `3600…` (scsi_id) are one identity, and
 * so are `part1-mpath-3600…` and `3600…-part1`.
 */
function plainIdentity(identity: string): string {
  return identity
    .trim()
    .toLowerCase()
    .replace(/^(part\d+)-(.*)$/, '$2-$1')
    .replace(/^mpath-/, '')
    .replace(/^naa\./, '3');
}

function identityScheme(identity: string): string {
  if (/^3[0-9a-f]{16,32}(-part\d+)?$/.test(identity)) return 'naa';
  return /^[a-z]+\d*(?=[-.])/.exec(identity)?.[0] ?? 'bare';
}

function compareFiles(source: PlacedImage, destination: PlacedImage): ImageVerdict {
  const [a, b] = [source.image.filesystem, destination.image.filesystem];
  const [first, second] = [source.image.inode, destination.image.inode];
  if (a === undefined || b === undefined || first === undefined || second === undefined)
    return unclear(say('the file system or inode of an image is not known'));
  const inodesEqual = first === second;
  const oneKernel = bootOf(source) !== '' && bootOf(source) === bootOf(destination);
  if (oneKernel && a.id === b.id) {
    return inodesEqual
      ? same(say('both names lead to inode {0} of one file system of one machine', first))
      : different(say('they are different files of one file system'));
  }
  const bootUnknown = bootOf(source) === '' || bootOf(destination) === '';
  if (bootUnknown && a.id === b.id && inodesEqual)
    return likelySame(
      say('file system and inode are equal, and it is not known whether the hosts are one machine'),
    );
  const [hereLocal, thereLocal] = [isLocal(a), isLocal(b)];
  if (hereLocal && thereLocal)
    return different(say('each lies on a local file system ({0}, {1})', a.type, b.type));
  if (hereLocal || thereLocal)
    return hereLocal
      ? compareExport({ local: a, of: source }, b, inodesEqual)
      : compareExport({ local: b, of: destination }, a, inodesEqual);
  return compareShared(a, b, inodesEqual);
}

function bootOf({ identity }: PlacedImage): string {
  return identity.bootId.trim();
}

/** One host may mount over the network what the other holds on its own disk: the same file. */
function compareExport(
  { local, of }: { readonly local: FilesystemFacts; readonly of: PlacedImage },
  remote: FilesystemFacts,
  inodesEqual: boolean,
): ImageVerdict {
  if (!canExportLocal(remote.type))
    return different(say('one lies on local {0}, the other on {1}', local.type, remote.type));
  if (!inodesEqual) {
    return isNfs(remote)
      ? different(say('their inodes differ'))
      : unclear(say('{0} may be an export of the other host’s disk', remote.source));
  }
  const server = remote.source.split(':')[0]?.toLowerCase() ?? '';
  const hostname = of.identity.hostname.toLowerCase();
  return server !== '' && (server === hostname || server === hostname.split('.')[0])
    ? same(say('{0} is an export of the other host’s disk and the inodes are equal', remote.source))
    : likelySame(
        say('{0} may be an export of the other host’s disk: the inodes are equal', remote.source),
      );
}

function compareShared(a: FilesystemFacts, b: FilesystemFacts, inodesEqual: boolean): ImageVerdict {
  const oneSource = a.source === b.source && a.type.replace(/4$/, '') === b.type.replace(/4$/, '');
  // A mount tag says nothing of what stands behind it on another machine.
  const named = a.type !== 'virtiofs' && a.type !== '9p';
  if (inodesEqual) {
    return oneSource && named
      ? same(say('both hosts mount {0} and the inodes are equal', a.source))
      : likelySame(say('the inodes on {0} and {1} are equal', a.source, b.source));
  }
  if (isNfs(a) && isNfs(b)) return different(say('their inodes differ'));
  return unclear(say('nothing tells {0} and {1} apart', a.source, b.source));
}

const localTypes: ReadonlySet<string> = new Set(
  (
    'bcachefs btrfs devtmpfs exfat ext2 ext3 ext4 f2fs fuseblk hugetlbfs iso9660 jfs nilfs2 ntfs3 ' +
    'overlay ramfs reiserfs squashfs tmpfs ubifs udf vfat xfs zfs'
  ).split(' '),
);
const exportingTypes: ReadonlySet<string> = new Set(
  'nfs nfs4 cifs smb3 smbfs 9p virtiofs fuse.sshfs afs'.split(' '),
);

/** A file system that only one machine can have mounted at a time. */
function isLocal({ type }: FilesystemFacts): boolean {
  return localTypes.has(type);
}

/** File systems that serve a directory of another machine; unknown FUSE types may be such. */
function canExportLocal(type: string): boolean {
  return exportingTypes.has(type) || (type.startsWith('fuse') && !clusterFuse.has(type));
}

const clusterFuse: ReadonlySet<string> = new Set(['fuse.glusterfs', 'fuse.ceph', 'fuse.quobyte']);

function isNfs({ type }: FilesystemFacts): boolean {
  return type === 'nfs' || type === 'nfs4';
}

function same(because: Message): ImageVerdict {
  return { sameness: 'same', because };
}
function likelySame(because: Message): ImageVerdict {
  return { sameness: 'likely-same', because };
}
function different(because: Message): ImageVerdict {
  return { sameness: 'different', because };
}
function unclear(because: Message): ImageVerdict {
  return { sameness: 'unclear', because };
}
