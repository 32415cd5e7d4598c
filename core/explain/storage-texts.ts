import { say } from '../messages.ts';
import type { FailureText } from './failure-text.ts';

/** Disks: what is missing, does not fit or is unsafe. */
export const storageTexts: readonly FailureText[] = [
  {
    code: 'dest-image-size-equal',
    pattern:
      /migration of disk (\S+) failed: Source and target image have different sizes|Source and target image have different sizes/,
    says: 'operation failed: migration of disk vda failed: Source and target image have different sizes',
    at: ['storage.disks.$1', 'storage.mode'],
    cause: say(
      'A destination image has another size than its disk; sizes must be equal to the byte.',
    ),
    remedy: say(
      'Create the image anew with exactly the virtual size of the source (create: true does it).',
    ),
  },
  {
    code: 'dest-image-format-equal',
    pattern: /Image is not in \S+ format/,
    says: 'Image is not in qcow2 format',
    at: ['storage.disks', 'storage.mode'],
    cause: say('A destination image has another format than the domain says.'),
    remedy: say('Create the image anew in the format of the disk’s driver.'),
  },
  {
    code: 'precreate-needs-pool',
    pattern: /no storage pool with matching target path/,
    says: "Storage pool not found: no storage pool with matching target path '/var/lib/libvirt/images'",
    at: ['storage.disks', 'storage.mode'],
    cause: say(
      'The destination image is missing, and libvirt creates one only in the folder of an active storage pool.',
    ),
    remedy: say(
      'Let the image be created (create: true), or define and start a pool for the folder.',
    ),
  },
  {
    code: 'precreate-volume',
    pattern: /no storage pool with matching name/,
    says: "Storage pool not found: no storage pool with matching name 'images'",
    at: ['storage.disks', 'storage.mode'],
    cause: say('The destination has no active storage pool of the name that a disk uses.'),
    remedy: say('Define and start a pool of that name on the destination.'),
  },
  {
    code: 'precreate-block',
    pattern: /cannot precreate storage for disk type/,
    says: "internal error: cannot precreate storage for disk type 'block'",
    at: ['storage.disks', 'storage.mode'],
    cause: say(
      'The destination lacks a device that libvirt cannot create: only files are created.',
    ),
    remedy: say('Create the device on the destination, or copy into a file.'),
  },
  {
    code: 'precreate-incremental',
    pattern: /for incremental storage migration/,
    says: "Operation not supported: pre-creation of storage target '/images/a.qcow2' for incremental storage migration of disk 'vda' is not supported",
    at: ['storage.mode', 'storage'],
    cause: say(
      'An incremental copy needs an image on the destination, and libvirt never creates it.',
    ),
    remedy: say('Create the image with the same backing file (qemu-img create -b), or copy all.'),
  },
  {
    code: 'disk-cache-unsafe',
    pattern: /disks use cache/,
    says: 'Unsafe migration: Migration may lead to data corruption if disks use cache other than none or directsync',
    at: ['storage.disks', 'storage.mode'],
    cause: say('A disk uses a host cache with which migration can lose data.'),
    remedy: say('Set cache=none or directsync on the disks.'),
  },
  {
    code: 'disk-local-fs',
    pattern: /Migration without shared storage is unsafe/,
    says: 'Unsafe migration: Migration without shared storage is unsafe',
    at: ['storage.mode', 'storage'],
    cause: say('libvirt sees a disk on a local file system, or an NVMe disk, that is not copied.'),
    remedy: say('Copy that disk, or move it to storage that both hosts reach.'),
  },
  {
    code: 'self-copy-same-image',
    pattern:
      /block-export-add|nbd-server-add|Failed to get \"?write\"? lock|Is another process using the image/,
    says: 'internal error: unable to execute QEMU command \'block-export-add\': Failed to get "write" lock',
    at: ['storage.mode', 'storage'],
    cause: say(
      'The destination cannot write to an image: it may be the source’s own image, or in use.',
    ),
    remedy: say(
      'Mark the disk as shared when both hosts reach one image; else free the destination’s image.',
    ),
  },
  {
    code: 'migrate-disks-unknown-target',
    pattern: /disk target (\S+) not found/,
    says: 'invalid argument: disk target sdz not found',
    at: ['storage.disks.$1', 'storage.disks'],
    cause: say('The domain has no disk of that name.'),
    remedy: say('Name the disk by its target, for example vda.'),
  },
  {
    code: 'migrate-disks-readonly-or-empty',
    pattern: /Cannot migrate empty or read-only disk (\S+)/,
    says: 'Operation not supported: Cannot migrate empty or read-only disk vda',
    at: ['storage.disks.$1', 'storage.disks'],
    cause: say('An empty or read-only disk cannot be copied.'),
    remedy: say('Take the disk out of those that are copied.'),
  },
  {
    code: 'disk-backing-chain-local',
    pattern: /Could not open backing file/,
    says: "Could not open backing file: Could not open '/images/base.qcow2': No such file or directory",
    at: ['storage.disks', 'storage.mode'],
    cause: say('The destination cannot open the backing file of an image.'),
    remedy: say(
      'Make the same backing file reachable there under the same path, or copy the whole disk.',
    ),
  },
  {
    code: 'startup-policy-media',
    pattern: /Cannot access storage file '([^']+)'.*No such file|unable to stat: (\S+):/,
    says: "Cannot access storage file '/iso/install.iso': No such file or directory",
    at: ['storage.disks.@1', 'storage.disks.@2', 'domain'],
    cause: say('The medium in a CD-ROM or floppy drive is missing on the destination.'),
    remedy: say("Eject it, or set startupPolicy='optional' on its source."),
  },
  {
    code: 'disk-lease-lock',
    pattern: /requires cookie support|Failed to acquire lock/,
    says: 'Migration with lock driver sanlock requires cookie support',
    at: ['destination'],
    cause: say(
      'The lock managers of the hosts (virtlockd, sanlock) do not fit, or a lease is held elsewhere.',
    ),
    remedy: say('Set the same lock_manager in qemu.conf of both hosts.'),
  },
  {
    code: 'disk-dest-free-space',
    pattern: /No space left on device/,
    says: 'No space left on device',
    at: ['storage.disks', 'storage.mode'],
    cause: say('A host has no space left for an image or a file of the guest.'),
    remedy: say('Free space on the destination, or choose another path.'),
  },
  {
    code: 'encryption-secret',
    pattern: /Secret not found|no secret with matching/,
    says: "Secret not found: no secret with matching uuid 'a1b2'",
    at: ['destination'],
    cause: say('The destination lacks a secret of an encrypted or network disk.'),
    remedy: say('Define the secret there and set its value (virsh secret-set-value).'),
  },
  {
    code: 'migrate-disks-needs-copy-flag',
    pattern:
      /requires use of 'VIR_MIGRATE_NON_SHARED_DISK'|'--migrate-disks(?:-detect-zeroes)?' requires one of/,
    says: "'--migrate-disks' requires one of '--copy-storage-all', '--copy-storage-inc'",
    at: ['storage.mode', 'storage'],
    cause: say('Disks were listed for copying, but no copying was asked for.'),
    remedy: say('Use copy-all, copy-incremental or mixed; with virsh add --copy-storage-all.'),
  },
  {
    code: 'copy-all-inc-exclusive',
    pattern:
      /'VIR_MIGRATE_NON_SHARED_DISK' and 'VIR_MIGRATE_NON_SHARED_INC' are mutually exclusive|copy-storage-all and --copy-storage-inc/,
    says: "Flags 'VIR_MIGRATE_NON_SHARED_DISK' and 'VIR_MIGRATE_NON_SHARED_INC' are mutually exclusive",
    at: ['storage.mode'],
    cause: say('Full and incremental copying exclude each other.'),
    remedy: say('Choose one of the two.'),
  },
  {
    code: 'copy-tunnelled',
    pattern: /non-shared storage is not supported with tunnelled/,
    says: 'migration of non-shared storage is not supported with tunnelled migration and this QEMU',
    at: ['policy.connection', 'storage.mode'],
    cause: say('Disks cannot be copied through a tunnelled migration.'),
    remedy: say('Use the connection peer-to-peer with TLS.'),
  },
  {
    code: 'copy-offline',
    pattern: /offline migration cannot handle non-shared storage/,
    says: 'Requested operation is not valid: offline migration cannot handle non-shared storage',
    at: ['storage.mode'],
    cause: say('An offline migration copies no disks.'),
    remedy: say('Copy the images yourself, or migrate live.'),
  },
  {
    code: 'sync-writes-needs-copy',
    pattern: /'--copy-storage-synchronous-writes' requires/,
    says: "'--copy-storage-synchronous-writes' requires one of '--copy-storage-all', 'copy-storage-inc'",
    at: ['storage.mode'],
    cause: say('Synchronous writes belong to copying of disks, and nothing is copied.'),
    remedy: say('Add --copy-storage-all, or take the option out.'),
  },
  {
    code: 'nbd-port',
    pattern: /nbd port must be in range|Both port and URI requested for disk migration/,
    says: 'invalid argument: nbd port must be in range 0-65535',
    at: ['policy'],
    cause: say('The port for copying disks is out of range, or both a port and a URI were given.'),
    remedy: say('Give one of them, and a port from 0 to 65535.'),
  },
  {
    code: 'disks-uri-scheme',
    pattern:
      /scheme in disks URI|URI with tcp scheme did not provide a server part|UNIX disks URI does not include path|NBD URI must be supplied|not supported over UNIX socket/,
    says: 'Unsupported scheme in disks URI: http',
    at: ['policy'],
    cause: say(
      'The URI for copying disks is tcp://host[:port] or unix:///path, and unix goes without TLS.',
    ),
    remedy: say('Write the URI in one of these forms.'),
  },
  {
    code: 'dest-block-device',
    pattern: /driver requires '([^']+)' to be a regular file/,
    says: "'file' driver requires '/images/a.img' to be a regular file",
    at: ['storage.disks.@1', 'storage.disks', 'storage.mode'],
    cause: say('The destination’s path leads to a block device, and the disk is a file.'),
    remedy: say('Choose a path of a regular file, or say that it is a device.'),
  },
  {
    code: 'equal-storage-access',
    pattern:
      /unable to stat: (\S+): |Cannot access storage file '([^']+)'|Could not open '([^']+)'/,
    says: 'unable to stat: /images/a.qcow2: No such file or directory',
    at: ['storage.disks.@1', 'storage.disks.@2', 'storage.disks.@3', 'storage.mode'],
    cause: say('The destination cannot reach an image of the domain.'),
    remedy: say('Mount the storage there under the same path, or copy the disk.'),
  },
];
