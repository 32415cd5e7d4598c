import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { atPostCopy, isTunnelled, peerToPeer, usesPostCopy } from './policy.ts';

export default defineRule({
  id: 'tunnelled-postcopy',
  severity: 'error',
  summary: say('A tunnelled migration cannot switch to post-copy.'),
  needs: [],
  since: 'libvirt 2.5.0',
  check(migration, _facts, report) {
    if (!isTunnelled(migration) || !usesPostCopy(migration)) return;
    report({
      at: atPostCopy(migration),
      message: say(
        'libvirt refuses post-copy in a tunnelled migration: “post-copy is not supported with tunnelled migration”. Use peer-to-peer.',
      ),
      fix: peerToPeer,
    });
  },
});
