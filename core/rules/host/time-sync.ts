import { say } from '../../messages.ts';
import { formatDuration } from '../../units/quantity.ts';
import { defineRule } from '../rule.ts';

/** Milliseconds that two clocks may differ. */
const tolerance = 1000;

export default defineRule({
  id: 'time-sync',
  severity: 'warning',
  summary: say('The clocks of both hosts agree.'),
  needs: ['source.clock', 'destination.clock'],
  since: 'libvirt 1.2.15 (statistics over both hosts)',
  check(migration, facts, report, wait) {
    const [here, there] = [facts['source.clock'], facts['destination.clock']];
    const difference = Math.abs(here.ahead - there.ahead);
    const uncertain = here.uncertainty + there.uncertainty;
    if (difference - uncertain > tolerance) {
      report({
        at: migration.at(['destination']),
        message: say(
          'The clocks of {0} and {1} differ by {2}. The migration works, but a guest that takes its time from the host jumps by as much, and libvirt’s times without network are wrong. Synchronise the clocks (chronyc tracking).',
          migration.sourceName,
          migration.destinationName,
          formatDuration(difference),
        ),
      });
    } else if (difference + uncertain > tolerance) {
      wait(
        'destination.clock',
        say('the clocks could only be compared to within {0}', formatDuration(uncertain)),
      );
    }
  },
});
