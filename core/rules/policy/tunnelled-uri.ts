import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { isTunnelled, peerToPeer } from './policy.ts';

export default defineRule({
  id: 'tunnelled-uri',
  severity: 'error',
  summary: say('A tunnelled migration has no migration address of its own.'),
  needs: [],
  since: 'libvirt 1.1',
  check(migration, _facts, report) {
    const uri = migration.model.policy?.migrateUri;
    if (!isTunnelled(migration) || uri === undefined) return;
    report({
      at: uri.span,
      message: say(
        'A tunnelled migration travels inside the libvirt connection; libvirt refuses migrateUri: “migration URI is not supported by tunnelled migration”.',
      ),
      fix: [
        peerToPeer,
        { title: say('Remove “{0}”', 'migrateUri'), remove: ['policy', 'migrateUri'] },
      ],
    });
  },
});
