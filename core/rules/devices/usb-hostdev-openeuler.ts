import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { inXml } from './devices.ts';

export default defineRule({
  id: 'usb-hostdev-openeuler',
  severity: 'warning',
  summary: say('A passed-through USB device does not come along.'),
  byDefinition: ['hostdev'],
  needs: ['domain'],
  check(migration, { domain }, report) {
    for (const { mode, type, span } of domain.hostDevices) {
      if (mode.value !== 'subsystem' || type?.value !== 'usb') continue;
      report({
        at: migration.at(['domain']),
        message: say(
          'The guest holds a USB device of {0}. openEuler does not support live migration with one; libvirt lets it pass: the guest sees it unplugged, and {1} must have a device of the same kind or the migration fails. Detach it first.',
          migration.sourceName,
          migration.destinationName,
        ),
        related: [inXml(domain, span, say('the device'))],
      });
    }
  },
});
