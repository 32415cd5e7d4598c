import type { Domain } from '../../domain/domain.ts';
import { say } from '../../messages.ts';
import type { Located } from '../../text/span.ts';
import { isOlder } from '../host/version.ts';
import { defineRule } from '../rule.ts';
import type { MigrationView } from '../rule.ts';

interface MovedPath {
  readonly target: string;
  readonly path: Located<string>;
  readonly before: string;
}

/** Disks whose image has another path on the destination, in a domain that stays defined there. */
function movedPaths(migration: MigrationView, domain: Domain): readonly MovedPath[] {
  if (migration.model.policy?.persistent?.value === false) return [];
  return domain.disks.flatMap((disk) => {
    const path = migration.disk(disk.target.value)?.destination?.path;
    const before = disk.source?.value;
    return path === undefined || before === undefined || path.value === before
      ? []
      : [{ target: disk.target.value, path, before }];
  });
}

export default defineRule({
  id: 'xml-without-persistent-xml',
  severity: 'warning',
  summary: say('The definition that stays on the destination has the new paths.'),
  needs: ['domain', 'source.versions'],
  since: 'mended in libvirt 10.0.0',
  check(migration, facts, report, wait) {
    const { libvirt } = facts['source.versions'];
    const older = isOlder(libvirt, '10.0.0');
    for (const { target, path, before } of movedPaths(migration, facts.domain)) {
      if (older === undefined) {
        wait('source.versions', say('the versions of {0} cannot be read', migration.sourceName));
      } else if (older) {
        report({
          at: path.span,
          message: say(
            'libvirt {0} keeps the old path {1} of disk {2} in the definition that stays on {3} (before 10.0 it does so even with --persistent-xml): the guest runs on the new image, and after a shutdown starts from the old path. Correct the definition there after the migration (virsh edit).',
            libvirt,
            before,
            target,
            migration.destinationName,
          ),
        });
      }
    }
  },
});
