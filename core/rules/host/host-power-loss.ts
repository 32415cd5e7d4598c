import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'host-power-loss',
  severity: 'error',
  summary: say('Neither host is about to go down.'),
  needs: ['source.power', 'destination.power'],
  check(migration, facts, report) {
    const sides = [
      ['source', 'source.power', migration.sourceName],
      ['destination', 'destination.power', migration.destinationName],
    ] as const;
    for (const [key, fact, host] of sides) {
      const { scheduled, stopping } = facts[fact];
      if (!stopping && scheduled === undefined) continue;
      report({
        at: migration.at([key]),
        message: stopping
          ? say(
              '{0} is shutting down. If a host goes down during the migration, the guest is lost with the source, and after a switch to post-copy with either. Choose another host, or wait.',
              host,
            )
          : say(
              'A {1} of {0} is scheduled. If a host goes down during the migration, the guest is lost with the source, and after a switch to post-copy with either. Cancel it (shutdown -c), or move the guest in time by lowering this rule.',
              host,
              scheduled?.mode ?? '',
            ),
        evidence: [fact],
      });
    }
  },
});
