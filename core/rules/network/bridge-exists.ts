import { say } from '../../messages.ts';
import { attribute, child, children } from '../../xml/tree.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';

/** Open vSwitch bridges are no Linux bridges and are not among the facts. */
function isOpenVSwitch(root: XmlElement, start: number): boolean {
  const element = children(child(root, 'devices'), 'interface').find(
    ({ span }) => span.start === start,
  );
  const port = element === undefined ? undefined : child(element, 'virtualport');
  return port !== undefined && attribute(port, 'type')?.value === 'openvswitch';
}

export default defineRule({
  id: 'bridge-exists',
  severity: 'error',
  summary: say('The destination has the bridges that the guest is connected to.'),
  needs: ['domain', 'destination.bridges'],
  check(migration, facts, report, wait) {
    const { domain } = facts;
    for (const { type, source, span } of domain.interfaces) {
      if (type.value !== 'bridge' || source === undefined) continue;
      if (facts['destination.bridges'].includes(source.value)) continue;
      if (isOpenVSwitch(domain.root, span.start)) {
        wait(
          'destination.bridges',
          say(
            '{0} is an Open vSwitch bridge, which was not looked for on {1}',
            source.value,
            migration.destinationName,
          ),
        );
        continue;
      }
      report({
        at: migration.at(['destination']),
        message: say(
          "The guest is connected to the bridge {0}, which {1} does not have: “Cannot get interface MTU on '{0}': No such device”. Make the bridge there, in the same network segment.",
          source.value,
          migration.destinationName,
        ),
        related: [{ uri: domain.uri, span: source.span, message: say('the guest’s bridge') }],
      });
    }
  },
});
