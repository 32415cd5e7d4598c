import { say } from '../messages.ts';
import type { AttributeDocumentation, ElementDocumentation } from './documentation.ts';

const consoles = 'consoles-serial-parallel-channel-devices';

const characterType: AttributeDocumentation = {
  means: say('What is at the other end on the host.'),
  values: {
    pty: say('A pseudo terminal; virsh console speaks to it. It is made anew on the destination.'),
    unix: say(
      'A UNIX socket; made anew on the destination, whoever was connected must connect again.',
    ),
    tcp: say('A TCP connection; it breaks when the guest moves.'),
    udp: say('UDP packets.'),
    file: say('A file; on the destination a new one begins at this path.'),
    dev: say('A device of the host; the destination must have one at this path.'),
    pipe: say('Named pipes; the destination must have them.'),
    null: say('Nothing: output is lost.'),
    stdio: say('The standard streams of QEMU.'),
    vc: say('A console in the display.'),
    spicevmc: say('The SPICE client.'),
    spiceport: say('A named channel of SPICE.'),
    nmdm: say('A null modem of FreeBSD.'),
    'qemu-vdagent': say('The clipboard between guest and VNC client.'),
    dbus: say('The D-Bus display.'),
  },
};

const characterSource: ElementDocumentation = {
  means: say('The host’s end.'),
  attributes: {
    path: {
      means: say('Path on the host; leave it out and libvirt chooses one that fits on any host.'),
    },
    mode: { means: say('bind waits for connections, connect makes one.') },
    host: { means: say('Address to connect to or to wait at.') },
    service: { means: say('Port.') },
  },
};

const alias: ElementDocumentation = {
  means: say(
    'A name for the device; those that begin with ua- are your own, others are libvirt’s.',
  ),
  migration: say('It moves with the guest: the device keeps the same name.'),
  attributes: { name: { means: say('The name; letters, digits, “_” and “-”.') } },
};

const address: ElementDocumentation = {
  section: 'device-addresses',
  means: say('Where the guest sees the device; libvirt fills it in when it is absent.'),
  migration: say(
    'It is part of what the guest sees and must be equal on the destination: do not change it in XML for a migration.',
  ),
  attributes: { type: { means: say('Kind of the bus: pci, drive, usb, virtio-serial, ccw.') } },
};

/** Elements that mean the same wherever they stand below a device. */
export const anywhere: Readonly<Record<string, ElementDocumentation>> = {
  alias,
  address,
  boot: {
    means: say('The place of this device in the boot order.'),
    attributes: { order: { means: say('1 is tried first.') } },
  },
  acpi: { since: '7.3.0', means: say('A number that keeps the guest’s name for the device.') },
  rom: {
    means: say('The boot ROM of the device.'),
    migration: say('A file that it names must be on the destination.'),
  },
};

export const guestDevices: Readonly<Record<string, ElementDocumentation>> = {
  emulator: {
    section: 'devices',
    means: say('The QEMU binary.'),
    migration: say(
      'It must be at this path on the destination too; distributions put it in different places (/usr/bin, /usr/libexec).',
    ),
  },
  controller: {
    section: 'controllers',
    means: say('A bus or bus controller that the guest sees; libvirt adds those that are needed.'),
    migration: say(
      'The guest cannot lose or gain one while it moves: the destination must make the same ones.',
    ),
    attributes: {
      type: { means: say('Kind of the bus.') },
      index: {
        means: say('Number among controllers of its kind; addresses of devices refer to it.'),
      },
      model: { means: say('Which controller the guest sees.') },
      ports: { means: say('Number of ports.') },
    },
  },
  channel: {
    section: consoles,
    means: say('A channel between host and guest, for example for the guest agent.'),
    migration: say('With the guest agent one can tell that the guest answers after the move.'),
    attributes: { type: characterType },
    children: {
      source: characterSource,
      target: {
        means: say('The guest’s end.'),
        attributes: {
          type: { means: say('virtio for all newer guests.') },
          name: {
            means: say('The name that the guest knows the channel by.'),
            values: {
              'org.qemu.guest_agent.0': say('The guest agent of QEMU.'),
              'com.redhat.spice.0': say('The agent of SPICE.'),
            },
          },
          state: { means: say('Whether the guest listens; libvirt writes it.') },
        },
      },
    },
  },
  serial: {
    section: consoles,
    means: say('A serial port of the guest.'),
    attributes: { type: characterType },
    children: { source: characterSource, target: { means: say('The port that the guest sees.') } },
  },
  parallel: {
    section: consoles,
    means: say('A parallel port of the guest.'),
    attributes: { type: characterType },
    children: { source: characterSource },
  },
  console: {
    section: consoles,
    means: say('The main console of the guest, as virsh console shows it.'),
    attributes: { type: characterType },
    children: {
      source: characterSource,
      target: { means: say('Which device the console is: serial or virtio.') },
    },
  },
  graphics: {
    section: 'graphical-framebuffers',
    means: say('A server that shows the guest’s screen.'),
    migration: say(
      'The server is made anew on the destination; its listen address must exist there. VNC viewers must connect again; SPICE viewers are told the new place.',
    ),
    attributes: {
      type: {
        means: say('The protocol.'),
        values: {
          vnc: say('VNC.'),
          spice: say('SPICE.'),
          sdl: say('A window on the host’s own desktop; it cannot be on another host.'),
          rdp: say('RDP.'),
          desktop: say('A window of VirtualBox.'),
          'egl-headless': say('No screen, for acceleration on the host.'),
          dbus: say('A display by D-Bus.'),
        },
      },
      port: {
        means: say('Port of the server; -1 lets libvirt choose.'),
        migration: say(
          'A port that is fixed must be free on the destination; autoport chooses anew there.',
        ),
      },
      autoport: { means: say('libvirt chooses free ports.') },
      tlsPort: { means: say('Port with TLS, for SPICE.') },
      listen: {
        means: say('Address that the server listens at.'),
        migration: say(
          'An address of one host only does not exist on the other: use 0.0.0.0, 127.0.0.1 or a network.',
        ),
      },
      passwd: {
        means: say('Password in clear text; virsh shows it with --security-info only.'),
        migration: say(
          'libvirt hands it to the destination with the XML: over an unencrypted connection it can be read.',
        ),
      },
      passwdValidTo: { means: say('Time in UTC at which the password expires.') },
      keymap: { means: say('Keyboard layout.') },
      websocket: { since: '1.0.6', means: say('Port for viewers in a browser.') },
      socket: { means: say('Path of a UNIX socket instead of a port.') },
    },
    children: {
      listen: {
        means: say('Where the server listens.'),
        migration: say(
          'An address of one host only does not exist on the other: use 0.0.0.0, 127.0.0.1 or a network.',
        ),
        attributes: {
          type: {
            means: say('How the place is given.'),
            values: {
              address: say('By address or name.'),
              network: say('By a network of libvirt: each host takes its own address in it.'),
              socket: say('By a UNIX socket.'),
              none: say('Not at all.'),
            },
          },
          address: { means: say('The address.') },
          network: { means: say('Name of the network.') },
        },
      },
    },
  },
  video: {
    section: 'video-devices',
    means: say('The graphics card that the guest sees.'),
    migration: say(
      'The content of its memory moves with the guest. With 3D acceleration by the host (virgl) QEMU refuses to migrate.',
    ),
    children: {
      model: {
        means: say('The card and its memory.'),
        attributes: {
          type: { means: say('Name of the card.') },
          vram: { means: say('Memory of the card in KiB.') },
          heads: { means: say('Number of screens.') },
        },
        children: {
          acceleration: {
            means: say('Acceleration by the host.'),
            migration: say('With accel3d QEMU refuses to migrate: “virgl is not yet migratable”.'),
          },
        },
      },
    },
  },
  memballoon: {
    section: 'memory-balloon-device',
    means: say('The device that takes memory from the guest and gives it back.'),
    migration: say(
      'Leave its size alone while the guest moves. Its statistics show how much of the memory is in use, and so how much there is to send.',
    ),
    attributes: {
      model: { means: say('none for a guest without one.'), default: 'virtio' },
      autodeflate: {
        since: '1.3.1',
        means: say('Gives memory back before the guest kills a process for want of it.'),
      },
      freePageReporting: {
        since: '6.9.0',
        means: say('The guest reports free pages, so that the host can use them.'),
      },
    },
    children: {
      stats: {
        since: '1.1.1',
        means: say('How often the guest reports its memory, in seconds.'),
        attributes: { period: { means: say('Seconds; 0 is never.') } },
      },
    },
  },
  rng: {
    section: 'random-number-generator-device',
    since: '1.0.3',
    means: say('A source of random numbers.'),
    migration: say('A device or socket that it reads from must be on the destination.'),
    attributes: { model: { means: say('The device that the guest sees.') } },
    children: {
      rate: { since: '1.0.4', means: say('The most that the guest may read.') },
      backend: {
        means: say('Where the numbers come from, usually /dev/urandom.'),
        attributes: {
          model: { means: say('random for a device, egd for a server, builtin for QEMU’s own.') },
        },
      },
    },
  },
  watchdog: {
    section: 'watchdog-devices',
    means: say('A device that acts when the guest hangs.'),
    migration: say(
      'A long pause at the end of a migration does not count: the watchdog’s clock stops with the guest.',
    ),
    attributes: {
      model: { means: say('The device that the guest sees.') },
      action: {
        default: 'reset',
        means: say('What it does.'),
        values: {
          reset: say('The guest is reset.'),
          shutdown: say('The guest is asked to shut down, which a hung guest will not.'),
          poweroff: say('The guest is switched off.'),
          pause: say('The guest is paused.'),
          none: say('Nothing.'),
          dump: say('Its memory is dumped.'),
          'inject-nmi': say('The guest gets a non-maskable interrupt.'),
        },
      },
    },
  },
  panic: {
    section: 'panic-device',
    since: '1.2.1',
    means: say('The device by which a crashed guest tells its host; see on_crash.'),
    attributes: { model: { means: say('The device that the guest sees.') } },
  },
  vsock: {
    section: 'vsock',
    since: '4.4.0',
    means: say('Sockets between host and guest.'),
    migration: say(
      'Connections break when the guest moves, for they end on the source host. A fixed address must be free on the destination.',
    ),
    children: {
      cid: {
        means: say('Address of the guest.'),
        attributes: {
          auto: { means: say('libvirt chooses a free one.') },
          address: { means: say('The address, from 3.') },
        },
      },
    },
  },
  redirdev: {
    section: 'redirected-devices',
    means: say('A USB device of the viewer’s machine.'),
    migration: say('By SPICE it goes on after the move; by TCP the connection breaks.'),
    attributes: { bus: { means: say('The bus: usb.') }, type: characterType },
  },
  redirfilter: {
    section: 'redirected-devices',
    means: say('Which USB devices may be redirected.'),
  },
  smartcard: {
    section: 'smartcard-devices',
    means: say('A smart card reader; one that uses the host’s card cannot take it along.'),
  },
  input: {
    section: 'input-devices',
    means: say('Mouse, keyboard or tablet of the guest.'),
    attributes: {
      type: {
        means: say(
          'Kind of the device; passthrough and evdev take one of the host, which must be on the destination too.',
        ),
      },
      bus: { means: say('Bus that the guest sees it on.') },
    },
  },
  sound: {
    section: 'sound-devices',
    means: say('The sound card that the guest sees.'),
    migration: say('usb and virtio sound cards cannot be migrated by QEMU.'),
  },
  audio: {
    section: 'audio-backends',
    since: '7.2.0',
    means: say('Where the guest’s sound goes on the host.'),
  },
  iommu: {
    section: 'iommu-devices',
    since: '2.1.0',
    means: say('The IOMMU that the guest sees.'),
    migration: say('QEMU cannot migrate an AMD one.'),
  },
  crypto: {
    section: 'crypto',
    since: '9.0.0',
    means: say('A device for encryption.'),
    migration: say('QEMU before 9 cannot migrate it.'),
  },
  hub: { section: 'hub-devices', means: say('A USB hub.') },
  nvram: { section: 'nvram-device', means: say('Settings memory of pSeries guests.') },
};
