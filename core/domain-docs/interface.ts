import { say } from '../messages.ts';
import type { ElementDocumentation } from './documentation.ts';

export const teaming: ElementDocumentation = {
  section: 'teaming-a-virtio-hostdev-nic-pair',
  since: '6.1.0',
  means: say(
    'Pairs a virtio interface with a host device, so that the guest keeps its network while it moves.',
  ),
  migration: say(
    'QEMU unplugs the transient one before the migration and plugs in another on the destination.',
  ),
  attributes: {
    type: {
      means: say('Which of the two it is.'),
      values: {
        persistent: say('The virtio interface that stays.'),
        transient: say('The host device that is taken away for the migration.'),
      },
    },
    persistent: { means: say('For transient: the alias (ua-…) of the interface that stays.') },
  },
};

export const networkInterface: ElementDocumentation = {
  section: 'network-interfaces',
  means: say('A network interface of the guest.'),
  migration: say(
    'The network, bridge or device that it is connected to must be on the destination under the same name, in the same network segment.',
  ),
  attributes: {
    type: {
      means: say('What the interface is connected to.'),
      values: {
        network: say('A network of libvirt; it must be active on the destination.'),
        bridge: say(
          'A bridge of the host; it must exist on the destination, and lead to the same segment, which nothing checks.',
        ),
        direct: say('A physical interface by macvtap; the device must exist on the destination.'),
        user: say(
          'A user-space network without privileges; connections break when the guest moves.',
        ),
        ethernet: say('A tap device that others prepare; they must do so on the destination.'),
        hostdev: say(
          'A virtual function of the host’s card. In general such a guest cannot move while it runs, unless the interface is the transient one of a team.',
        ),
        vhostuser: say(
          'Another process, such as Open vSwitch with DPDK, at a socket; it must be there on the destination, and the guest’s memory must be shared.',
        ),
        vdpa: say(
          'A vDPA device of the host. Where QEMU cannot say whether it can move, libvirt refuses it.',
        ),
        internal: say('A host-only network of other hypervisors.'),
        mcast: say('A multicast group that stands for a network.'),
        server: say('One guest is the server of a virtual network.'),
        client: say('A guest of a virtual network whose server is another.'),
        udp: say('A tunnel between two guests.'),
        vds: say('A distributed switch of VMware.'),
        null: say('Connected to nothing.'),
      },
    },
    managed: { means: say('For hostdev: libvirt takes the device from the host by itself.') },
    trustGuestRxFilters: {
      since: '1.2.10',
      default: 'no',
      means: say('Whether the host follows when the guest changes its address or filters.'),
    },
  },
  children: {
    mac: {
      means: say('The address by which the network knows the guest.'),
      migration: say(
        'It moves with the guest. After the switch-over the guest is announced, so that switches learn its new place.',
      ),
      attributes: {
        address: {
          means: say(
            'Six pairs of hexadecimal digits; 52:54:00 is the usual beginning. libvirt makes one up when it is absent.',
          ),
        },
        type: { since: '6.6.0', means: say('static keeps an address of VMware’s reserved range.') },
      },
    },
    source: {
      means: say('The network, bridge or device on the host.'),
      migration: say('It must be on the destination under the same name.'),
      attributes: {
        network: {
          means: say('Name of the network of libvirt.'),
          migration: say(
            'A network of this name must be active on the destination; its definition may differ.',
          ),
        },
        bridge: {
          means: say('Name of the bridge.'),
          migration: say(
            'If the destination has no such bridge, the migration fails: “Cannot get interface MTU”.',
          ),
        },
        dev: { means: say('Name of the host’s interface or device.') },
        portgroup: {
          since: '0.9.4',
          means: say('A group of settings in the network’s definition.'),
          migration: say('The destination’s network should have a port group of this name.'),
        },
        portid: {
          since: '5.1.0',
          means: say('The network’s record of this connection; libvirt writes it.'),
        },
        path: { means: say('Path of the socket.') },
        mode: {
          means: say(
            'For direct: how macvtap delivers; for vhostuser: client or server of the socket.',
          ),
          values: {
            vepa: say('All packets go out to the switch.'),
            bridge: say('Guests on one host reach each other directly.'),
            private: say('Guests on one host do not reach each other.'),
            passthrough: say('The device is this guest’s alone.'),
          },
        },
      },
    },
    model: {
      means: say('The network card that the guest sees; it cannot change in a migration.'),
      attributes: {
        type: {
          means: say('Name of the network card.'),
          values: {
            virtio: say('The fastest; the guest needs a driver.'),
            e1000: say('An Intel card; most systems know it.'),
            e1000e: say('An Intel card for PCI Express.'),
            rtl8139: say('An old Realtek card.'),
            igb: say('An Intel card with virtual functions (since libvirt 9.3.0).'),
          },
        },
      },
    },
    target: {
      means: say('Name of the interface on the host’s side.'),
      migration: say(
        'vnet names are given anew on the destination; any other name must be free there.',
      ),
      attributes: {
        dev: {
          means: say('The name; vnet, vif, macvtap and macvlan are libvirt’s own beginnings.'),
        },
        managed: {
          since: '5.7.0',
          means: say('no: libvirt takes the device as it is.'),
          default: 'yes',
        },
      },
    },
    virtualport: {
      means: say('How the port is registered with a virtual or physical switch.'),
      migration: say(
        'The destination needs the same kind of switch; for Open vSwitch the interface id moves with the guest.',
      ),
      attributes: {
        type: {
          means: say('Kind of the switch.'),
          values: {
            openvswitch: say('Open vSwitch.'),
            midonet: say('MidoNet.'),
            '802.1Qbg': say('A VEPA switch.'),
            '802.1Qbh': say('A VN-Link switch.'),
          },
        },
      },
      children: {
        parameters: {
          means: say('What the switch is told.'),
          attributes: {
            interfaceid: { means: say('UUID of the port.') },
            profileid: { means: say('Name of the port profile.') },
          },
        },
      },
    },
    teaming,
    vlan: {
      since: '0.10.0',
      means: say(
        'VLAN tags of the guest’s traffic; for Open vSwitch and virtual functions, newer libvirt also for Linux bridges.',
      ),
      migration: say('The destination’s uplink must carry the same VLANs.'),
    },
    bandwidth: {
      means: say('Limits of the guest’s network traffic, in kilobytes a second.'),
      migration: say('It does not bound the migration itself.'),
    },
    driver: {
      means: say('How the network card is driven.'),
      attributes: {
        name: {
          means: say('Who moves the packets.'),
          values: {
            vhost: say('The kernel, faster.'),
            qemu: say('QEMU.'),
            vfio: say('The host device by VFIO.'),
          },
        },
        queues: {
          since: '1.0.6',
          means: say(
            'Number of queue pairs; the guest sees it, so the destination must be able to give as many.',
          ),
        },
      },
    },
    link: {
      since: '0.9.5',
      means: say('Whether the cable is plugged in.'),
      attributes: { state: { means: say('up or down.'), default: 'up' } },
    },
    mtu: {
      since: '3.1.0',
      means: say('The largest packet; the destination’s bridge must carry it.'),
      attributes: { size: { means: say('Bytes.') } },
    },
    filterref: {
      since: '0.8.0',
      means: say('A packet filter of libvirt.'),
      migration: say('A filter of this name must be defined on the destination.'),
      attributes: { filter: { means: say('Name of the filter.') } },
    },
    port: { since: '6.1.0', means: say('isolated keeps guests of one bridge apart.') },
    backend: { means: say('What serves a user-space network, or device paths for tap and vhost.') },
    coalesce: { since: '3.3.0', means: say('How packets are gathered before an interrupt.') },
    script: {
      means: say('Program that sets up the interface; it must be on the destination too.'),
    },
    tune: { means: say('Size of the send buffer.') },
    portForward: { since: '9.0.0', means: say('Ports of the host that lead to the guest.') },
  },
};
