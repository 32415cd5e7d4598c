import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { isOlder } from './version.ts';

export default defineRule({
  id: 'qemu-version-not-older',
  severity: 'warning',
  summary: say('QEMU on the destination is not older than on the source.'),
  needs: ['source.versions', 'destination.versions'],
  check(migration, facts, report, wait) {
    const [here, there] = [facts['source.versions'].qemu, facts['destination.versions'].qemu];
    const older = isOlder(there, here);
    if (older === undefined) {
      wait('destination.versions', say('the versions of {0} cannot be compared', 'QEMU'));
    } else if (older) {
      report({
        at: migration.at(['destination']),
        message: say(
          'QEMU on {0} is {1}, older than {2} on {3}; QEMU there may not be able to load the guest’s state (“load of migration failed”).',
          migration.destinationName,
          there,
          here,
          migration.sourceName,
        ),
      });
    }
  },
});
