import { say } from '../../messages.ts';
import { child } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rdma-hard-limit',
  severity: 'error',
  summary: say('A migration over RDMA has a limit for the memory that it locks.'),
  needs: ['domain'],
  since: 'libvirt 1.2.9',
  check(migration, { domain }, report) {
    const uri = migration.model.policy?.migrateUri;
    if (uri?.value.startsWith('rdma:') !== true) return;
    const tune = child(domain.root, 'memtune');
    if (child(tune, 'hard_limit') !== undefined) return;
    report({
      at: uri.span,
      message: say(
        'RDMA locks memory of the guest, and libvirt refuses without a bound: “cannot start RDMA migration with no memory hard limit set”. Give the domain <memtune><hard_limit>, or use a tcp:// address.',
      ),
      related: [
        {
          uri: domain.uri,
          span: tune?.startTagSpan ?? domain.root.startTagSpan,
          message: say('no hard_limit here'),
        },
      ],
    });
  },
});
