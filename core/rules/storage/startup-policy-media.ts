import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { isRemovable } from './disk-moves.ts';

export default defineRule({
  id: 'startup-policy-media',
  severity: 'error',
  summary: say(
    'The medium in a CD-ROM or floppy drive is on the destination, or may be missing there.',
  ),
  needs: ['domain', 'destination.images'],
  since: 'libvirt 0.9.7',
  check(migration, facts, report, wait) {
    for (const disk of facts.domain.disks) {
      const path = disk.source?.value;
      if (!isRemovable(disk) || path === undefined) continue;
      if (disk.startupPolicy === 'optional' || disk.startupPolicy === 'requisite') continue;
      const target = disk.target.value;
      const there = facts['destination.images'].get(path);
      if (there === undefined) {
        wait(
          'destination.images',
          say('{0} was not looked at on {1}', path, migration.destinationName),
        );
      } else if (there.kind === 'missing') {
        report({
          at: migration.atDisk(target),
          message: say(
            'The medium {1} in drive {0} is missing on {2}; libvirt there refuses with “Cannot access storage file”. Eject it (virsh change-media {3} {0} --eject), put it there, or give the drive startupPolicy optional.',
            target,
            path,
            migration.destinationName,
            migration.domainName,
          ),
          related: [{ uri: facts.domain.uri, span: disk.span, message: say('the drive') }],
        });
      }
    }
  },
});
