import { say } from '../../messages.ts';
import { isOlder } from '../host/version.ts';
import { defineRule } from '../rule.ts';
import { asksForCopy } from './policy.ts';

export default defineRule({
  id: 'tls-nbd-old',
  severity: 'error',
  summary: say('Both hosts can copy disks through TLS.'),
  needs: ['source.versions', 'destination.versions'],
  since: 'libvirt 4.3.0',
  check(migration, facts, report, wait) {
    if (migration.model.policy?.tls === undefined || !asksForCopy(migration)) return;
    const hosts = [
      ['source.versions', migration.sourceName],
      ['destination.versions', migration.destinationName],
    ] as const;
    for (const [fact, host] of hosts) {
      const { libvirt, qemu } = facts[fact];
      const old = [isOlder(libvirt, '4.3.0'), isOlder(qemu, '2.6.0')];
      if (old.includes(undefined)) wait(fact, say('the versions of {0} cannot be read', host));
      else if (old.includes(true)) {
        report({
          at: migration.at(['policy', 'tls']),
          message: say(
            'libvirt {0} with QEMU {1} on {2} cannot copy disks through TLS (libvirt 4.3.0 and QEMU 2.6 can): “NBD migration with TLS is not supported”. Leave tls out, or do not copy disks.',
            libvirt,
            qemu,
            host,
          ),
          evidence: [fact],
          fix: { title: say('Remove “{0}”', 'tls'), remove: ['policy', 'tls'] },
        });
      }
    }
  },
});
