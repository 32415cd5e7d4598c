import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'direct-dev-exists',
  severity: 'warning',
  summary: say('The destination has the interfaces that the guest’s macvtap devices sit on.'),
  needs: ['domain', 'destination.interfaces'],
  check(migration, facts, report) {
    const { domain } = facts;
    const there = facts['destination.interfaces'];
    for (const { type, source } of domain.interfaces) {
      if (type.value !== 'direct' || source === undefined) continue;
      const found = there.find(({ name }) => name === source.value);
      if (found?.up === true) continue;
      const related = [
        { uri: domain.uri, span: source.span, message: say('the host’s interface') },
      ];
      if (found === undefined) {
        report({
          severity: 'error',
          at: migration.at(['destination']),
          message: say(
            "The guest is connected to the interface {0} (macvtap), which {1} does not have: “Cannot get interface MTU on '{0}': No such device”. Give the guest a bridge or a libvirt network, which can have one name on both hosts.",
            source.value,
            migration.destinationName,
          ),
          related,
        });
      } else {
        report({
          at: migration.at(['destination']),
          message: say(
            'The interface {0} on {1}, which the guest is connected to, is down; the guest would have no network.',
            source.value,
            migration.destinationName,
          ),
          related,
        });
      }
    }
  },
});
