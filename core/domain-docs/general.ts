import { say } from '../messages.ts';
import type { ElementDocumentation } from './documentation.ts';

const generalMetadata = 'general-metadata';
const booting = 'operating-system-booting';
const events = 'events-configuration';

/** Attributes of `<domain>`. */
export const domainAttributes: NonNullable<ElementDocumentation['attributes']> = {
  type: {
    means: say('The hypervisor that runs the guest.'),
    migration: say(
      'It must be available on the destination: a guest of KVM cannot go on under plain emulation.',
    ),
    values: {
      kvm: say('QEMU with the processor’s virtualization: the usual case.'),
      qemu: say('QEMU that emulates the processor in software; slow, runs everywhere.'),
      hvf: say('QEMU with the hypervisor framework of macOS.'),
      xen: say('Xen. This tool migrates guests of QEMU only.'),
      lxc: say('A container. It cannot be migrated live.'),
    },
  },
  id: {
    means: say(
      'The number of the running guest on its host; libvirt writes it, and a definition has none.',
    ),
    migration: say('The destination gives the guest a number of its own.'),
  },
};

export const general: Readonly<Record<string, ElementDocumentation>> = {
  name: {
    section: generalMetadata,
    means: say('The name of the domain on its host.'),
    migration: say(
      'A host cannot hold two domains of one name: the destination must not have another of this name, unless the migration gives it a new one.',
    ),
  },
  uuid: {
    section: generalMetadata,
    means: say('The identity of the domain; libvirt makes one up when it is absent.'),
    migration: say(
      'It stays the same when the domain moves; another domain with it on the destination stops the migration.',
    ),
  },
  genid: {
    section: generalMetadata,
    since: '4.4.0',
    means: say('A generation number that tells the guest when it was copied or reverted.'),
    migration: say('A live migration does not change it: the guest goes on as the same one.'),
  },
  metadata: {
    section: generalMetadata,
    since: '0.9.10',
    means: say('Notes of management tools, each in a namespace of its own.'),
    migration: say('It travels with the domain. virsh cannot change it while a migration runs.'),
  },
  os: {
    section: booting,
    means: say('What the guest boots: machine, firmware and boot order.'),
    attributes: {
      firmware: {
        since: '5.2.0',
        means: say('Lets libvirt choose firmware of this kind by itself.'),
        migration: say(
          'What was chosen at start is what moves: the live XML names the image, which must be on the destination at the same path.',
        ),
        values: {
          bios: say('Classic BIOS.'),
          efi: say('UEFI.'),
        },
      },
    },
    children: {
      type: {
        means: say('What kind of guest system it is; hvm for all that run on bare metal.'),
        attributes: {
          arch: {
            means: say(
              'The processor architecture of the guest; the host’s own when it is absent.',
            ),
            migration: say(
              'Both hosts must have it: a guest does not change its architecture when it moves.',
            ),
          },
          machine: {
            means: say(
              'The machine type: board, buses and defaults as one version of QEMU has them.',
            ),
            migration: say(
              'The destination’s QEMU must know exactly this machine type. A versioned one, such as pc-q35-7.2, can move to a newer QEMU and back; an alias like q35 is replaced by a version when the domain is defined.',
            ),
          },
        },
      },
      firmware: {
        since: '7.2.0',
        means: say('Narrows down which firmware libvirt may choose.'),
      },
      loader: {
        means: say('Path of the firmware image.'),
        migration: say(
          'Nothing copies it: the same image must be at this path on the destination.',
        ),
        attributes: {
          readonly: {
            means: say('The guest cannot write to the image; its variables are kept in nvram.'),
          },
          secure: { since: '2.1.0', means: say('The firmware can do Secure Boot.') },
          stateless: { since: '8.6.0', means: say('The firmware keeps no variables at all.') },
          type: {
            means: say('How the image appears in guest memory.'),
            values: {
              rom: say('As ROM, for BIOS.'),
              pflash: say('As flash, for UEFI.'),
            },
          },
          format: { since: '9.2.0', means: say('Format of the firmware image.'), default: 'raw' },
        },
      },
      nvram: {
        since: '1.2.8',
        means: say('File with the UEFI variables of this guest.'),
        migration: say(
          'The variables travel in the migration stream; libvirt makes the file on the destination from the template, which must be there.',
        ),
        attributes: {
          template: {
            means: say('Image that new variables are made from.'),
            migration: say('It must be on the destination at the same path.'),
          },
          type: {
            since: '8.5.0',
            means: say('Where the variables lie: a file, a block device, network storage.'),
          },
          format: {
            since: '9.2.0',
            means: say('Format of the file with the variables.'),
            default: 'raw',
          },
        },
      },
      boot: {
        means: say('The next device to try when the guest boots.'),
        attributes: {
          dev: {
            means: say('Kind of the boot device.'),
            values: {
              hd: say('A hard disk.'),
              cdrom: say('A CD-ROM.'),
              network: say('The network (PXE).'),
              fd: say('A floppy disk.'),
            },
          },
        },
      },
      kernel: {
        means: say('Kernel that QEMU boots directly, a path on the host.'),
        migration: say('The destination opens the path again; the file must be there.'),
      },
      initrd: {
        means: say('Initial RAM disk for the kernel, a path on the host.'),
        migration: say('The file must be on the destination too.'),
      },
      cmdline: { means: say('Command line of the kernel.') },
      dtb: {
        means: say(
          'Device tree for the kernel, a path on the host; it must be on the destination too.',
        ),
      },
    },
  },
  on_poweroff: {
    section: events,
    default: 'destroy',
    means: say('What happens when the guest powers off.'),
    migration: say(
      'A guest that powers off during a migration ends it; with restart it would come up again on the source.',
    ),
    values: {
      destroy: say('The domain ends and its resources are freed.'),
      restart: say('It starts again with the same configuration.'),
      preserve: say('It ends, and what is left is kept for a look.'),
      'rename-restart': say('It starts again under a new name (Xen only).'),
    },
  },
  on_reboot: {
    section: events,
    default: 'restart',
    means: say('What happens when the guest reboots.'),
    migration: say(
      'A reboot under way when the guest switches over can end as a shutdown on the destination: let it finish first.',
    ),
    values: {
      destroy: say('The domain ends and its resources are freed.'),
      restart: say('It starts again with the same configuration.'),
      preserve: say('It ends, and what is left is kept for a look.'),
    },
  },
  on_crash: {
    section: events,
    default: 'destroy',
    means: say('What happens when the guest crashes and a panic device says so.'),
    values: {
      destroy: say('The domain ends and its resources are freed.'),
      restart: say('It starts again with the same configuration.'),
      preserve: say('It ends, and what is left is kept for a look.'),
      'coredump-destroy': say('Its memory is dumped, then it ends.'),
      'coredump-restart': say('Its memory is dumped, then it starts again.'),
    },
  },
  on_lockfailure: {
    section: events,
    since: '1.0.0',
    means: say('What happens when the lock manager loses the guest’s locks.'),
    migration: say(
      'Both hosts must use the same lock manager; the locks pass over with the migration.',
    ),
  },
  resource: {
    section: 'resource-partitioning',
    since: '1.0.5',
    means: say('The cgroup partition that the guest runs in.'),
    migration: say('A partition other than the default one must exist on the destination.'),
    children: {
      partition: { means: say('Absolute path of the partition.') },
      fibrechannel: { since: '7.7.0', means: say('Marks the guest’s Fibre Channel traffic.') },
    },
  },
  sysinfo: {
    section: 'smbios-system-information',
    means: say('What the guest sees as SMBIOS or firmware settings.'),
    migration: say('It moves with the guest; files that it names must be on the destination.'),
  },
  seclabel: {
    section: 'security-label',
    means: say('How SELinux, AppArmor or plain ownership keep the guest apart.'),
    migration: say(
      'The destination must run the security driver that a static label names; dynamic labels are made anew there, also on images on shared storage.',
    ),
    attributes: {
      type: {
        means: say('Who chooses the label.'),
        values: {
          dynamic: say('libvirt makes a label of its own for each guest and sets it on its files.'),
          static: say('The label is given here.'),
          none: say('The guest is not confined.'),
        },
      },
      model: { means: say('The security driver: selinux, apparmor, dac.') },
      relabel: { means: say('Whether libvirt sets the label on the guest’s files.') },
    },
    children: {
      label: { means: say('The label in full.') },
      baselabel: { means: say('What a dynamic label is built on.') },
      imagelabel: {
        means: say('The label on the guest’s files; libvirt writes it for a running guest.'),
      },
    },
  },
  launchSecurity: {
    section: 'launch-security',
    since: '4.4.0',
    means: say('Memory of the guest is encrypted by the processor.'),
    migration: say(
      'Such guests cannot in general be moved while they run: QEMU has no migration for SEV, SEV-SNP, TDX and s390 protected guests.',
    ),
    attributes: {
      type: {
        means: say('The technique of the processor.'),
        values: {
          sev: say('AMD SEV.'),
          'sev-snp': say('AMD SEV-SNP.'),
          tdx: say('Intel TDX.'),
          's390-pv': say('IBM Secure Execution.'),
        },
      },
    },
  },
  pm: {
    section: 'power-management',
    since: '0.10.2',
    means: say('Sleep states that the firmware offers to the guest.'),
  },
  perf: {
    section: 'performance-monitoring-events',
    since: '2.0.0',
    means: say('Performance events that libvirt counts for the guest.'),
  },
  keywrap: { section: 'key-wrap', means: say('Key management of s390 guests.') },
  idmap: { section: 'container-boot', means: say('User and group ids of a container.') },
};
