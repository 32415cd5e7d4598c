import { say } from '../../messages.ts';
import { isOlder } from '../host/version.ts';
import { defineRule } from '../rule.ts';
import { isWritable } from './disk-moves.ts';

/** File systems that keep the page caches of their hosts coherent (libvirt `virFileIsClusterFS`). */
const coherent: ReadonlySet<string> = new Set(['gfs2', 'ocfs2', 'ceph', 'fuse.glusterfs']);

export default defineRule({
  id: 'disk-cache-unsafe',
  severity: 'error',
  summary: say('A shared disk is not cached by the host where QEMU cannot drop the cache.'),
  needs: ['domain', 'source.images', 'source.versions'],
  since: 'libvirt 0.9.10; lifted with QEMU 4.0 since libvirt 5.7.0',
  check(migration, facts, report, wait) {
    // The reason for `unsafe` is recorded; libvirt would not look either.
    if (migration.model.policy?.unsafe?.reason !== undefined) return;
    const { libvirt, qemu } = facts['source.versions'];
    const old = [isOlder(libvirt, '5.7.0'), isOlder(qemu, '4.0.0')];
    if (old.includes(undefined)) {
      wait('source.versions', say('the versions of {0} cannot be read', migration.sourceName));
      return;
    }
    if (!old.includes(true)) return;
    for (const disk of facts.domain.disks) {
      const target = disk.target.value;
      const path = disk.source?.value;
      if (!isWritable(disk) || disk.shareable !== undefined || path === undefined) continue;
      if (migration.copies(disk) !== false) continue;
      const cache = disk.cache?.value ?? 'default';
      if (cache === 'none' || cache === 'directsync') continue;
      const filesystem = facts['source.images'].get(path)?.filesystem;
      if (filesystem !== undefined && coherent.has(filesystem.type)) continue;
      report({
        at: migration.atDisk(target),
        message: say(
          "Disk {0} has the cache mode {1}: the destination could read old data. libvirt {2} with QEMU {3} refuses with “Migration may lead to data corruption if disks use cache other than none or directsync”. Set cache='none'.",
          target,
          cache,
          libvirt,
          qemu,
        ),
        related: [
          {
            uri: facts.domain.uri,
            span: disk.cache?.span ?? disk.span,
            message: say('the disk’s cache mode'),
          },
        ],
      });
    }
  },
});
