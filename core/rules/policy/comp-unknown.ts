import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { isOlder } from '../host/version.ts';

export default defineRule({
  id: 'comp-unknown',
  severity: 'error',
  summary: say('Both hosts know the compression method.'),
  needs: ['source.versions', 'destination.versions'],
  since: 'libvirt 1.3.4; zlib and zstd 9.4.0',
  check(migration, facts, report, wait) {
    const method = migration.model.policy?.compression?.method;
    if (method?.value !== 'zlib' && method?.value !== 'zstd') return;
    const hosts = [
      ['source.versions', migration.sourceName],
      ['destination.versions', migration.destinationName],
    ] as const;
    for (const [fact, host] of hosts) {
      const { libvirt, migrateOptions } = facts[fact];
      if (migrateOptions.includes(`comp-${method.value}-level`)) continue;
      const older = isOlder(libvirt, '9.4.0');
      if (older === undefined)
        wait(fact, say('the version of libvirt on {0} cannot be read', host));
      else if (older) {
        report({
          at: method.span,
          message: say(
            '{0} does not list the compression method {1}: its libvirt is {2}, and {1} came with 9.4.0 (“Unsupported compression method”). Use xbzrle without parallel, or no compression.',
            host,
            method.value,
            libvirt,
          ),
          evidence: [fact],
          fix: {
            title: say('Remove “{0}”', 'compression'),
            remove: ['policy', 'compression'],
          },
        });
      }
    }
  },
});
