import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'connectivity-libvirtd',
  severity: 'warning',
  summary: say('The source opens libvirt on the destination.'),
  needs: ['source.peer'],
  check(migration, facts, report, wait) {
    const { connection, uri } = facts['source.peer'];
    if (connection === undefined) {
      wait(
        'source.peer',
        say(
          'only root on {0} can try whether its daemon reaches {1}',
          migration.sourceName,
          migration.destinationName,
        ),
      );
    } else if (!connection.connects) {
      report({
        severity: 'error',
        at: migration.at(['destination']),
        message: say(
          'root on {0} cannot open {1}: {2}. With peer-to-peer the daemon of the source opens the destination, so root there needs an ssh key that {3} accepts, and the host key of {3} in its known_hosts.',
          migration.sourceName,
          uri ?? '',
          connection.said ?? '',
          migration.destinationName,
        ),
      });
    }
  },
});
