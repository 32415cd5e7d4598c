import { say } from '../../messages.ts';
import { child } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { has, inXml } from './devices.ts';

export default defineRule({
  id: 'qemu-hv-passthrough',
  severity: 'error',
  summary: say('Hyper-V enlightenments are named one by one.'),
  byDefinition: ['passthrough'],
  needs: ['domain'],
  since: 'libvirt 8.0.0; QEMU 6.1',
  check(migration, { domain }, report) {
    const hyperv = child(child(domain.root, 'features'), 'hyperv');
    if (hyperv === undefined || !has(hyperv, 'mode', 'passthrough')) return;
    report({
      at: migration.at(['domain']),
      message: say(
        "The guest has every Hyper-V enlightenment that {0} has, and QEMU blocks the migration: “'hv-passthrough' CPU flag prevents migration, use explicit set of hv-* flags instead”. Name them one by one (mode custom); that needs a restart of the guest.",
        migration.sourceName,
      ),
      related: [inXml(domain, hyperv.startTagSpan, say('switched on here'))],
    });
  },
});
