import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { asksForCopy, isTunnelled, peerToPeer } from './policy.ts';

export default defineRule({
  id: 'copy-tunnelled',
  severity: 'error',
  summary: say('Disks cannot be copied through a tunnelled migration.'),
  needs: [],
  since: 'libvirt 6.10.0',
  check(migration, _facts, report) {
    if (!isTunnelled(migration) || !asksForCopy(migration)) return;
    report({
      at: migration.at(['policy', 'connection']),
      message: say(
        'libvirt does not copy disks in a tunnelled migration: “migration of non-shared storage is not supported with tunnelled migration and this QEMU”. Use peer-to-peer.',
      ),
      fix: peerToPeer,
    });
  },
});
