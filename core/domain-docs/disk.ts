import { say } from '../messages.ts';
import { diskSource } from './disk-source.ts';
import type { AttributeDocumentation, ElementDocumentation } from './documentation.ts';

const onOff = (means: AttributeDocumentation['means'], since: string): AttributeDocumentation => ({
  means,
  since,
});

const cache: AttributeDocumentation = {
  default: 'default',
  means: say('Cache mode: whether the host keeps written data in its own memory.'),
  migration: say(
    'none and directsync are always safe. With any other, libvirt refuses a disk on shared storage as unsafe, unless it is read-only or shareable, lies on a cluster file system, or QEMU is 4.0 or newer on Linux and can drop the cache.',
  ),
  values: {
    default: say('What the hypervisor takes: writeback for QEMU.'),
    none: say('The host caches nothing. Safe for migration; the usual choice on shared storage.'),
    writethrough: say(
      'Reads come from the host’s cache, writes go through. The destination may hold stale reads: libvirt may call it unsafe.',
    ),
    writeback: say(
      'Writes stay in the host’s cache until the guest flushes. libvirt may call it unsafe for migration.',
    ),
    directsync: say('No cache, and every write waits for the storage. Safe for migration, slow.'),
    unsafe: say(
      'Flushes of the guest are ignored: a crash of the host loses data. libvirt may call it unsafe for migration.',
    ),
  },
};

const format: AttributeDocumentation = {
  means: say('Format of the image.'),
  migration: say(
    'An image on the destination must have the same format; one that is copied over another format is destroyed. QEMU cannot migrate a guest that runs on vmdk, vdi, vpc, vhdx, qcow or parallels.',
  ),
  values: {
    raw: say('The bytes of the disk as they are.'),
    qcow2: say('QEMU’s own format: grows with use, can have a backing file and snapshots.'),
    vmdk: say('VMware’s format; QEMU cannot migrate a guest on it.'),
    vdi: say('VirtualBox’s format; QEMU cannot migrate a guest on it.'),
    vpc: say('Virtual PC’s format; QEMU cannot migrate a guest on it.'),
    qcow: say('The predecessor of qcow2; QEMU cannot migrate a guest on it.'),
    fat: say('A folder shown as a FAT file system; only read-only it can be migrated.'),
  },
};

const backingStore: ElementDocumentation = {
  since: '1.2.4',
  means: say('The image below, on which this one rests; empty when there is none.'),
  migration: say(
    'libvirt checks only the top image. Every layer must be on the destination with the same content: copy-storage-inc copies the top one alone.',
  ),
  attributes: {
    type: { means: say('Kind of the layer’s storage, as with a disk.') },
    index: { means: say('Number of the layer; libvirt writes it.') },
  },
  children: {
    format: { means: say('Format of the layer’s image.'), attributes: { type: format } },
    source: diskSource,
  },
};

const encryption: ElementDocumentation = {
  means: say('How the image is encrypted (LUKS), and the secret with its key.'),
  migration: say(
    'The destination’s libvirt must have a secret of the same UUID with the same value. libvirt creates no encrypted images on the destination by itself.',
  ),
  attributes: { format: { means: say('The encryption: luks.') } },
  children: {
    secret: {
      means: say('The secret that holds the passphrase.'),
      attributes: {
        uuid: { means: say('UUID of the secret.') },
        type: { means: say('Kind of the secret.') },
      },
    },
  },
};

export const disk: ElementDocumentation = {
  section: 'hard-drives-floppy-disks-cdroms',
  means: say('A disk of the guest.'),
  migration: say(
    'Its image must be reachable from the destination: on storage that both hosts share, or copied during the migration.',
  ),
  attributes: {
    type: {
      default: 'file',
      means: say('Where the image lies.'),
      values: {
        file: say(
          'In a file of the host. On the destination the same path is used; a missing file is made only in the folder of an active storage pool.',
        ),
        block: say(
          'On a block device of the host. libvirt does not check that the destination has the same device behind this path: compare their identities.',
        ),
        network: say(
          'On network storage. libvirt takes it to be shared: the destination must reach the same servers and have the same secrets.',
        ),
        volume: say(
          'A volume of a storage pool. A pool of this name must be active on the destination.',
        ),
        nvme: say('An NVMe device of the host; never shared, so it must be copied.'),
        dir: say('A folder shown as a FAT disk.'),
        vhostuser: say('Another process serves the disk; on the destination the same one must.'),
        vhostvdpa: say('A vDPA block device (since libvirt 9.8.0).'),
      },
    },
    device: {
      default: 'disk',
      means: say('What the guest sees.'),
      values: {
        disk: say('A hard disk.'),
        cdrom: say(
          'A CD-ROM; its medium is not copied, and must be there on the destination or be ejected.',
        ),
        floppy: say('A floppy drive; its medium is not copied.'),
        lun: say('A LUN with SCSI commands passed through; for raw devices only.'),
      },
    },
    model: { since: '5.2.0', means: say('The variant of the virtio device.') },
    snapshot: {
      since: '0.9.5',
      means: say(
        'How the disk takes part in snapshots. A domain with snapshots cannot be migrated.',
      ),
    },
    rawio: { since: '0.9.10', means: say('For lun: lets the guest send any SCSI command.') },
    sgio: { since: '1.0.2', means: say('For lun: whether SCSI commands are filtered.') },
  },
  children: {
    driver: {
      means: say('How QEMU works with the image.'),
      attributes: {
        name: { means: say('The back end; qemu for guests of QEMU.'), default: 'qemu' },
        type: format,
        cache,
        io: {
          since: '0.8.8',
          means: say('How QEMU talks to the host’s storage.'),
          values: {
            threads: say('A pool of threads.'),
            native: say('Linux AIO; needs cache none or directsync.'),
            io_uring: say(
              'io_uring (since libvirt 6.3.0, QEMU 5.0); the destination’s kernel must have it.',
            ),
          },
        },
        discard: {
          since: '1.0.6',
          default: 'ignore',
          means: say('What becomes of areas that the guest frees (trim).'),
          values: {
            unmap: say('They are freed in the image.'),
            ignore: say('They stay allocated: more to copy.'),
          },
        },
        detect_zeroes: {
          since: '2.0.0',
          means: say('Whether written zeros become holes; makes a copied image smaller.'),
        },
        error_policy: {
          since: '0.8.0',
          means: say('What happens when the storage reports an error.'),
          migration: say(
            'With stop the guest pauses; a guest that is paused by an I/O error is not migrated when the migration asks to abort on errors.',
          ),
          values: {
            stop: say('The guest is paused.'),
            report: say('The guest is told.'),
            ignore: say('Nothing: data may be lost.'),
            enospace: say('Paused when the host’s storage is full, else told.'),
          },
        },
        rerror_policy: { since: '0.9.7', means: say('The same for reading alone.') },
        iothread: { since: '1.2.8', means: say('Number of the I/O thread that serves the disk.') },
        queues: {
          since: '3.9.0',
          means: say(
            'Number of virtio queues; the guest sees it, so it cannot change in a migration.',
          ),
        },
        queue_size: { since: '7.8.0', means: say('Size of a virtio queue.') },
        copy_on_read: onOff(
          say('What is read from the backing file is written to the image.'),
          '0.9.10',
        ),
        ioeventfd: onOff(say('I/O is handled in a thread of its own.'), '0.9.3'),
        event_idx: onOff(say('Fewer interrupts for the guest.'), '0.9.5'),
        discard_no_unref: onOff(
          say('Keeps the place of freed clusters in a qcow2 image.'),
          '9.5.0',
        ),
      },
    },
    source: diskSource,
    target: {
      means: say('The device name in the domain. A migration file names its disks by it.'),
      attributes: {
        dev: {
          means: say(
            'The device name in the domain: vda, sda, hda. virsh names disks to copy by it, not by alias or path.',
          ),
        },
        bus: {
          means: say('The bus that the guest sees the disk on.'),
          migration: say(
            'It cannot change during a migration. QEMU cannot migrate a guest with a disk on the emulated bus usb with uas, nor on nvme.',
          ),
          values: {
            virtio: say('virtio: the fastest; names vda, vdb.'),
            scsi: say('A SCSI controller; names sda, sdb.'),
            sata: say('A SATA controller; names sda, sdb.'),
            ide: say('An IDE controller; names hda, hdb.'),
            usb: say('A USB storage device.'),
            fdc: say('A floppy controller; names fda, fdb.'),
            sd: say('An SD card.'),
            nvme: say('An emulated NVMe controller; QEMU cannot migrate it.'),
          },
        },
        tray: {
          since: '0.9.11',
          default: 'closed',
          means: say('Whether the tray of a CD-ROM or floppy drive is open.'),
        },
        removable: {
          since: '1.1.3',
          default: 'off',
          means: say('Whether a USB or SCSI disk calls itself removable.'),
        },
        rotation_rate: {
          since: '7.3.0',
          means: say('Revolutions per minute that the disk reports; 1 is solid state.'),
        },
      },
    },
    shareable: {
      means: say('Several guests use this disk at the same time.'),
      migration: say(
        'It must not be copied: the copy and the original would drift apart. libvirt leaves it out of copying without a word, so it must be on shared storage.',
      ),
    },
    readonly: {
      means: say('The guest cannot write to the disk; CD-ROMs are read-only by themselves.'),
      migration: say('libvirt does not copy it: the same image must be on the destination.'),
    },
    transient: {
      means: say('Changes are thrown away when the guest stops.'),
      migration: say('libvirt does not migrate a guest with such a disk.'),
      attributes: {
        shareBacking: { since: '7.4.0', means: say('Several running guests use the image below.') },
      },
    },
    serial: {
      means: say('Serial number that the guest reads.'),
      migration: say('It stays the same when the disk moves; names below /dev/disk/by-id hold.'),
    },
    wwn: {
      since: '0.10.1',
      means: say('World wide name that the guest reads: 16 hexadecimal digits.'),
    },
    vendor: { since: '1.0.1', means: say('Vendor that the guest reads, up to 8 characters.') },
    product: { since: '1.0.1', means: say('Product that the guest reads, up to 16 characters.') },
    backingStore,
    mirror: {
      means: say('The second image of a block copy or commit that is running; libvirt writes it.'),
      migration: say(
        'A guest with an active block job cannot be migrated: finish it or abort it first.',
      ),
      attributes: {
        job: { since: '1.2.7', means: say('What started it: copy or active-commit.') },
        ready: { means: say('Whether both images are equal.') },
      },
      children: { source: diskSource },
    },
    encryption,
    auth: diskSource.children?.['auth'] ?? { means: say('Who logs in to the storage.') },
    iotune: {
      since: '0.9.8',
      means: say('Limits of the disk’s traffic.'),
      migration: say('They bind the guest, not the copying of the disk; they move with it.'),
    },
    blockio: { since: '0.10.2', means: say('Sizes of blocks that the disk reports.') },
    geometry: {
      since: '0.10.0',
      means: say('Cylinders, heads and sectors that the disk reports.'),
    },
  },
};
