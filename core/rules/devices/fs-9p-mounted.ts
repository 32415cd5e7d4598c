import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { inXml, isQemu } from './devices.ts';

/** Drivers of `<filesystem>` that are not 9p: each has its own rule. */
const others: ReadonlySet<string> = new Set(['virtiofs', 'mtp']);

export default defineRule({
  id: 'fs-9p-mounted',
  severity: 'warning',
  summary: say('A 9p share is not mounted in the guest while it moves.'),
  byDefinition: ['filesystem'],
  needs: ['domain'],
  check(migration, { domain }, report) {
    if (!isQemu(domain)) return;
    for (const { type, driver, source, target, span } of domain.filesystems) {
      if (type.value !== 'mount' || others.has(driver?.value ?? '')) continue;
      report({
        at: migration.at(['domain']),
        message: say(
          "QEMU blocks the migration while the guest has the share mounted: “Migration is disabled when VirtFS export path '{0}' is mounted in the guest using mount_tag '{1}'”. Unmount it in the guest first; {2} must export the same directory.",
          source?.value ?? '',
          target?.value ?? '',
          migration.destinationName,
        ),
        related: [inXml(domain, span, say('the share'))],
      });
    }
  },
});
