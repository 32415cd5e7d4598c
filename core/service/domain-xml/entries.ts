import { say } from '../../messages.ts';
import type { Message } from '../../messages.ts';

/** A whole element that is often written, in snippet syntax, without the first `<`. */
export interface WholeEntry {
  readonly label: string;
  readonly element: string;
  readonly means: Message;
  /** Quotes are `'`, steps of indentation two spaces. */
  lines(names: EntryNames): readonly string[];
}

/** Names that a new entry takes unless they are typed over. */
export interface EntryNames {
  readonly target: string;
  readonly network: string;
  readonly bridge: string;
}

/** Entries that a domain has in `<devices>`, each in the form that moves best. */
export const deviceEntries: readonly WholeEntry[] = [
  {
    label: 'disk: qcow2 file',
    element: 'disk',
    means: say(
      'A disk in an image file, without a cache on the host: on shared storage it can move as it is.',
    ),
    lines: ({ target }) => [
      "disk type='file' device='disk'>",
      "  <driver name='qemu' type='qcow2' cache='none'/>",
      "  <source file='${1:/var/lib/libvirt/images/vm.qcow2}'/>",
      `  <target dev='\${2:${target}}' bus='virtio'/>`,
      '</disk>',
    ],
  },
  {
    label: 'disk: raw block device',
    element: 'disk',
    means: say('A disk on a block device; the name by id means the same device on every host.'),
    lines: ({ target }) => [
      "disk type='block' device='disk'>",
      "  <driver name='qemu' type='raw' cache='none'/>",
      "  <source dev='${1:/dev/disk/by-id/wwn-0x5000c500a1b2c3d4}'/>",
      `  <target dev='\${2:${target}}' bus='virtio'/>`,
      '</disk>',
    ],
  },
  {
    label: 'disk: Ceph RBD',
    element: 'disk',
    means: say('A disk in a Ceph cluster. Both hosts must reach its monitors and have the secret.'),
    lines: ({ target }) => [
      "disk type='network' device='disk'>",
      "  <driver name='qemu' type='raw' cache='none'/>",
      "  <source protocol='rbd' name='${1:pool/image}'>",
      "    <host name='${2:ceph-mon1.example.com}' port='6789'/>",
      "    <auth username='${3:libvirt}'>",
      "      <secret type='ceph' uuid='${4:00000000-0000-0000-0000-000000000000}'/>",
      '    </auth>',
      '  </source>',
      `  <target dev='\${5:${target}}' bus='virtio'/>`,
      '</disk>',
    ],
  },
  {
    label: 'disk: shared by guests',
    element: 'disk',
    means: say('A disk that several guests use at the same time; it is never copied.'),
    lines: ({ target }) => [
      "disk type='file' device='disk'>",
      "  <driver name='qemu' type='raw' cache='none'/>",
      "  <source file='${1:/srv/shared/quorum.raw}'/>",
      `  <target dev='\${2:${target}}' bus='virtio'/>`,
      '  <shareable/>',
      '</disk>',
    ],
  },
  {
    label: 'interface: network',
    element: 'interface',
    means: say(
      'A network interface on a network of libvirt; each host can define the network in its own way.',
    ),
    lines: ({ network }) => [
      "interface type='network'>",
      `  <source network='\${1:${network}}'/>`,
      "  <model type='virtio'/>",
      '</interface>',
    ],
  },
  {
    label: 'interface: bridge',
    element: 'interface',
    means: say('A network interface on a bridge, which must have the same name on both hosts.'),
    lines: ({ bridge }) => [
      "interface type='bridge'>",
      `  <source bridge='\${1:${bridge}}'/>`,
      "  <model type='virtio'/>",
      '</interface>',
    ],
  },
  {
    label: 'channel: guest agent',
    element: 'channel',
    means: say(
      'The channel of the guest agent, by which one can tell that a guest answers after it moved.',
    ),
    lines: () => [
      "channel type='unix'>",
      "  <target type='virtio' name='org.qemu.guest_agent.0'/>",
      '</channel>',
    ],
  },
  {
    label: 'tpm: emulator',
    element: 'tpm',
    means: say('An emulated TPM 2.0, whose state moves with the guest.'),
    lines: () => ["tpm model='tpm-crb'>", "  <backend type='emulator' version='2.0'/>", '</tpm>'],
  },
];
