/**
 * Parts of a host's snapshot beyond its inventory of domains, networks and images: what decides
 * whether a migration can begin, reach the destination and end well. Plain JSON like the rest; sizes
 * are bytes, times epoch milliseconds unless a name says otherwise.
 */

/** May this user manage libvirt's system instance? A refusal is an answer, too. */
export interface HostAccess {
  readonly user: string;
  readonly libvirt: boolean;
  /** libvirt's words when it refused. */
  readonly said: string | undefined;
}

export interface HostClock {
  /** Milliseconds that the host's clock is ahead of the clock of whoever asked. */
  readonly ahead: number;
  /** The true value lies at most this many milliseconds away. */
  readonly uncertainty: number;
}

/**
 * How hard a host works. Shares are percent of time, averages over a minute, of the kernel's pressure
 * stall information (Linux 4.20 and later; reading it needs no root).
 */
export interface HostPressure {
  /** Tasks that ran or waited to run, or for a disk: averages over 1, 5 and 15 minutes. */
  readonly load: readonly [number, number, number];
  /** Online CPUs, for the load. */
  readonly cpus: number;
  /** Absent where the kernel does not measure it. */
  readonly stalls: HostStalls | undefined;
}

export interface HostStalls {
  /** A task could run and waited for a CPU. */
  readonly cpuSome: number;
  /** All tasks that had something to do waited for memory. */
  readonly memoryFull: number;
  /** All tasks that had something to do waited for input or output. */
  readonly ioFull: number;
}

export interface PowerState {
  /** `shutdown` with a time (logind): poweroff, reboot, halt, kexec. */
  readonly scheduled: { readonly mode: string; readonly at: number | undefined } | undefined;
  /** True while the host goes down. */
  readonly stopping: boolean;
}

export interface KernelFacts {
  readonly release: string;
  /** vm.unprivileged_userfaultfd; absent where the kernel does not have it (before 5.2). */
  readonly unprivilegedUserfaultfd: number | undefined;
  /** vm.overcommit_memory: 2 makes memory that is not there an error at once. */
  readonly overcommitMemory: number | undefined;
}

export interface HostTopology {
  /** Online CPUs as a list, e.g. `0-15`. */
  readonly cpus: string;
  readonly nodes: readonly NumaNode[];
  /** Of the whole host. */
  readonly hugePages: readonly HugePages[];
  /** Where huge pages are mounted; QEMU takes them from there. */
  readonly hugePageMounts: readonly string[];
}

export interface NumaNode {
  readonly id: number;
  readonly cpus: string;
  readonly memoryTotal: number;
  readonly memoryFree: number;
  readonly hugePages: readonly HugePages[];
}

export interface HugePages {
  /** Bytes of one page. */
  readonly size: number;
  readonly total: number;
  readonly free: number;
}

/** A network interface of the host, as `ip addr` tells it. */
export interface HostInterface {
  readonly name: string;
  /** bridge, vlan, bond, tun, veth, … ; absent for a physical one. */
  readonly kind: string | undefined;
  readonly mac: string | undefined;
  readonly mtu: number | undefined;
  readonly up: boolean;
  /** The bridge or bond it belongs to. */
  readonly master: string | undefined;
  /** What a VLAN (or macvlan) sits on. */
  readonly parent: string | undefined;
  readonly vlan: number | undefined;
  /** `10.1.0.2/24`; link-local ones are left out. */
  readonly addresses: readonly string[];
  /** Default gateways through it, with the hardware address where it is known. */
  readonly gateways: readonly { readonly address: string; readonly mac: string | undefined }[];
  /** Bits per second; absent where the driver does not tell. */
  readonly speed: number | undefined;
}

/** TCP ports on which something listens, on any address. */
export type ListeningPorts = readonly number[];

/** What `virsh capabilities` says beside the CPU. */
export interface Emulation {
  readonly emulators: readonly { readonly arch: string; readonly path: string }[];
  /** selinux, apparmor, dac, none. */
  readonly securityModels: readonly string[];
  /** tcp, rdma. */
  readonly migrationTransports: readonly string[];
}

/** What qemu.conf says about migration, with libvirt's defaults where it says nothing. */
export interface QemuConfiguration {
  readonly migrationPorts: { readonly first: number; readonly last: number };
  readonly migrationAddress: string | undefined;
  readonly migrationHost: string | undefined;
  /** migrate_tls_x509_verify */
  readonly tlsVerify: boolean;
  /** migrate_tls_force */
  readonly tlsForce: boolean;
  /** lockd, sanlock; absent without a lock manager. */
  readonly lockManager: string | undefined;
  /** Directories that libvirt takes for shared although it cannot see that they are. */
  readonly sharedFilesystems: readonly string[];
  /** User that QEMU runs as; absent means the one that libvirt was built for. */
  readonly user: string | undefined;
}

/** The files that a migration with TLS needs, in the folder that libvirt takes them from. */
export interface MigrationCertificates {
  readonly folder: string;
  readonly ca: CertificateFile;
  readonly server: CertificateFile;
  readonly client: CertificateFile;
  /** `missing` also when the folder is. A key's content is never read. */
  readonly serverKey: 'present' | 'missing';
  readonly clientKey: 'present' | 'missing';
}

export interface CertificateFile {
  /** `unreadable`: there, but not for this user, or no certificate. */
  readonly state: 'present' | 'missing' | 'unreadable';
  readonly certificate: Certificate | undefined;
}

export interface Certificate {
  readonly commonName: string | undefined;
  readonly dnsNames: readonly string[];
  readonly addresses: readonly string[];
  readonly validFrom: number;
  readonly validTo: number;
  /** By the host's own clock when it was asked. */
  readonly validity: 'valid' | 'expired' | 'not-yet-valid';
  /**
   * SHA-256 of subject and public key, hexadecimal, of every certificate in the file: an authority
   * stays the same when its certificate is renewed.
   */
  readonly fingerprints: readonly string[];
  /** Was it issued by an authority in this host's ca-cert.pem? Absent when that is not known. */
  readonly issuedByOwnCa: boolean | undefined;
  /** Fingerprint of the authority of this host that issued it. */
  readonly issuer: string | undefined;
}

/** A secret by what it is for; its value is never asked for. */
export interface LibvirtSecret {
  readonly uuid: string;
  /** `ceph client.libvirt`, `volume /x.luks`, … as `virsh secret-list` prints it. */
  readonly usage: string;
}

/** The TPM emulator, swtpm. */
export interface TpmEmulator {
  readonly installed: boolean;
  readonly version: string | undefined;
  /** `swtpm socket --print-capabilities`, e.g. cmdarg-migration. */
  readonly features: readonly string[];
}

/** A path of the host that is no disk image: a program, firmware, a directory. */
export interface FileFacts {
  readonly kind: 'file' | 'block' | 'directory' | 'other' | 'missing';
  /** Type of the file system below it, e.g. ext4; of the nearest parent of a missing path. */
  readonly filesystem: string | undefined;
}

/** How this host reaches another one, tried from here. */
export interface PeerFacts {
  /** The URI that was opened, as root, as the daemon would; absent when that could not be tried. */
  readonly uri: string | undefined;
  readonly connection: PeerConnection | undefined;
  readonly ports: readonly PortState[];
  /** Round trip by ping: milliseconds, and the share of packets that were lost, 0 to 1. */
  readonly roundTrip: { readonly milliseconds: number; readonly loss: number } | undefined;
  /** The interface that leads there, and its speed in bits per second. */
  readonly through: { readonly name: string; readonly speed: number | undefined } | undefined;
}

export interface PeerConnection {
  readonly connects: boolean;
  /** virsh's words when it did not. */
  readonly said: string | undefined;
}

export interface PortState {
  readonly host: string;
  readonly port: number;
  /**
   * `refused`: the host answered that nothing listens there; a firewall can say the same.
   * `silent`: no answer, as behind a firewall that drops. `unknown`: it could not be tried.
   */
  readonly state: 'open' | 'refused' | 'silent' | 'unreachable' | 'unresolvable' | 'unknown';
}

/** The last measurement that QEMU keeps of how fast a guest changes its memory. */
export interface MeasuredDirtyRate {
  readonly bytesPerSecond: number;
  /** When it began; absent where that cannot be told. */
  readonly at: number | undefined;
  readonly calcTimeSeconds: number | undefined;
  readonly mode: string;
}
