import { say } from '../../messages.ts';
import type { FactTypes } from '../../facts/keys.ts';
import { isOlder } from '../host/version.ts';
import { defineRule, meanwhile } from '../rule.ts';
import type { MigrationView, Reporter, Wait } from '../rule.ts';
import { diskMoves, isWritable, storageFacts } from './disk-moves.ts';
import type { StorageFacts } from './disk-moves.ts';
import { isSharedForLibvirt } from './libvirt-filesystems.ts';

/** Directories of qemu.conf that count as shared; undefined when the file could not be read. */
type Configured = readonly string[] | undefined;

function check(
  migration: MigrationView,
  facts: StorageFacts & Pick<FactTypes, 'source.versions'>,
  configured: Configured,
  to: { readonly report: Reporter; readonly wait: Wait<'source.versions'> },
): void {
  // The reason for `unsafe` is recorded; libvirt would not look either.
  if (migration.model.policy?.unsafe?.reason !== undefined) return;
  for (const { disk, target, copied, source, verdict } of diskMoves(migration, facts)) {
    const path = disk.source?.value;
    const filesystem = source?.filesystem;
    // A disk that is another image there is the business of local-disk-not-copied.
    if (copied !== false || !isWritable(disk) || disk.type.value !== 'file') continue;
    if (path === undefined || filesystem === undefined || verdict?.sameness === 'different')
      continue;
    // The kernel's type smb3 carries either of two magic numbers, of which libvirt knows one.
    if (isSharedForLibvirt(filesystem.type) || filesystem.type === 'smb3') continue;
    if (configured?.some((folder) => isBelow(path, folder)) === true) continue;
    const { libvirt } = facts['source.versions'];
    // No libvirt before 10.0 has shared_filesystems: nothing in qemu.conf could help there.
    if (configured === undefined && isOlder(libvirt, '10.0.0') !== true) {
      to.wait(
        'source.versions',
        say(
          'only root on {0} can see which directories libvirt takes for shared',
          migration.sourceName,
        ),
      );
      continue;
    }
    to.report({
      severity: 'error',
      at: migration.atDisk(target),
      message: say(
        'Disk {0} lies on {1} ({2}), which libvirt {3} on {4} does not take for shared: “Migration without shared storage is unsafe”. Name its directory in shared_filesystems of qemu.conf where libvirt has it (11 and newer), or give the reason in policy.unsafe if both hosts really have one image there.',
        target,
        filesystem.mountPoint,
        filesystem.type,
        libvirt,
        migration.sourceName,
      ),
      related: [{ uri: facts.domain.uri, span: disk.span, message: say('the disk in the domain') }],
    });
  }
}

function isBelow(path: string, folder: string): boolean {
  const plain = folder.replace(/\/+$/, '');
  return path === plain || path.startsWith(`${plain}/`);
}

export default defineRule({
  id: 'disk-local-fs',
  severity: 'warning',
  summary: say(
    'A disk that stays where it is lies on a file system that libvirt takes for shared.',
  ),
  needs: [...storageFacts, 'source.versions', 'source.configuration'],
  since: 'libvirt 4.1.0',
  check(migration, facts, report, wait) {
    const configured = facts['source.configuration'].sharedFilesystems;
    check(migration, facts, configured, { report, wait });
  },
  meanwhile: [
    meanwhile([...storageFacts, 'source.versions'], (migration, facts, report, wait) => {
      check(migration, facts, undefined, { report, wait });
    }),
  ],
});
