import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'postcopy-subopts',
  severity: 'error',
  summary: say('Post-copy at the timeout needs a post-copy mode.'),
  needs: [],
  since: 'libvirt 1.3.3',
  check(migration, _facts, report) {
    const policy = migration.model.policy;
    const mode = policy?.mode?.value ?? 'pre-copy';
    if (policy?.onTimeout?.value !== 'post-copy' || mode !== 'pre-copy') return;
    report({
      at: policy.onTimeout.span,
      message: say(
        'onTimeout says post-copy, but policy.mode is pre-copy; virsh refuses --timeout-postcopy without --postcopy. Use the mode post-copy-on-timeout.',
      ),
      fix: {
        title: say('Set policy.mode to {0}', 'post-copy-on-timeout'),
        set: [['policy', 'mode'], 'post-copy-on-timeout'],
      },
    });
  },
});
