import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import { inXml, qemuDecides } from './devices.ts';

export default defineRule({
  id: 'hostdev-scsi',
  severity: 'error',
  summary: say('A passed-through SCSI device is the same device on both hosts.'),
  byDefinition: ['hostdev'],
  needs: ['domain', 'source.versions'],
  since: 'libvirt 1.1; QEMU decides from libvirt 8.6 with QEMU 6.0',
  check(migration, facts, report, wait) {
    const { domain } = facts;
    const versions = facts['source.versions'];
    const decides = qemuDecides(versions);
    for (const { type, span } of domain.hostDevices) {
      if (type?.value !== 'scsi') continue;
      const at = migration.at(['domain']);
      const related = [inXml(domain, span, say('the device'))];
      if (decides === undefined) {
        wait('source.versions', say('the versions of {0} cannot be read', migration.sourceName));
      } else if (decides) {
        report({
          severity: 'warning',
          at,
          message: say(
            'libvirt {0} with QEMU {1} does not stop a guest with a passed-through SCSI device, and {2} opens whatever has its address there: another disk means wrong data. Make sure that it is the same device, or use a disk of type block with device lun.',
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
            'The guest holds a device of {0}: {1}. libvirt {2} with QEMU {3} refuses every such guest: “cannot migrate a domain with {1}”. Detach the device first.',
            migration.sourceName,
            "<hostdev mode='subsystem' type='scsi'>",
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
      for (const { type, span } of domain.hostDevices) {
        if (type?.value !== 'scsi') continue;
        report({
          severity: 'warning',
          at: migration.at(['domain']),
          message: say(
            'The guest holds a SCSI device of {0}. libvirt before 8.6 refuses such a guest; later versions let it pass, and {1} opens whatever has the same address there. Detach the device, or use a disk of type block with device lun.',
            migration.sourceName,
            migration.destinationName,
          ),
          related: [inXml(domain, span, say('the device'))],
        });
      }
    }),
  ],
});
