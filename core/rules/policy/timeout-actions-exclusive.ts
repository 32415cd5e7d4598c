import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'timeout-actions-exclusive',
  severity: 'error',
  summary: say('One thing happens at the timeout.'),
  needs: [],
  since: 'libvirt 1.3.3',
  check(migration, _facts, report) {
    const policy = migration.model.policy;
    const action = policy?.onTimeout;
    if (policy?.mode?.value !== 'post-copy-on-timeout') return;
    if (action === undefined || action.value === 'post-copy') return;
    report({
      at: action.span,
      message: say(
        'policy.mode switches to post-copy when the timeout ends, but onTimeout says {0}; only one of them can happen.',
        action.value,
      ),
      fix: [
        { title: say('Change to “{0}”', 'post-copy'), set: [['policy', 'onTimeout'], 'post-copy'] },
        { title: say('Set policy.mode to {0}', 'pre-copy'), set: [['policy', 'mode'], 'pre-copy'] },
      ],
    });
  },
});
