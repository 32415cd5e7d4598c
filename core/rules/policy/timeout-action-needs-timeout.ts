import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'timeout-action-needs-timeout',
  severity: 'error',
  summary: say('What happens at the timeout needs a timeout.'),
  needs: [],
  since: 'libvirt 1.3.3',
  check(migration, _facts, report) {
    const policy = migration.model.policy;
    if (policy === undefined || policy.completionTimeout !== undefined) return;
    const cause =
      policy.onTimeout ?? (policy.mode?.value === 'post-copy-on-timeout' ? policy.mode : undefined);
    // A timeout that is there but wrong is a problem of its own.
    if (cause === undefined || migration.has(['policy', 'completionTimeout'])) return;
    report({
      at: cause.span,
      message: say(
        '“{0}” never happens without completionTimeout; virsh refuses it: “Unexpected --timeout-* option without --timeout”.',
        cause.value,
      ),
      fix: {
        title: say('Add completionTimeout: {0}', '30m'),
        set: [['policy', 'completionTimeout'], '30m'],
      },
    });
  },
});
