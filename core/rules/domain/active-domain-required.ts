import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'active-domain-required',
  severity: 'error',
  summary: say('The domain runs.'),
  needs: ['source.domain'],
  check(migration, facts, report) {
    const { state, name, reason } = facts['source.domain'];
    const at = migration.at(['domain']);
    if (state === 'shut off') {
      report({
        at,
        message: say(
          '{0} is shut off on {1}; only a running domain can be migrated live: “domain is not running”. Start it first.',
          name,
          migration.sourceName,
        ),
      });
    } else if (state === 'crashed') {
      report({
        at,
        message: say(
          '{0} is in the state “{1}” on {2}; only a running domain can be migrated live.',
          name,
          state,
          migration.sourceName,
        ),
      });
    } else if (state === 'paused' || state === 'pmsuspended') {
      // A failed disk is the business of io-error-with-abort.
      if (/i\/o error/i.test(reason ?? '')) return;
      report({
        severity: 'warning',
        at,
        message: say(
          '{0} is in the state “{1}” on {2} and will be in it on the destination, too; a guest paused by an I/O error needs that mended first.',
          name,
          state,
          migration.sourceName,
        ),
      });
    }
  },
});
