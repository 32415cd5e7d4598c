import { say } from '../../messages.ts';
import { child } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { devices, has, inXml } from './devices.ts';

export default defineRule({
  id: 'interface-slirp-helper',
  severity: 'info',
  summary: say('User-mode networking does not follow the guest.'),
  needs: ['domain'],
  since: 'libvirt 5.8.0',
  check(migration, { domain }, report) {
    for (const element of devices(domain, 'interface')) {
      if (!has(element, 'type', 'user') || has(child(element, 'backend'), 'type', 'passt'))
        continue;
      report({
        at: migration.at(['domain']),
        message: say(
          'An interface of the guest is of type user: its connections break when the guest moves, and where libvirt runs it through an old slirp-helper it refuses: “a slirp-helper cannot be migrated”. Use a bridge or a network for what must stay reachable.',
        ),
        related: [inXml(domain, element.startTagSpan, say('the interface'))],
      });
    }
  },
});
