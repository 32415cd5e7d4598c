import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'source-stays-defined',
  severity: 'warning',
  summary: say('The source does not keep a definition that somebody may start.'),
  needs: [],
  since: 'libvirt 0.7.3',
  check(migration, _facts, report) {
    const persistent = migration.model.policy?.persistent?.value ?? true;
    const undefine = migration.model.policy?.undefineSource;
    if (!persistent || undefine?.value !== false) return;
    report({
      at: undefine.span,
      message: say(
        '{0} keeps a shut-off definition of {1}; whoever starts it runs the guest twice, on shared storage with the same disk.',
        migration.sourceName,
        migration.domainName,
      ),
      fix: {
        title: say('Undefine the domain on the source'),
        set: [['policy', 'undefineSource'], true],
      },
    });
  },
});
