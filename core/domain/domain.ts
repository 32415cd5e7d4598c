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
  readonly disks: readonly Disk[];
  readonly interfaces: readonly NetworkInterface[];
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
