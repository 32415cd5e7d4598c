import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'has-snapshots',
  severity: 'error',
  summary: say('The domain has no libvirt snapshots.'),
  needs: ['source.domain'],
  since: 'libvirt 0.9.4',
  check(migration, facts, report) {
    const { snapshots, name } = facts['source.domain'];
    if (snapshots === 0) return;
    report({
      at: migration.at(['domain']),
      message: say(
        '{0} has {1} snapshots; libvirt refuses with “cannot migrate domain with {1} snapshots”. Save their descriptions (virsh snapshot-dumpxml), delete them with snapshot-delete --metadata, and redefine them on the destination.',
        name,
        snapshots,
      ),
    });
  },
});
