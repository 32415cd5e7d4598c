import { KIT_ON_HOST } from './guest-kit.ts';

/** Where hosts keep images: `shared` is the same folder on every host, `local` is each host's own. */
export const IMAGE_FOLDERS = { shared: '/srv/shared', local: '/var/lib/libvirt/images' } as const;

export interface DiskOptions {
  /** `vda`, `vdb`, … ; by position when not said. */
  readonly target?: string;
  /** `shared` or `local` put the image `<guest>-<target>.<format>` there; default `local`. */
  readonly at?: keyof typeof IMAGE_FOLDERS;
  /** Full path on the host instead of {@link at}. */
  readonly path?: string;
  readonly format?: 'qcow2' | 'raw';
  /** Size of the image that is made. Default 64. */
  readonly sizeMiB?: number;
  /** False: the image must exist already. Default true (never over one that exists). */
  readonly create?: boolean;
  /** QEMU's cache mode; default `none`, with which libvirt migrates without complaint. */
  readonly cache?: string;
  readonly shareable?: boolean;
  readonly readonly?: boolean;
}

/** A disk with everything decided. */
export interface Disk {
  readonly target: string;
  readonly path: string;
  readonly format: 'qcow2' | 'raw';
  readonly sizeMiB: number;
  readonly create: boolean;
  readonly cache: string;
  readonly shareable: boolean;
  readonly readonly: boolean;
}

export interface GuestOptions {
  readonly name: string;
  readonly uuid?: string;
  /** Default 128; the kernel needs about 60 beside the working set. */
  readonly memoryMiB?: number;
  readonly vcpus?: number;
  /** A machine type that both Debian 12's and 13's QEMU know by default. */
  readonly machine?: string;
  readonly cpuModel?: string;
  readonly disks?: readonly DiskOptions[];
  /** Default: libvirt's network `default`; `none`: no NIC. */
  readonly nic?:
    | { readonly network: string; readonly mac?: string }
    | { readonly bridge: string; readonly mac?: string }
    | 'none';
  /** Memory dirtied, MiB/s. Default 0. */
  readonly dirtyMiBs?: number;
  /** Working set that is dirtied, MiB. Default 32. */
  readonly workingSetMiB?: number;
  /** Read-mostly memory that is verified each second, MiB. Default 8. */
  readonly checkMiB?: number;
  /** Numbered blocks on the first disk. Default: none are written. */
  readonly writer?: {
    /** Default 100. */
    readonly blocksPerSecond?: number;
    /** Part of the disk that is written, again and again, MiB. Default 16. */
    readonly spanMiB?: number;
    /** First write the whole span once at full speed. Default true. */
    readonly prefill?: boolean;
  };
  /** After this tick the workload spoils its own memory: to see that its checks can fail. */
  readonly spoilAfterTick?: number;
  /** False: a transient domain. Default true. */
  readonly persistent?: boolean;
  /** XML put into <devices> as it is. */
  readonly devices?: string;
}

/** Path of the guest's serial log on whichever host it runs. */
export function serialPath(name: string): string {
  return `/var/log/guests/${name}.log`;
}

export function disksOf(options: GuestOptions): Disk[] {
  return (options.disks ?? []).map((disk, at) => {
    const target = disk.target ?? `vd${String.fromCharCode(97 + at)}`;
    const format = disk.format ?? 'qcow2';
    const folder = IMAGE_FOLDERS[disk.at ?? 'local'];
    return {
      target,
      format,
      path: disk.path ?? `${folder}/${options.name}-${target}.${format}`,
      sizeMiB: disk.sizeMiB ?? 64,
      create: disk.create ?? true,
      cache: disk.cache ?? 'none',
      shareable: disk.shareable ?? false,
      readonly: disk.readonly ?? false,
    };
  });
}

/** The domain XML of a lab guest. `run` names this start: it stands in every tick and every block. */
export function domainXml(options: GuestOptions, uuid: string, run: string): string {
  const memory = String((options.memoryMiB ?? 128) * 1024);
  const command = kernelCommandLine(options, run);
  return `<domain type='qemu'>
  <name>${escaped(options.name)}</name>
  <uuid>${uuid}</uuid>
  <memory unit='KiB'>${memory}</memory>
  <currentMemory unit='KiB'>${memory}</currentMemory>
  <vcpu placement='static'>${String(options.vcpus ?? 1)}</vcpu>
  <os>
    <type arch='x86_64' machine='${escaped(options.machine ?? 'pc-q35-7.2')}'>hvm</type>
    <kernel>${KIT_ON_HOST.kernel}</kernel>
    <initrd>${KIT_ON_HOST.initrd}</initrd>
    <cmdline>${escaped(command)}</cmdline>
  </os>
  <features><acpi/><apic/></features>
  <cpu mode='custom' match='exact'><model fallback='forbid'>${escaped(options.cpuModel ?? 'qemu64')}</model></cpu>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>destroy</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
${disksOf(options).map(diskXml).join('')}${nicXml(options.nic)}    <controller type='usb' model='none'/>
    <serial type='file'><source path='${escaped(serialPath(options.name))}' append='on'/><target port='0'/></serial>
    <console type='file'><source path='${escaped(serialPath(options.name))}' append='on'/><target type='serial' port='0'/></console>
    <memballoon model='none'/>
${options.devices ?? ''}  </devices>
</domain>
`;
}

function kernelCommandLine(options: GuestOptions, run: string): string {
  const words = [
    'console=ttyS0',
    'quiet',
    'loglevel=1',
    // A broken guest stops talking and leaves its panic on the console; it does not start over as if nothing were.
    'panic=0',
    'oops=panic',
    // QEMU 7.2's emulation leaves wrong flags behind cmpxchg16b: an interrupt there panics the kernel (docs/lab.md).
    'clearcpuid=cx16',
    // On a busy machine the guest may get no processor for half a minute; that is no fault of the guest's.
    'nowatchdog',
    // What only costs time in an emulated machine.
    'mitigations=off',
    'tsc=reliable',
    'no_timer_check',
    'apparmor=0',
    'cryptomgr.notests',
    'rodata=off',
    'audit=0',
    'ipv6.disable=1',
    'init_on_alloc=0',
    'initcall_blacklist=jent_mod_init',
    'lsm=capability',
    `lab.run=${run}`,
    `lab.rate=${String(options.dirtyMiBs ?? 0)}`,
    `lab.set=${String(options.workingSetMiB ?? 32)}`,
    `lab.check=${String(options.checkMiB ?? 8)}`,
  ];
  if (options.spoilAfterTick !== undefined)
    words.push(`lab.spoil=${String(options.spoilAfterTick)}`);
  const { writer } = options;
  const [first] = disksOf(options);
  if (writer !== undefined) {
    if (first === undefined) throw new Error(`${options.name}: a disk writer needs a disk`);
    words.push(
      `lab.disk=${first.target}`,
      `lab.diskrate=${String(writer.blocksPerSecond ?? 100)}`,
      `lab.span=${String(writer.spanMiB ?? 16)}`,
      `lab.prefill=${writer.prefill === false ? '0' : '1'}`,
    );
  }
  return words.join(' ');
}

function diskXml(disk: Disk): string {
  return `    <disk type='file' device='disk'>
      <driver name='qemu' type='${disk.format}' cache='${escaped(disk.cache)}'/>
      <source file='${escaped(disk.path)}'/>
      <target dev='${escaped(disk.target)}' bus='virtio'/>
${disk.shareable ? '      <shareable/>\n' : ''}${disk.readonly ? '      <readonly/>\n' : ''}    </disk>
`;
}

/** Without the network boot's ROM, which the firmware would run at every start: half a second of emulation. */
function nicXml(nic: GuestOptions['nic']): string {
  if (nic === 'none') return '';
  const { mac } = nic ?? {};
  const source =
    nic !== undefined && 'bridge' in nic
      ? { type: 'bridge', attribute: `bridge='${escaped(nic.bridge)}'` }
      : { type: 'network', attribute: `network='${escaped(nic?.network ?? 'default')}'` };
  const address = mac === undefined ? '' : `<mac address='${escaped(mac)}'/>`;
  return `    <interface type='${source.type}'>${address}<source ${source.attribute}/><model type='virtio'/><rom enabled='no'/></interface>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;');
}
