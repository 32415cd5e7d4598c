import { say } from '../../messages.ts';
import { attribute, child } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { devices, has, inXml } from './devices.ts';

export default defineRule({
  id: 'dimm-without-address',
  severity: 'error',
  summary: say('Every memory module of a running guest has its slot and address.'),
  byDefinition: ['dimm'],
  needs: ['domain'],
  since: 'libvirt 1.2.14',
  check(migration, { domain }, report) {
    // Only a running domain has an id; libvirt gives the addresses when it starts one.
    if (attribute(domain.root, 'id') === undefined) return;
    for (const memory of devices(domain, 'memory')) {
      if (!has(memory, 'model', 'dimm') || has(child(memory, 'address'), 'type', 'dimm')) continue;
      report({
        at: migration.at(['domain']),
        message: say(
          "A memory module of the running guest has no slot and address, so libvirt cannot put it at the same place on {0}: “domain's dimm info lacks slot ID or base address”. Unplug it and plug it in again.",
          migration.destinationName,
        ),
        related: [inXml(domain, memory.startTagSpan, say('the memory module'))],
      });
    }
  },
});
