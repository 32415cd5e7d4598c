import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'unsafe-flag-hides-checks',
  severity: 'error',
  summary: say('Switching libvirt’s disk-safety checks off has a reason.'),
  needs: [],
  since: 'libvirt 0.9.11',
  check(migration, _facts, report) {
    const unsafe = migration.model.policy?.unsafe;
    if (unsafe === undefined) return;
    const fix = { title: say('Remove “unsafe”'), remove: ['policy', 'unsafe'] };
    if (unsafe.reason === undefined) {
      report({
        at: migration.at(['policy', 'unsafe']),
        message: say(
          '“unsafe” switches off every disk-safety check of libvirt, so it needs a reason, which is recorded with the run. Remove it, or write reason: …',
        ),
        fix,
      });
      return;
    }
    report({
      severity: 'info',
      at: migration.at(['policy', 'unsafe']),
      message: say(
        'libvirt will not check: that disks which stay behind are on shared storage ({0}), that NVMe drives are not left behind ({1}), and that the cache mode of shared disks is safe ({2}). Live Migrate goes on checking the disks itself, except for the cache mode.',
        'local-disk-not-copied',
        'disk-nvme-local',
        'disk-cache-unsafe',
      ),
      fix,
    });
  },
});
