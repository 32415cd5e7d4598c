import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import type { FixSpec } from '../rule.ts';

export default defineRule({
  id: 'nothing-persistent',
  severity: 'warning',
  summary: say('The domain stays defined on one host, and only there.'),
  needs: [],
  since: 'libvirt 0.7.3',
  check(migration, _facts, report) {
    const persistent = migration.model.policy?.persistent?.value ?? true;
    const undefine = migration.model.policy?.undefineSource?.value ?? true;
    if (persistent) return;
    const fix: FixSpec = {
      title: say('Keep the domain defined on the destination'),
      set: [['policy', 'persistent'], true],
    };
    const at = migration.at(['policy', 'persistent']);
    report(
      undefine
        ? {
            at,
            message: say(
              'The source loses the definition and {0} does not keep it: when the guest is shut off, the domain {1} is gone from both hosts.',
              migration.destinationName,
              migration.domainName,
            ),
            fix,
          }
        : {
            at,
            message: say(
              'On {0} the domain {1} vanishes when it is shut off, and {2} keeps a definition that somebody may start while the guest runs: two guests on one disk.',
              migration.destinationName,
              migration.domainName,
              migration.sourceName,
            ),
            fix,
          },
    );
  },
});
