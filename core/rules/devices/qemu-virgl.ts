import { say } from '../../messages.ts';
import { child } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { devices, has, inXml } from './devices.ts';

export default defineRule({
  id: 'qemu-virgl',
  severity: 'error',
  summary: say('The guest’s video device does not use 3D acceleration of the host.'),
  byDefinition: ['acceleration'],
  needs: ['domain'],
  check(migration, { domain }, report) {
    for (const video of devices(domain, 'video')) {
      const model = child(video, 'model');
      const acceleration = child(model, 'acceleration');
      if (acceleration === undefined || !has(model, 'type', 'virtio')) continue;
      if (!has(acceleration, 'accel3d', 'yes')) continue;
      report({
        at: migration.at(['domain']),
        message: say(
          'The guest’s video device uses 3D acceleration of {0}, and QEMU blocks the migration: “virgl is not yet migratable”. Switch accel3d off; that needs a restart of the guest.',
          migration.sourceName,
        ),
        related: [inXml(domain, acceleration.startTagSpan, say('switched on here'))],
      });
    }
  },
});
