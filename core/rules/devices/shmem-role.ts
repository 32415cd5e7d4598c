import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { inXml } from './devices.ts';

export default defineRule({
  id: 'shmem-role',
  severity: 'error',
  summary: say('Shared memory of the guest has the role master.'),
  byDefinition: ['shmem'],
  needs: ['domain'],
  since: 'libvirt 2.4.0; role 6.7.0',
  check(migration, { domain }, report) {
    for (const { name, role, model, span } of domain.sharedMemories) {
      const legacy = model?.value === 'ivshmem';
      if (role?.value === 'master' && !legacy) continue;
      report({
        at: migration.at(['domain']),
        message: legacy
          ? say(
              'The shared memory “{0}” is of the old model ivshmem, which libvirt does not migrate: “migration with legacy shmem device is not supported”. Detach it first.',
              name?.value ?? '',
            )
          : say(
              "The shared memory “{0}” belongs to another guest or process and stays behind: “shmem device '{0}' cannot be migrated, only shmem with role='master' can be migrated” (libvirt before 6.7 refuses every one; QEMU itself says “Migration is disabled when using feature 'peer mode' in device 'ivshmem'”). Detach it and attach it again on the destination.",
              name?.value ?? '',
            ),
        related: [inXml(domain, role?.span ?? span, say('the shared memory'))],
      });
    }
  },
});
