import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { FixSpec } from '../rule.ts';
import { isOlder } from '../host/version.ts';
import { atPostCopy, usesPostCopy } from './policy.ts';

const withoutParallel: FixSpec = {
  title: say('Remove “{0}”', 'parallel'),
  remove: ['policy', 'parallel'],
};

export default defineRule({
  id: 'postcopy-parallel',
  severity: 'error',
  summary: say('Post-copy and parallel connections are not combined.'),
  needs: ['source.versions', 'destination.versions'],
  since: 'QEMU 8.1',
  check(migration, facts, report, wait) {
    if (!usesPostCopy(migration) || migration.model.policy?.parallel === undefined) return;
    const hosts = [
      ['source.versions', migration.sourceName],
      ['destination.versions', migration.destinationName],
    ] as const;
    for (const [fact, host] of hosts) {
      const { qemu } = facts[fact];
      const older = isOlder(qemu, '10.1.0');
      if (older === undefined) wait(fact, say('the version of QEMU on {0} cannot be read', host));
      else if (older) {
        report({
          at: atPostCopy(migration),
          message: say(
            'QEMU {0} on {1} cannot combine post-copy with parallel connections: “Postcopy is not yet compatible with multifd”. Leave one of them out.',
            qemu,
            host,
          ),
          evidence: [fact],
          fix: withoutParallel,
        });
        return;
      }
    }
  },
  meanwhile: [
    meanwhile([], (migration, _facts, report) => {
      if (!usesPostCopy(migration) || migration.model.policy?.parallel === undefined) return;
      report({
        severity: 'warning',
        at: atPostCopy(migration),
        message: say(
          'QEMU before 10.1 refuses post-copy with parallel connections: “Postcopy is not yet compatible with multifd”. Leave one of them out unless both hosts are newer.',
        ),
        fix: withoutParallel,
      });
    }),
  ],
});
