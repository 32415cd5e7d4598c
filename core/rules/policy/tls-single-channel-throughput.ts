import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { isTunnelled } from './policy.ts';

export default defineRule({
  id: 'tls-single-channel-throughput',
  severity: 'info',
  summary: say('One TLS connection carries 100 to 200 MB/s at most.'),
  needs: [],
  check(migration, _facts, report) {
    const policy = migration.model.policy;
    if (policy?.tls === undefined || policy.parallel !== undefined) return;
    const wanted = policy.bandwidth;
    if (wanted === undefined || wanted.value.amount <= 200e6) return;
    report({
      at: wanted.span,
      message: say(
        'One TLS connection carries 100 to 200 MB/s (openEuler’s manual), so {0} is not reached and the guest may not converge. Add parallel connections.',
        wanted.value.source,
      ),
      ...(isTunnelled(migration) || policy.compression !== undefined
        ? {}
        : { fix: { title: say('Add parallel connections'), set: [['policy', 'parallel'], true] } }),
    });
  },
});
