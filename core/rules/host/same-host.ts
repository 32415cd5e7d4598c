import { say } from '../../messages.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { MigrationView, Reporter } from '../rule.ts';

/** `qemu:///system`, `qemu+ssh://localhost/…`: the machine that virsh runs on. */
function isLocalUri(uri: string): boolean {
  const host = /^[a-z]+(?:\+[a-z0-9]+)?:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)/.exec(uri)?.[1];
  return host === '' || (host !== undefined && /^(localhost|127\.|\[::1\])/i.test(host));
}

function checkNames(migration: MigrationView, report: Reporter): boolean {
  const { source, destination } = migration.model;
  if (destination === undefined) return false;
  if (source?.value === destination.value) {
    report({
      at: destination.span,
      message: say(
        'Source and destination are both {0}; a domain cannot be migrated to the host it runs on.',
        destination.value,
      ),
    });
    return true;
  }
  if (!isLocalUri(destination.value)) return false;
  report({
    at: destination.span,
    message: say(
      '{0} means the host that opens it, which is the source itself: libvirt refuses with “Attempt to migrate guest to the same host”. Name the destination.',
      destination.value,
    ),
  });
  return true;
}

export default defineRule({
  id: 'same-host',
  severity: 'error',
  summary: say('Source and destination are two hosts.'),
  needs: ['source.identity', 'destination.identity'],
  since: 'libvirt 1.0',
  check(migration, facts, report) {
    if (checkNames(migration, report)) return;
    const [here, there] = [facts['source.identity'].uuid, facts['destination.identity'].uuid];
    if (here === '' || here.toLowerCase() !== there.toLowerCase()) return;
    report({
      at: migration.at(['destination']),
      message: say(
        '{0} and {1} tell libvirt the same host UUID ({2}), and libvirt refuses with “Attempt to migrate guest to the same host”. If they are two machines, give each its own host_uuid in libvirtd.conf.',
        migration.sourceName,
        migration.destinationName,
        here,
      ),
    });
  },
  meanwhile: [
    meanwhile([], (migration, _facts, report) => {
      checkNames(migration, report);
    }),
  ],
});
