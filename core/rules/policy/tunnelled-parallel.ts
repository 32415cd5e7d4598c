import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { isTunnelled, peerToPeer } from './policy.ts';

export default defineRule({
  id: 'tunnelled-parallel',
  severity: 'error',
  summary: say('Parallel connections cannot be tunnelled.'),
  needs: [],
  since: 'libvirt 6.1.0',
  check(migration, _facts, report) {
    if (!isTunnelled(migration) || migration.model.policy?.parallel === undefined) return;
    report({
      at: migration.at(['policy', 'parallel']),
      message: say(
        'A tunnelled migration has one connection, so it cannot be parallel; libvirt refuses both together. Use peer-to-peer.',
      ),
      fix: [peerToPeer, { title: say('Remove “{0}”', 'parallel'), remove: ['policy', 'parallel'] }],
    });
  },
});
