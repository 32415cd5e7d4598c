import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import { inXml, qemuDecides } from './devices.ts';

export default defineRule({
  id: 'interface-vdpa',
  severity: 'error',
  summary: say('A guest with a vDPA interface can rarely be migrated.'),
  byDefinition: ['vdpa'],
  needs: ['domain', 'source.versions'],
  since: 'libvirt 6.9.0; QEMU decides from libvirt 8.6 with QEMU 6.0',
  check(migration, facts, report, wait) {
    const { domain } = facts;
    const versions = facts['source.versions'];
    const decides = qemuDecides(versions);
    for (const { type, span } of domain.interfaces) {
      if (type.value !== 'vdpa') continue;
      const at = migration.at(['domain']);
      const related = [inXml(domain, span, say('the interface'))];
      if (decides === undefined) {
        wait('source.versions', say('the versions of {0} cannot be read', migration.sourceName));
      } else if (decides) {
        report({
          severity: 'warning',
          at,
          message: say(
            'The guest has a vDPA interface. libvirt {0} leaves it to QEMU {1}, which moves it only if the device can log dirty memory and save its state, and {2} needs a vDPA device at the same path.',
            versions.libvirt,
            versions.qemu,
            migration.destinationName,
          ),
          related,
        });
      } else {
        report({
          severity: 'error',
          at,
          message: say(
            'The guest has a vDPA interface; libvirt {0} with QEMU {1} refuses: “vDPA devices cannot be migrated”. Detach it first.',
            versions.libvirt,
            versions.qemu,
          ),
          related,
        });
      }
    }
  },
  meanwhile: [
    meanwhile(['domain'], (migration, { domain }, report) => {
      for (const { type, span } of domain.interfaces) {
        if (type.value !== 'vdpa') continue;
        report({
          severity: 'warning',
          at: migration.at(['domain']),
          message: say(
            'The guest has a vDPA interface. libvirt before 8.6, or with QEMU before 6.0, refuses: “vDPA devices cannot be migrated”; later QEMU decides. Detach it first unless it is known to migrate.',
          ),
          related: [inXml(domain, span, say('the interface'))],
        });
      }
    }),
  ],
});
