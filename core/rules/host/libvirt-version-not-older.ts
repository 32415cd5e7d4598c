import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { isOlder } from './version.ts';

export default defineRule({
  id: 'libvirt-version-not-older',
  severity: 'warning',
  summary: say('libvirt on the destination is not older than on the source.'),
  needs: ['source.versions', 'destination.versions'],
  check(migration, facts, report, wait) {
    const [here, there] = [facts['source.versions'].libvirt, facts['destination.versions'].libvirt];
    const older = isOlder(there, here);
    if (older === undefined) {
      wait('destination.versions', say('the versions of {0} cannot be compared', 'libvirt'));
    } else if (older) {
      report({
        at: migration.at(['destination']),
        message: say(
          'libvirt on {0} is {1}, older than {2} on {3}; libvirt there may not know parts of the domain or of the migration.',
          migration.destinationName,
          there,
          here,
          migration.sourceName,
        ),
      });
    }
  },
});
