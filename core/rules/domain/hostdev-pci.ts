import { say } from '../../messages.ts';
import { heldDevices } from '../devices/held-device.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'hostdev-pci',
  severity: 'error',
  summary: say('A guest with a passed-through PCI device can rarely be migrated.'),
  byDefinition: ['hostdev'],
  since: 'libvirt 0.8; QEMU decides from libvirt 8.6 with QEMU 6.0',
  ...heldDevices((domain) =>
    domain.hostDevices
      .filter(({ type, teaming }) => type?.value === 'pci' && teaming?.value !== 'transient')
      .map(({ span }) => ({ span, element: "<hostdev mode='subsystem' type='pci'>" })),
  ),
});
