import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { isTunnelled, peerToPeer } from './policy.ts';

export default defineRule({
  id: 'tunnelled-tls',
  severity: 'warning',
  summary: say('TLS and a tunnel are not combined.'),
  needs: [],
  since: 'libvirt 3.2.0',
  check(migration, _facts, report) {
    if (!isTunnelled(migration) || migration.model.policy?.tls === undefined) return;
    report({
      at: migration.at(['policy', 'tls']),
      message: say(
        'In a tunnelled migration the memory rides on the libvirt connection and is only as safe as that; tls does not protect it, and may make the migration fail. Use peer-to-peer with tls.',
      ),
      fix: peerToPeer,
    });
  },
});
