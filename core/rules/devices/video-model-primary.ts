import { say } from '../../messages.ts';
import { child } from '../../xml/tree.ts';
import { isOlder } from '../host/version.ts';
import { defineRule } from '../rule.ts';
import { devices, has, inXml } from './devices.ts';

export default defineRule({
  id: 'video-model-primary',
  severity: 'info',
  summary: say('Both hosts choose the same virtio video device.'),
  needs: ['domain', 'source.versions', 'destination.versions'],
  since: 'mended in libvirt 12.5.0',
  check(migration, facts, report, wait) {
    const [here, there] = [facts['source.versions'], facts['destination.versions']];
    // Equal software chooses equally; the choice is not part of the domain XML.
    if (here.libvirt === there.libvirt && here.qemu === there.qemu) return;
    const primary = devices(facts.domain, 'video')[0];
    if (primary === undefined || !has(child(primary, 'model'), 'type', 'virtio')) return;
    const older = [isOlder(here.libvirt, '12.5.0'), isOlder(there.libvirt, '12.5.0')];
    if (older.includes(undefined)) {
      wait('source.versions', say('the versions of libvirt cannot be read'));
      return;
    }
    if (!older.includes(true)) return;
    report({
      at: migration.at(['domain']),
      message: say(
        'libvirt before 12.5 ({0} on {1}, {2} on {3}) does not record whether the guest’s video device is virtio-vga or virtio-gpu-pci; where the QEMUs offer different ones (a package with virtio-vga is missing), the migration ends with “load of migration failed”. Install the same QEMU modules on both.',
        here.libvirt,
        migration.sourceName,
        there.libvirt,
        migration.destinationName,
      ),
      related: [inXml(facts.domain, primary.startTagSpan, say('the video device'))],
    });
  },
});
