import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { actionFix } from './disk-moves.ts';

/** An explicit list overrides libvirt's own default of leaving shareable disks out, silently. */
export default defineRule({
  id: 'shareable-disk-copied',
  severity: 'error',
  summary: say('A disk that several guests share must not be copied.'),
  needs: ['domain'],
  since: 'libvirt 1.2.17',
  check(migration, { domain }, report) {
    for (const disk of migration.copiedDisks(domain)) {
      if (disk.shareable === undefined) continue;
      const target = disk.target.value;
      report({
        at: migration.atDisk(target),
        message: say(
          'Disk {0} is shared by several guests; a copy would part from the disk that the others go on writing. libvirt copies a listed disk without a word. Do not copy it.',
          target,
        ),
        related: [
          { uri: domain.uri, span: disk.shareable, message: say('declared shareable here') },
        ],
        fix: actionFix(target, 'shared'),
      });
    }
  },
});
