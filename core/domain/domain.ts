import type { XmlElement } from '../xml/tree.ts';
import type { Located, Span } from '../text/span.ts';

/**
 * A libvirt domain as far as migration cares, read from domain XML
 * (https://libvirt.org/formatdomain.html). Every field keeps the range that said it, so that no
 * rule ever searches for a position. A part that is missing or malformed is absent, never guessed.
 */
export interface Domain {
  /** The document the spans refer to: a file, or a virtual document of live XML. */
  readonly uri: string;
  readonly root: XmlElement;
  readonly name: Located<string> | undefined;
  readonly uuid: Located<string> | undefined;
  /** `<domain type='kvm'>` */
  readonly type: Located<string> | undefined;
  /** `<memory>` in bytes, whatever its unit. */
  readonly memory: Located<number> | undefined;
  readonly currentMemory: Located<number> | undefined;
  /** Maximum vCPUs (`<vcpu>`), and those switched on (`current=`, else the maximum). */
  readonly vcpus: Located<number> | undefined;
  readonly currentVcpus: Located<number> | undefined;
  readonly arch: Located<string> | undefined;
  readonly machine: Located<string> | undefined;
  readonly emulator: Located<string> | undefined;
  readonly cpu: DomainCpu | undefined;
  readonly firmware: Firmware | undefined;
  readonly memoryBacking: MemoryBacking | undefined;
  readonly numaTune: NumaTune | undefined;
  readonly launchSecurity: LaunchSecurity | undefined;
  readonly disks: readonly Disk[];
  readonly interfaces: readonly NetworkInterface[];
  readonly hostDevices: readonly HostDevice[];
  readonly filesystems: readonly Filesystem[];
  readonly sharedMemories: readonly SharedMemory[];
  readonly tpms: readonly Tpm[];
}

export interface DomainCpu {
  readonly span: Span;
  readonly mode: Located<string> | undefined;
  readonly model: Located<string> | undefined;
  readonly vendor: Located<string> | undefined;
  readonly features: readonly {
    readonly name: Located<string>;
    readonly policy: string | undefined;
  }[];
}

export interface Disk {
  readonly span: Span;
  /** `<target dev='sda'>` */
  readonly target: Located<string>;
  readonly bus: string | undefined;
  /** `type=`: file, block, network, volume, nvme, dir, vhostuser. libvirt's default is file. */
  readonly type: Located<string>;
  /** `device=`: disk, cdrom, floppy, lun. libvirt's default is disk. */
  readonly device: Located<string>;
  /** Path of a file, block or dir source; absent for an empty drive and for other types. */
  readonly source: Located<string> | undefined;
  /** False for an empty drive. Network, volume and nvme sources count as having one. */
  readonly hasSource: boolean;
  /** `<driver type=>`, e.g. qcow2 or raw. */
  readonly format: Located<string> | undefined;
  /** `format` and the formats of the layers below it that are written (`<backingStore>`). */
  readonly formats: readonly Located<string>[];
  /** `<driver cache=>` */
  readonly cache: Located<string> | undefined;
  readonly readonly: Span | undefined;
  readonly shareable: Span | undefined;
  readonly transient: Span | undefined;
  /** `<source startupPolicy=>` */
  readonly startupPolicy: string | undefined;
}

export interface NetworkInterface {
  readonly span: Span;
  /** network, bridge, direct, user, hostdev, vdpa, … */
  readonly type: Located<string>;
  readonly mac: Located<string> | undefined;
  /** The name in `<source network= | bridge= | dev=>`. */
  readonly source: Located<string> | undefined;
  /** `<virtualport type=>`, e.g. openvswitch. */
  readonly virtualPort: Located<string> | undefined;
  /** `<teaming type=>`: persistent or transient; a transient one is unplugged before it moves. */
  readonly teaming: Located<string> | undefined;
}

/** A device of the host that is handed to the guest (`<hostdev>`). */
export interface HostDevice {
  readonly span: Span;
  /** subsystem or capabilities. libvirt's default is subsystem. */
  readonly mode: Located<string>;
  /** usb, pci, scsi, scsi_host, mdev; for capabilities storage, misc, net. */
  readonly type: Located<string> | undefined;
  /** `<teaming type=>`, as with an interface. */
  readonly teaming: Located<string> | undefined;
}

/** A directory of the host that the guest mounts (`<filesystem>`). */
export interface Filesystem {
  readonly span: Span;
  /** mount, template, file, block, ram, bind, volume. libvirt's default is mount. */
  readonly type: Located<string>;
  /** `<driver type=>`, e.g. virtiofs; absent means path (9p). */
  readonly driver: Located<string> | undefined;
  /** What is mounted on the host: a directory, file, block device or name. */
  readonly source: Located<string> | undefined;
  /** The tag by which the guest mounts it. */
  readonly target: Located<string> | undefined;
}

/** Memory that guests or processes share with this guest (`<shmem>`, ivshmem). */
export interface SharedMemory {
  readonly span: Span;
  readonly name: Located<string> | undefined;
  /** master or peer; only a master can be migrated. */
  readonly role: Located<string> | undefined;
  readonly model: Located<string> | undefined;
}

export interface Tpm {
  readonly span: Span;
  /** `<backend type=>`: passthrough, emulator, external. */
  readonly backend: Located<string> | undefined;
  /** `<backend version=>`: 1.2 or 2.0. */
  readonly version: Located<string> | undefined;
  /** UUID of the secret that encrypts the state; the destination must have the same one. */
  readonly encryptionSecret: Located<string> | undefined;
}

/** `<os>`: firmware and where its variables are kept. */
export interface Firmware {
  /** `<os firmware=>`: efi or bios, chosen by libvirt. */
  readonly automatic: Located<string> | undefined;
  readonly loader: Located<string> | undefined;
  /** File with the variables of this guest; a path of the source host. */
  readonly nvram: Located<string> | undefined;
}

export interface MemoryBacking {
  readonly span: Span;
  readonly hugepages: Span | undefined;
  /** Asked sizes of huge pages in bytes; empty with `hugepages` means the host's default size. */
  readonly pages: readonly {
    readonly size: Located<number>;
    /** Guest NUMA nodes that these pages are for; absent means all. */
    readonly nodeset: Located<string> | undefined;
  }[];
  /** `<source type=>`: file, anonymous, memfd. */
  readonly source: Located<string> | undefined;
  readonly locked: Span | undefined;
}

/** Where the guest's memory is taken from on the host. */
export interface NumaTune {
  readonly span: Span;
  /** One for the whole guest (`cell` undefined), the others for single guest nodes. */
  readonly nodes: readonly {
    readonly cell: Located<string> | undefined;
    /** strict, preferred, interleave, restrictive. libvirt's default is strict. */
    readonly mode: Located<string> | undefined;
    readonly nodeset: Located<string> | undefined;
    /** static or auto (chosen by numad). */
    readonly placement: Located<string> | undefined;
  }[];
}

export interface LaunchSecurity {
  readonly span: Span;
  /** sev, sev-snp, s390-pv, tdx. */
  readonly type: Located<string> | undefined;
}

/**
 * Which disks `virsh migrate --copy-storage-*` copies when no list is given: not shareable, not
 * read-only, with a source. (libvirt `qemuMigrationAnyCopyDisk`.)
 */
export function copiedByDefault(disk: Disk): boolean {
  return (
    disk.hasSource &&
    disk.readonly === undefined &&
    disk.shareable === undefined &&
    !removable(disk)
  );
}

/** CD-ROM and floppy drives; libvirt makes a CD-ROM read-only by itself. */
export function removable(disk: Disk): boolean {
  return disk.device.value === 'cdrom' || disk.device.value === 'floppy';
}
