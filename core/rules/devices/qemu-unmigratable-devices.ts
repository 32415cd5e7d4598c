import type { Domain } from '../../domain/domain.ts';
import { say } from '../../messages.ts';
import { child } from '../../xml/tree.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { devices, has, inXml } from './devices.ts';

interface Kind {
  readonly element: string;
  is(element: XmlElement): boolean;
  /** QEMU's name of the device; its `vmstate` says `.unmigratable = 1`. */
  readonly device: string;
  /** What the definition of such a device says; the element's name where it is rare enough. */
  readonly word: string;
}

const kinds: readonly Kind[] = [
  {
    element: 'disk',
    is: (disk) => has(child(disk, 'target'), 'bus', 'nvme'),
    device: 'nvme',
    word: 'nvme',
  },
  {
    element: 'input',
    is: (input) => has(input, 'type', 'passthrough'),
    device: 'virtio-input-host',
    word: 'passthrough',
  },
  {
    element: 'sound',
    is: (sound) => has(sound, 'model', 'usb'),
    device: 'usb-audio',
    word: 'sound',
  },
  {
    element: 'sound',
    is: (sound) => has(sound, 'model', 'virtio'),
    device: 'virtio-sound',
    word: 'sound',
  },
  {
    element: 'interface',
    is: (card) => has(child(card, 'model'), 'type', 'usb-net'),
    device: 'usb-net',
    word: 'usb-net',
  },
  {
    element: 'serial',
    is: (serial) => has(child(serial, 'target'), 'type', 'usb-serial'),
    device: 'usb-serial',
    word: 'usb-serial',
  },
  {
    element: 'filesystem',
    is: (share) => has(child(share, 'driver'), 'type', 'mtp'),
    device: 'usb-mtp',
    word: 'mtp',
  },
  {
    element: 'iommu',
    is: (iommu) => has(iommu, 'model', 'amd'),
    device: 'amd-iommu',
    word: 'iommu',
  },
  {
    element: 'hostdev',
    is: (device) => has(device, 'model', 'vfio-ap'),
    device: 'vfio-ap',
    word: 'vfio-ap',
  },
  {
    element: 'hostdev',
    is: (device) => has(device, 'model', 'vfio-ccw'),
    device: 'vfio-ccw',
    word: 'vfio-ccw',
  },
  {
    element: 'crypto',
    is: (crypto) => has(crypto, 'model', 'virtio'),
    device: 'virtio-crypto',
    word: 'crypto',
  },
];

interface Found extends Kind {
  readonly at: XmlElement;
}

function unmigratable(domain: Domain): readonly Found[] {
  const found: Found[] = [];
  for (const kind of kinds)
    for (const at of devices(domain, kind.element)) if (kind.is(at)) found.push({ ...kind, at });
  return found;
}

export default defineRule({
  id: 'qemu-unmigratable-devices',
  severity: 'error',
  summary: say('The guest has no emulated device that QEMU does not migrate.'),
  byDefinition: kinds.map(({ word }) => word),
  needs: ['domain'],
  check(migration, { domain }, report) {
    for (const { device, at } of unmigratable(domain)) {
      report({
        at: migration.at(['domain']),
        message: say(
          'The guest has a device that QEMU does not migrate, {0}: “State blocked by non-migratable device”. Remove or replace it.',
          device,
        ),
        related: [inXml(domain, at.startTagSpan, say('the device'))],
      });
    }
  },
});
