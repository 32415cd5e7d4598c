import { readDomain } from '../../domain/read.ts';
import { say } from '../../messages.ts';
import { parseXml } from '../../xml/parse.ts';
import { defineRule } from '../rule.ts';
import { diskMoves, storageFacts } from './disk-moves.ts';

/** Spares the reading of every domain's XML; a path that XML would escape is not searched as text. */
function mayName(xml: string, path: string): boolean {
  return /[&<>'"]/.test(path) || xml.includes('&#') || xml.includes(path);
}

export default defineRule({
  id: 'destination-image-in-use',
  severity: 'error',
  summary: say('A copied disk does not overwrite the disk of another domain.'),
  needs: [...storageFacts, 'destination.domains'],
  check(migration, facts, report) {
    const own = facts.domain.uuid?.value.toLowerCase();
    const moves = diskMoves(migration, facts);
    const targets = moves.flatMap(({ copied, path }) =>
      copied === true && path !== undefined ? [path] : [],
    );
    if (targets.length === 0) return;
    const users = new Map<string, string>();
    for (const other of facts['destination.domains']) {
      // A definition that an earlier migration of this very domain left behind is not another's.
      if (
        own === undefined ? other.name === migration.domainName : other.uuid.toLowerCase() === own
      )
        continue;
      if (!targets.some((path) => mayName(other.xml, path))) continue;
      const { domain } = readDomain('', parseXml(other.xml));
      for (const disk of domain?.disks ?? []) {
        if (disk.source !== undefined) users.set(disk.source.value, other.name);
      }
    }
    for (const { target, path, copied } of moves) {
      const user = path === undefined ? undefined : users.get(path);
      if (copied !== true || user === undefined) continue;
      report({
        at: migration.atDisk(target),
        message: say(
          '{1} on {2} is a disk of the domain {3}; the copy of disk {0} would overwrite it. Choose another path.',
          target,
          path ?? '',
          migration.destinationName,
          user,
        ),
      });
    }
  },
});
