import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'network-exists-active',
  severity: 'error',
  summary: say('The destination has the guest’s libvirt networks, and they are active.'),
  needs: ['domain', 'destination.networks'],
  check(migration, facts, report) {
    for (const { type, source } of facts.domain.interfaces) {
      if (type.value !== 'network' || source === undefined) continue;
      const found = facts['destination.networks'].find(({ name }) => name === source.value);
      if (found?.active === true) continue;
      report({
        at: migration.at(['destination']),
        message:
          found === undefined
            ? say(
                'The guest uses the libvirt network {0}, which {1} does not have: “no network with matching name”. Define it there.',
                source.value,
                migration.destinationName,
              )
            : say(
                'The guest uses the libvirt network {0}, which is not active on {1}. Start it there: virsh net-start {0}',
                source.value,
                migration.destinationName,
              ),
        related: [
          { uri: facts.domain.uri, span: source.span, message: say('the guest’s network') },
        ],
      });
    }
  },
});
