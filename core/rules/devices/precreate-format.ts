import { say } from '../../messages.ts';
import { child } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { isCreated } from '../storage/disk-moves.ts';
import { devices, has, inXml } from './devices.ts';

export default defineRule({
  id: 'precreate-format',
  severity: 'error',
  summary: say('The image of an encrypted disk is created by hand.'),
  needs: ['domain'],
  since: 'libvirt 1.2.11',
  check(migration, { domain }, report) {
    for (const disk of migration.copiedDisks(domain)) {
      // Nobody creates the others; that is precreate-block's and self-copy-same-image's.
      if (disk.type.value !== 'file' && disk.type.value !== 'volume') continue;
      const target = disk.target.value;
      const element = devices(domain, 'disk').find((one) =>
        has(child(one, 'target'), 'dev', target),
      );
      const encryption =
        child(child(element, 'source'), 'encryption') ?? child(element, 'encryption');
      if (encryption === undefined) continue;
      const created = isCreated(migration, target);
      report({
        severity: created ? 'error' : 'warning',
        at: migration.atDisk(target),
        message: created
          ? say(
              'Disk {0} is encrypted, but “create: true” makes an image without encryption, which QEMU on {1} cannot open as the disk. Create it by hand (qemu-img create with encrypt options and the same secret), and leave create out.',
              target,
              migration.destinationName,
            )
          : say(
              'Disk {0} is encrypted. Create its image on {1} by hand with the same encryption and secret: an image that libvirt creates in a storage pool has none.',
              target,
              migration.destinationName,
            ),
        related: [inXml(domain, encryption.startTagSpan, say('the encryption'))],
      });
    }
  },
});
