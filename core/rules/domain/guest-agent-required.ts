import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'guest-agent-required',
  severity: 'error',
  summary: say('The guest agent answers where the file requires it.'),
  needs: ['source.domain'],
  check(migration, facts, report) {
    const { guestAgent, name } = facts['source.domain'];
    const asked = migration.model.preflight?.guestAgent;
    if (asked?.value === 'required' && guestAgent !== true) {
      report({
        at: asked.span,
        message:
          guestAgent === undefined
            ? say(
                '{0} has no channel for a guest agent, but guestAgent is required. Add the channel, or write if-present.',
                name,
              )
            : say(
                'The guest agent of {0} does not answer, but it is required. Start it in the guest, or write ignore.',
                name,
              ),
        fix: {
          title: say('Change to “{0}”', guestAgent === undefined ? 'if-present' : 'ignore'),
          set: [['preflight', 'guestAgent'], guestAgent === undefined ? 'if-present' : 'ignore'],
        },
      });
    } else if (asked?.value !== 'ignore' && guestAgent === false) {
      report({
        severity: 'warning',
        at: asked?.span ?? migration.at(['domain']),
        message: say(
          'The guest agent of {0} does not answer; whether the guest is healthy cannot be proven before and after the migration.',
          name,
        ),
      });
    }
  },
});
