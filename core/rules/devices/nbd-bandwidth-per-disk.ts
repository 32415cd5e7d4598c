import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'nbd-bandwidth-per-disk',
  severity: 'info',
  summary: say('The bandwidth limit counts for each copied disk on its own.'),
  needs: ['domain'],
  check(migration, { domain }, report) {
    const bandwidth = migration.model.policy?.bandwidth;
    const copied = migration.copiedDisks(domain);
    if (bandwidth === undefined || copied.length < 2) return;
    report({
      at: bandwidth.span,
      message: say(
        '{0} disks are copied at the same time, each with up to {1}, and the memory with as much again: the link may carry {2} times as much as this limit. Divide it if other traffic must not suffer.',
        copied.length,
        bandwidth.value.source,
        copied.length + 1,
      ),
    });
  },
});
