import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { isOlder } from '../host/version.ts';

export default defineRule({
  id: 'compress-removed',
  severity: 'error',
  summary: say('Both QEMUs still have the compression method mt.'),
  needs: ['source.versions', 'destination.versions'],
  since: 'QEMU 9.1',
  check(migration, facts, report, wait) {
    const method = migration.model.policy?.compression?.method;
    if (method?.value !== 'mt') return;
    const hosts = [
      ['source.versions', migration.sourceName],
      ['destination.versions', migration.destinationName],
    ] as const;
    for (const [fact, host] of hosts) {
      const { qemu } = facts[fact];
      const [deprecated, removed] = [isOlder(qemu, '8.2.0'), isOlder(qemu, '9.1.0')];
      if (deprecated === undefined || removed === undefined) {
        wait(fact, say('the version of QEMU on {0} cannot be read', host));
      } else if (!removed) {
        report({
          at: method.span,
          message: say(
            "QEMU {0} on {1} has no compression method mt any more (removed in 9.1): “Migration option 'compress' is not supported by QEMU binary”. Use zstd with parallel.",
            qemu,
            host,
          ),
          evidence: [fact],
          fix: { title: say('Remove “{0}”', 'compression'), remove: ['policy', 'compression'] },
        });
      } else if (!deprecated) {
        report({
          severity: 'warning',
          at: method.span,
          message: say(
            'QEMU {0} on {1} still has the compression method mt, but it is deprecated and gone in 9.1. Use zstd with parallel.',
            qemu,
            host,
          ),
          evidence: [fact],
        });
      }
    }
  },
});
