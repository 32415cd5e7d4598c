import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'guest-power-op-during-migration',
  severity: 'error',
  summary: say('The guest is not shutting down.'),
  needs: ['source.domain'],
  check(migration, facts, report) {
    const { name, state } = facts['source.domain'];
    if (state !== 'in shutdown' && state !== 'dying') return;
    report({
      at: migration.at(['domain']),
      message: say(
        '{0} is shutting down on {1}. A guest that powers off during a migration ends it: “domain is not running”. Wait until it is off or runs again.',
        name,
        migration.sourceName,
      ),
    });
  },
});
