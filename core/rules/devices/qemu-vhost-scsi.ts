import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { inXml } from './devices.ts';

export default defineRule({
  id: 'qemu-vhost-scsi',
  severity: 'error',
  summary: say('A guest with a vhost-scsi adapter cannot be migrated.'),
  byDefinition: ['hostdev'],
  needs: ['domain'],
  since: 'libvirt 2.5; QEMU 2.5',
  check(migration, { domain }, report) {
    for (const { type, span } of domain.hostDevices) {
      if (type?.value !== 'scsi_host') continue;
      report({
        at: migration.at(['domain']),
        message: say(
          'The guest holds a vhost-scsi adapter of {0}, which blocks the migration: libvirt before 8.6 says “cannot migrate a domain with {1}”, later QEMU says “vhost-scsi does not support migration in all cases”. Detach it first.',
          migration.sourceName,
          "<hostdev mode='subsystem' type='scsi_host'>",
        ),
        related: [inXml(domain, span, say('the device'))],
      });
    }
  },
});
