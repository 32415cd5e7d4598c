import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { isOlder } from '../host/version.ts';

export default defineRule({
  id: 'qemu-cap-missing',
  severity: 'error',
  summary: say('Both QEMUs have what the policy asks for.'),
  needs: ['source.versions', 'destination.versions'],
  since: 'libvirt 4.x',
  check(migration, facts, report, wait) {
    const policy = migration.model.policy;
    const method = policy?.compression?.method?.value;
    const multifdCompression = method === 'zlib' || method === 'zstd';
    const wanted = [
      {
        path: ['policy', 'parallel'],
        used: policy?.parallel !== undefined,
        name: 'multifd',
        since: '4.0.0',
      },
      {
        path: ['policy', 'compression', 'method'],
        used: multifdCompression,
        name: 'multifd-compression',
        since: '5.0.0',
      },
    ];
    const hosts = [
      ['source.versions', migration.sourceName],
      ['destination.versions', migration.destinationName],
    ] as const;
    for (const { path, used, name, since } of wanted) {
      if (!used) continue;
      for (const [fact, host] of hosts) {
        const { qemu } = facts[fact];
        const older = isOlder(qemu, since);
        if (older === undefined) wait(fact, say('the version of QEMU on {0} cannot be read', host));
        else if (older) {
          report({
            at: migration.at(path),
            message: say(
              'QEMU {0} on {1} does not have {2}, which came with {3}: “Migration option is not supported by QEMU binary”.',
              qemu,
              host,
              name,
              since,
            ),
            evidence: [fact],
            fix: { title: say('Remove “{0}”', path[1] ?? ''), remove: path.slice(0, 2) },
          });
        }
      }
    }
  },
});
