import { say } from '../../messages.ts';
import { isOlder } from '../host/version.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'dirty-bitmaps-dropped',
  severity: 'warning',
  summary: say('Checkpoints of incremental backups survive the migration.'),
  needs: ['source.domain', 'source.versions', 'destination.versions'],
  since: 'libvirt 5.6; bitmaps move since libvirt 7.1 with QEMU 5.2',
  check(migration, facts, report, wait) {
    const { checkpoints, name } = facts['source.domain'];
    if (checkpoints === undefined) {
      wait('source.domain', say('the checkpoints of {0} are not known', name));
      return;
    }
    if (checkpoints === 0) return;
    const hosts = [facts['source.versions'], facts['destination.versions']];
    const old = hosts.some(
      ({ libvirt, qemu }) =>
        isOlder(libvirt, '7.1.0') !== false || isOlder(qemu, '5.2.0') !== false,
    );
    report({
      at: migration.at(['domain']),
      message: old
        ? say(
            '{0} has {1} checkpoints, and these versions of libvirt and QEMU leave their bitmaps behind. The next backup on {2} must be a full one.',
            name,
            checkpoints,
            migration.destinationName,
          )
        : say(
            '{0} has {1} checkpoints. Their bitmaps move with copied qcow2 disks only, and the checkpoints themselves are not defined on {2}: redefine them there (virsh checkpoint-create --redefine), or make the next backup a full one.',
            name,
            checkpoints,
            migration.destinationName,
          ),
    });
  },
});
