import { say } from '../messages.ts';
import type { ElementDocumentation } from './documentation.ts';
import { teaming } from './interface.ts';

/** Devices that tie a guest to its host. */
export const hostDevices: Readonly<Record<string, ElementDocumentation>> = {
  hostdev: {
    section: 'host-device-assignment',
    means: say('A device of the host handed to the guest.'),
    migration: say(
      'In general such a guest cannot be moved while it runs. A network card in a team is unplugged for the migration; some VFIO drivers can move their state.',
    ),
    attributes: {
      mode: {
        default: 'subsystem',
        means: say(
          'subsystem for USB, PCI, SCSI and mediated devices; capabilities for containers, which cannot be migrated.',
        ),
      },
      type: {
        means: say('Kind of the device.'),
        values: {
          usb: say(
            'A USB device. libvirt lets the guest go; the destination must have the same device, or the guest sees it unplugged. openEuler does not support it.',
          ),
          pci: say(
            'A PCI device by VFIO. It moves only where its kernel driver can migrate its state, or as the transient one of a team.',
          ),
          scsi: say(
            'A SCSI device. It cannot be migrated; use a disk with device=lun on a block device instead.',
          ),
          scsi_host: say('All LUNs of an adapter by vhost. It cannot be migrated.'),
          mdev: say(
            'A mediated device such as a vGPU. It moves only where its driver can migrate its state.',
          ),
          storage: say('A block device for a container.'),
          misc: say('A character device for a container.'),
          net: say('A network interface for a container.'),
        },
      },
      managed: {
        means: say('For PCI: libvirt takes the device from the host and gives it back by itself.'),
      },
      model: {
        since: '3.2.0',
        means: say('For mdev: how the device shows itself: vfio-pci, vfio-ccw, vfio-ap.'),
      },
    },
    children: {
      source: {
        means: say('The device on the host.'),
        migration: say('The destination looks for it at the same address.'),
        attributes: {
          startupPolicy: {
            since: '1.0.0',
            default: 'mandatory',
            means: say('For USB: what happens when the device is missing.'),
            values: {
              mandatory: say('The guest does not start, nor on the destination.'),
              requisite: say('It must be there at boot; a migration may drop it.'),
              optional: say('It is dropped whenever it is missing, also by a migration.'),
            },
          },
          guestReset: { since: '8.6.0', means: say('For USB: what a reset by the guest does.') },
        },
        children: {
          vendor: {
            means: say('USB vendor of the device; found again on any host.'),
            attributes: { id: { means: say('Number, with 0x in hexadecimal.') } },
          },
          product: {
            means: say('USB product of the device.'),
            attributes: { id: { means: say('Number, with 0x in hexadecimal.') } },
          },
          address: {
            means: say('Place of the device on the host.'),
            migration: say('On the destination another device may be at this place.'),
          },
        },
      },
      teaming,
    },
  },
  filesystem: {
    section: 'filesystems',
    means: say('A folder of the host inside the guest.'),
    migration: say(
      'Most kinds keep a guest from moving while it runs: unmount and detach it first, and attach it again on the destination.',
    ),
    attributes: {
      type: {
        default: 'mount',
        means: say('What is shared.'),
        values: {
          mount: say('A folder of the host.'),
          template: say('A template of OpenVZ.'),
          file: say('An image file, for containers.'),
          block: say('A block device, for containers.'),
          ram: say('Memory, for containers.'),
          bind: say('Another folder of the guest, for containers.'),
        },
      },
      accessmode: {
        since: '0.8.5',
        means: say('With whose rights the folder is used.'),
        values: {
          passthrough: say('Those of the user in the guest.'),
          mapped: say('Those of QEMU; owners are kept beside the files.'),
          squash: say('As passthrough, but a change of owner may fail.'),
        },
      },
    },
    children: {
      driver: {
        means: say('How the folder is shared.'),
        attributes: {
          type: {
            default: 'path',
            means: say('The technique.'),
            values: {
              path: say('9p: while the guest has it mounted, QEMU refuses to migrate.'),
              virtiofs: say(
                'virtiofs (since libvirt 6.2.0): libvirt refuses to migrate it, except newer versions with a virtiofsd that can hand over its state.',
              ),
              handle: say('9p by file handles.'),
              mtp: say('A USB media device; QEMU cannot migrate it.'),
            },
          },
          queue: { since: '6.2.0', means: say('Size of the virtiofs queue.') },
        },
      },
      source: {
        means: say('What is shared on the host.'),
        attributes: {
          dir: {
            means: say('Path of the folder; the destination must show the same files there.'),
          },
          socket: {
            since: '6.2.0',
            means: say(
              'Socket of a virtiofsd that others run; newer libvirt lets such a guest move.',
            ),
          },
        },
      },
      target: {
        means: say('The tag by which the guest mounts it.'),
        attributes: { dir: { means: say('The tag; not a path in QEMU.') } },
      },
      binary: {
        since: '6.2.0',
        means: say('Options of virtiofsd; its path must be on the destination too.'),
      },
      readonly: { means: say('The guest cannot write.') },
    },
  },
  shmem: {
    section: 'shared-memory-device',
    since: '1.2.10',
    means: say('Memory that guests or programs on the host share with this guest (ivshmem).'),
    migration: say('Only a device with role master can be migrated; unplug any other first.'),
    attributes: {
      name: { means: say('Name of the shared memory on the host.') },
      role: {
        since: '6.6.0',
        means: say('Who owns the content.'),
        values: {
          master: say('This guest: the content moves with it. Only one master for each memory.'),
          peer: say('Another: libvirt refuses to migrate this guest.'),
        },
      },
    },
    children: {
      model: {
        means: say('Kind of the device.'),
        attributes: {
          type: {
            means: say(
              'ivshmem-plain without, ivshmem-doorbell with a server; ivshmem is the old one.',
            ),
          },
        },
      },
      size: { means: say('Size of the memory, a power of two from 1 MiB.') },
      server: {
        means: say('The server that hands out the memory; it must run on the destination too.'),
      },
    },
  },
  tpm: {
    section: 'tpm-device',
    means: say('A TPM.'),
    migration: say(
      'The state of an emulated one moves with the guest, if the swtpm of both hosts can. A passed through TPM cannot move.',
    ),
    attributes: {
      model: { means: say('The device that the guest sees: tpm-tis, or tpm-crb for a TPM 2.0.') },
    },
    children: {
      backend: {
        means: say('What stands behind the TPM.'),
        attributes: {
          type: {
            means: say('Kind of the back end.'),
            values: {
              emulator: say(
                'swtpm, one for each guest (since libvirt 4.5.0). If its state lies on shared storage, swtpm must be able to hand it over.',
              ),
              passthrough: say('The TPM of the host: the guest cannot be migrated.'),
              external: say('A swtpm that others run; they must run it on the destination.'),
            },
          },
          version: { means: say('1.2 or 2.0; both hosts must take the same.') },
          persistent_state: {
            since: '7.0.0',
            default: 'no',
            means: say('Keeps the state when a transient domain ends.'),
          },
        },
        children: {
          encryption: {
            since: '5.6.0',
            means: say('The state is encrypted.'),
            migration: say(
              'The destination must have the same secret with the same value, else the TPM does not come up.',
            ),
            attributes: { secret: { means: say('UUID of the secret.') } },
          },
          device: { means: say('The TPM device of the host.') },
          active_pcr_banks: {
            since: '7.10.0',
            means: say('Banks of registers that are switched on.'),
          },
        },
      },
    },
  },
  lease: {
    section: 'device-leases',
    means: say('A lease that the lock manager must hold before the guest may run.'),
    migration: say(
      'Both hosts must use the same lock manager and reach the lease file; it is handed over when the guest moves.',
    ),
    children: {
      lockspace: { means: say('Name of the lock space.') },
      key: { means: say('Name of the lease.') },
      target: { means: say('File of the lease, on storage that both hosts share.') },
    },
  },
  memory: {
    section: 'memory-devices',
    since: '1.2.14',
    means: say('A memory module beside the memory from the start.'),
    migration: say(
      'The destination must give it the same slot and address, which libvirt writes into the live XML of a running guest.',
    ),
    attributes: {
      model: {
        means: say('Kind of the module.'),
        values: {
          dimm: say('Ordinary memory.'),
          nvdimm: say(
            'Persistent memory backed by a file or device; the destination must have it too.',
          ),
          'virtio-pmem': say('Persistent memory by virtio (since libvirt 7.1.0).'),
          'virtio-mem': say('Memory that can grow and shrink (since libvirt 7.9.0).'),
          'sgx-epc': say('Memory of SGX enclaves; QEMU cannot migrate it.'),
        },
      },
      access: { since: '3.2.0', means: say('Whether other processes can share it.') },
      discard: { since: '4.4.0', means: say('The content is thrown away when the guest ends.') },
    },
    children: {
      source: {
        means: say('Host memory that it is made of.'),
        migration: say('Paths, page sizes and nodes in it must exist on the destination.'),
      },
      target: { means: say('Size and guest node of the module.') },
    },
  },
};
