import type {
  Emulation,
  FileFacts,
  HostAccess,
  HostClock,
  HostInterface,
  HostPressure,
  HostTopology,
  KernelFacts,
  LibvirtSecret,
  ListeningPorts,
  MeasuredDirtyRate,
  MigrationCertificates,
  PeerFacts,
  PowerState,
  QemuConfiguration,
  TpmEmulator,
} from './host-facts.ts';

/**
 * A snapshot of facts: what hosts said, when. It is plain JSON: the file that `livemigrate facts`
 * writes, that `check --facts` reads and that test fixtures are. All sizes are bytes, all times
 * epoch milliseconds.
 */
export interface FactsSnapshot {
  readonly format: 'livemigrate-facts/1';
  readonly hosts: Readonly<Record<string, HostSnapshot>>;
}

/** One host's answers. A part that could not be learnt holds the reason instead of a value. */
export interface HostSnapshot {
  /** The name in the inventory, also the key in `hosts`. */
  readonly name: string;
  readonly at: number;
  /** Set when the host could not be reached at all; every part is then unknown for this reason. */
  readonly unreachable?: string;
  readonly identity: Answer<HostIdentity>;
  readonly versions: Answer<HostVersions>;
  readonly capacity: Answer<HostCapacity>;
  readonly cpu: Answer<HostCpu>;
  readonly networks: Answer<readonly LibvirtNetwork[]>;
  /** Names of Linux bridges (from /sys/class/net/NAME/bridge). */
  readonly bridges: Answer<readonly string[]>;
  readonly pools: Answer<readonly StoragePool[]>;
  readonly domains: Answer<readonly DomainFacts[]>;
  /** By absolute path as asked (domain disks and the paths the caller named). */
  readonly images: Readonly<Record<string, Answer<ImageFacts>>>;
  // The parts below came later: a snapshot file may have been written without them.
  readonly access?: Answer<HostAccess>;
  readonly clock?: Answer<HostClock>;
  readonly power?: Answer<PowerState>;
  readonly pressure?: Answer<HostPressure>;
  readonly kernel?: Answer<KernelFacts>;
  readonly topology?: Answer<HostTopology>;
  readonly interfaces?: Answer<readonly HostInterface[]>;
  readonly ports?: Answer<ListeningPorts>;
  readonly emulation?: Answer<Emulation>;
  readonly configuration?: Answer<QemuConfiguration>;
  readonly certificates?: Answer<MigrationCertificates>;
  readonly secrets?: Answer<readonly LibvirtSecret[]>;
  readonly tpm?: Answer<TpmEmulator>;
  /** Paths that are no images, by absolute path as asked. */
  readonly files?: Readonly<Record<string, Answer<FileFacts>>>;
  /** Other hosts by inventory name, as they are reached from this one. */
  readonly peers?: Readonly<Record<string, Answer<PeerFacts>>>;
}

/** `from` is the command that answered, for the evidence. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T; readonly from: string }
  | { readonly ok: false; readonly why: string; readonly from: string };

export interface HostIdentity {
  readonly hostname: string;
  /** `<host><uuid>` of `virsh capabilities`. */
  readonly uuid: string;
  /** Contents of /proc/sys/kernel/random/boot_id: two names with one boot id are one machine. */
  readonly bootId: string;
}

export interface HostVersions {
  /** Three numbers, e.g. `11.3.0`, as `virsh version --daemon` prints them. */
  readonly libvirt: string;
  readonly qemu: string;
  /** Long options that `virsh help migrate` lists, without the dashes. */
  readonly migrateOptions: readonly string[];
}

export interface HostCapacity {
  /** Online logical CPUs. */
  readonly cpus: number;
  readonly memoryTotal: number;
  /** MemAvailable of /proc/meminfo. */
  readonly memoryAvailable: number;
}

export interface HostCpu {
  readonly arch: string;
  /** `<host><cpu><model>` of `virsh capabilities`; absent where libvirt cannot tell. */
  readonly model: string | undefined;
  readonly vendor: string | undefined;
  /** The `model name` of /proc/cpuinfo: the physical processor, for people. */
  readonly modelName: string | undefined;
  readonly features: readonly string[];
  /** `<guest><arch><machine>` names of this arch, aliases included. */
  readonly machines: readonly string[];
  /** CPU models that `virsh domcapabilities` calls usable. */
  readonly usableModels: readonly string[];
}

export interface LibvirtNetwork {
  readonly name: string;
  readonly active: boolean;
  readonly bridge: string | undefined;
  /** `<forward mode=>`: nat, route, bridge, …; none for an isolated network. */
  readonly forward?: string | undefined;
}

export interface StoragePool {
  readonly name: string;
  readonly active: boolean;
  readonly path: string | undefined;
  readonly available: number | undefined;
}

export interface DomainFacts {
  readonly name: string;
  readonly uuid: string;
  /** As `virsh domstate` prints it: running, paused, shut off, … */
  readonly state: string;
  readonly persistent: boolean;
  /** Number of libvirt snapshots. */
  readonly snapshots: number;
  /** `dumpxml` (live when running). */
  readonly xml: string;
  /** `Operation` of `virsh domjobinfo` while a job is active, else absent. */
  readonly job: string | undefined;
  readonly maxDowntimeMs: number | undefined;
  /** `migrate-compcache` / QMP parameters are collected only on request: see `parameters`. */
  readonly parameters: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly capabilities: Readonly<Record<string, boolean>> | undefined;
  /** Does the guest agent answer? absent when there is no agent channel. */
  readonly guestAgent: boolean | undefined;
  // Absent when it was not asked or could not be told; a snapshot of before has none of them.
  /** Why it is in its state, as `virsh domstate --reason` has it: booted, I/O error, … */
  readonly reason?: string | undefined;
  /** Number of checkpoints of backups. */
  readonly checkpoints?: number | undefined;
  /** Targets of the disks that a block job is at work on. */
  readonly blockJobs?: readonly string[] | undefined;
  /** `blocked-reasons` of QMP query-migrate; empty when nothing is in the way. */
  readonly blockers?: readonly string[] | undefined;
  readonly dirtyRate?: MeasuredDirtyRate | undefined;
  /** libvirt waits for the guest to power off, to start it again (`virsh reboot`). */
  readonly rebooting?: boolean | undefined;
}

export interface ImageFacts {
  /** `missing` is a positive answer: the host was asked and there is nothing at the path. */
  readonly kind: 'file' | 'block' | 'directory' | 'other' | 'missing';
  /** What the guest sees, in bytes (`qemu-img info`); absent when missing. */
  readonly virtualSize: number | undefined;
  /** qcow2, raw, … as probed. */
  readonly format: string | undefined;
  /** Bytes allocated on the host. */
  readonly allocated: number | undefined;
  /** Names of the backing chain below the top image, nearest first. */
  readonly backing: readonly string[];
  readonly filesystem: FilesystemFacts | undefined;
  /** `st_ino` of the file, as text (may exceed 2^53). */
  readonly inode: string | undefined;
  /** Seconds since the epoch with fraction, as text; part of the evidence that two files are one. */
  readonly modified: string | undefined;
  /** WWID, dm uuid or similar of a block device. */
  readonly deviceIdentity: string | undefined;
  /** On request: a file made beside it on the other host of the migration was seen here. */
  readonly probed?: boolean | undefined;
  /** The layers of `backing`, nearest first, as far as they were looked at. */
  readonly layers?: readonly ImageLayerFacts[];
}

/** One layer below the top of a chain. */
export interface ImageLayerFacts {
  readonly path: string;
  readonly format: string;
  readonly virtualSize: number;
  readonly kind: ImageFacts['kind'];
  readonly inode: string | undefined;
  readonly modified: string | undefined;
  readonly deviceIdentity: string | undefined;
  readonly filesystem: FilesystemFacts | undefined;
}

/** The file system that holds a path (or the nearest existing parent of a missing one). */
export interface FilesystemFacts {
  /** As in /proc/mounts: ext4, nfs4, fuse.glusterfs, … */
  readonly type: string;
  /** Mount source, e.g. `server:/export`. */
  readonly source: string;
  readonly mountPoint: string;
  /** `st_dev` and file-system id: two hosts that see one boot of one machine may share it. */
  readonly id: string;
  /** Free bytes for an unprivileged writer. */
  readonly available: number;
}
