import { say } from '../../messages.ts';
import { attribute, child, children } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'hostdev-pci',
  severity: 'warning',
  summary: say('A guest with a passed-through PCI device can rarely be migrated.'),
  needs: ['domain'],
  since: 'libvirt 0.8; QEMU decides from libvirt 8.6',
  check(migration, { domain }, report) {
    for (const device of children(child(domain.root, 'devices'), 'hostdev')) {
      if (attribute(device, 'type')?.value !== 'pci') continue;
      const teaming = child(device, 'teaming');
      if (teaming !== undefined && attribute(teaming, 'type')?.value === 'transient') continue;
      report({
        at: migration.at(['domain']),
        message: say(
          'The guest holds a PCI device of {0}. libvirt before 8.6 refuses such a guest; later QEMU decides, and most devices block it. Detach the device first, or give it a teaming partner.',
          migration.sourceName,
        ),
        related: [{ uri: domain.uri, span: device.startTagSpan, message: say('the device') }],
      });
    }
  },
});
