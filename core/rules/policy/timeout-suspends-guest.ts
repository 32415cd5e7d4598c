import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'timeout-suspends-guest',
  severity: 'info',
  summary: say('A guest suspended at the timeout has a pause without bound.'),
  needs: [],
  since: 'libvirt 0.8',
  check(migration, _facts, report) {
    const policy = migration.model.policy;
    if (policy?.onTimeout?.value !== 'suspend' || policy.completionTimeout === undefined) return;
    report({
      at: policy.onTimeout.span,
      message: say(
        'After {0} the guest is paused until all of its memory is copied: maxDowntime does not bound this pause.',
        policy.completionTimeout.value.source,
      ),
    });
  },
});
