import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { inXml } from './devices.ts';

export default defineRule({
  id: 'hostdev-capabilities',
  severity: 'error',
  summary: say('A domain that is handed capabilities of its host cannot be migrated.'),
  byDefinition: ['hostdev'],
  needs: ['domain'],
  since: 'libvirt 1.0.1',
  check(migration, { domain }, report) {
    for (const { mode, span } of domain.hostDevices) {
      if (mode.value !== 'capabilities') continue;
      report({
        at: migration.at(['domain']),
        message: say(
          "A <hostdev mode='capabilities'> hands a device or network of {0} itself to the domain (containers have this); libvirt refuses: “cannot migrate a domain with <hostdev mode='capabilities'>”. Remove it first.",
          migration.sourceName,
        ),
        related: [inXml(domain, span, say('the device'))],
      });
    }
  },
});
