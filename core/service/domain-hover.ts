import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { XmlElement } from '../xml/tree.ts';
import { contains } from '../text/span.ts';
import type { Hover } from './hover.ts';
import type { DomainXml } from './parse-cache.ts';

/** What an element or attribute of domain XML means for a migration. */
export function hoverDomainXml({ document }: DomainXml, offset: number): Hover | undefined {
  const element = elementAt(document.root, offset);
  if (element === undefined) return undefined;
  const path = pathOf(element);
  const onAttribute = element.attributes.find((each) => contains(each.span, offset));
  if (onAttribute !== undefined) {
    const lines = lookUp(`${path}@${onAttribute.name}`);
    return lines === undefined ? undefined : { span: onAttribute.span, lines };
  }
  const names = [element.nameSpan, element.endTagSpan];
  if (!names.some((span) => span !== undefined && contains(span, offset))) return undefined;
  const lines = lookUp(path);
  return lines === undefined ? undefined : { span: element.nameSpan, lines };
}

/** The innermost element around an offset. */
export function elementAt(root: XmlElement | undefined, offset: number): XmlElement | undefined {
  let found = root !== undefined && contains(root.span, offset) ? root : undefined;
  for (let next = found; next !== undefined;) {
    found = next;
    next = found.children.find((child) => contains(child.span, offset));
  }
  return found;
}

/** The names from the root on, without the root's own. */
function pathOf(element: XmlElement): string {
  const names: string[] = [];
  for (let each: XmlElement | undefined = element; each.parent !== undefined; each = each.parent) {
    names.unshift(each.name);
  }
  return names.join('/');
}

/** The longest entry that the path ends with: `devices/disk/source` before `source`. */
function lookUp(path: string): readonly Message[] | undefined {
  for (let rest = path; ;) {
    const found = texts[rest];
    if (found !== undefined) return found;
    const slash = rest.indexOf('/');
    if (slash < 0) return undefined;
    rest = rest.slice(slash + 1);
  }
}

/** By path of the element; `@` names an attribute. Source: libvirt's formatdomain.html. */
const texts: Readonly<Record<string, readonly Message[]>> = {
  name: [
    say(
      'The name of the domain on its host. A host cannot hold two domains of one name, so the destination must not have it.',
    ),
  ],
  uuid: [say('The identity of the domain; it stays the same when the domain moves.')],
  memory: [
    say(
      'The most memory that the guest can have. The destination needs as much free memory, and copying it takes most of the time of a migration.',
    ),
  ],
  'memory@unit': [say('KiB when it is absent.')],
  currentMemory: [say('What the balloon leaves to the guest at present.')],
  memoryBacking: [
    say(
      'How guest memory is backed. Huge pages must be there on the destination in the same size and in sufficient number.',
    ),
  ],
  vcpu: [
    say(
      'The number of virtual CPUs. More than the destination has CPUs makes the guest slow there.',
    ),
  ],
  'vcpu@current': [say('How many of them are switched on when the domain starts.')],
  'vcpu@cpuset': [
    say('Host CPUs that the virtual CPUs may run on; they must exist on the destination.'),
  ],
  'cputune/vcpupin': [say('Pins a virtual CPU to host CPUs, which must exist on the destination.')],
  numatune: [say('NUMA nodes of the host, which must exist on the destination.')],
  cpu: [
    say(
      'The CPU that the guest sees. The destination must be able to offer the same model and features for the whole life of the guest.',
    ),
  ],
  'cpu@mode': [
    say(
      'host-passthrough hands the host’s CPU through: both hosts must have the same processor and microcode. host-model is fixed when the guest starts. custom names a model.',
    ),
  ],
  'cpu/model': [say('A named CPU model; the destination’s processor must support it.')],
  'cpu/feature': [say('A CPU feature that is required or forbidden beside the model.')],
  'os/type@machine': [
    say(
      'The machine type. The destination’s QEMU must know exactly this one, so an old alias may bind the guest to old versions.',
    ),
  ],
  'os/nvram': [
    say(
      'UEFI variables. Their content travels in the migration stream; libvirt makes the file on the destination from its template, which must be there.',
    ),
  ],
  'os/loader': [say('Firmware; the same image must be at this path on the destination.')],
  emulator: [say('The QEMU binary; it must be at this path on the destination too.')],
  'devices/disk': [
    say(
      'A disk of the guest. Its image must be reachable from the destination: on storage that both hosts share, or copied during the migration.',
    ),
  ],
  'disk@device': [
    say(
      'disk, lun, cdrom or floppy. Media of removable drives are not copied, and must be there on the destination or be ejected.',
    ),
  ],
  'disk@type': [
    say(
      'Where the image lies: in a file, on a block device, on network storage, in a storage pool.',
    ),
  ],
  'disk/source': [
    say(
      'The image on the source host. On the destination the same path is used unless the migration names another.',
    ),
  ],
  'disk/source@file': [say('Path of the image file on the host.')],
  'disk/source@dev': [say('Path of the block device on the host.')],
  'disk/source@startupPolicy': [
    say(
      'What happens when the image is missing: mandatory refuses, optional and requisite may drop it.',
    ),
  ],
  'disk/target': [say('The device name in the domain. A migration file names its disks by it.')],
  'disk/target@dev': [
    say('The device name in the domain. A migration file names its disks by it.'),
  ],
  'disk/target@bus': [
    say('The bus that the guest sees the disk on; it cannot change during a migration.'),
  ],
  'disk/driver': [say('How QEMU reads the image.')],
  'disk/driver@type': [
    say('Format of the image. An image on the destination must have the same one.'),
  ],
  'disk/driver@cache': [
    say(
      'Cache mode. With none and directsync a migration is always safe; with others libvirt may refuse it as unsafe, unless the image lies on a cluster file system or QEMU is 4.0 or newer on Linux.',
    ),
  ],
  'disk/shareable': [
    say(
      'Several guests use this disk at the same time. It must not be copied: the copy and the original would drift apart.',
    ),
  ],
  'disk/readonly': [say('The guest cannot write to the disk; libvirt does not copy it.')],
  'disk/transient': [
    say('Changes are thrown away when the guest stops; libvirt does not migrate such a disk.'),
  ],
  'devices/interface': [
    say(
      'A network interface. The network, bridge or device that it is connected to must be on the destination under the same name.',
    ),
  ],
  'interface@type': [
    say('What the interface is connected to: a libvirt network, a bridge, a host device.'),
  ],
  'interface/source': [
    say('The network, bridge or device on the host; it must be on the destination too.'),
  ],
  'interface/mac': [
    say('The address by which the network knows the guest; it moves with the guest.'),
  ],
  'devices/hostdev': [
    say(
      'A device of the host handed to the guest. In general such a guest cannot be moved while it runs.',
    ),
  ],
  'devices/tpm': [say('A TPM. The state of an emulated one must be moved or shared.')],
  'devices/filesystem': [
    say(
      'A folder of the host inside the guest. Most kinds keep a guest from moving while it runs.',
    ),
  ],
  'devices/shmem': [
    say('Shared memory with the host. Only a device with the role master can be migrated.'),
  ],
  'devices/channel': [say('A channel between host and guest, for example for the guest agent.')],
  'devices/graphics': [say('A console. Its listen address must be valid on the destination.')],
  'graphics@listen': [
    say(
      'Address that the console listens on: an address of one host only does not exist on the other.',
    ),
  ],
  launchSecurity: [
    say('Encrypted guest memory; such guests cannot in general be moved while they run.'),
  ],
};
