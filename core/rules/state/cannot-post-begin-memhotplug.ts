import { say } from '../../messages.ts';
import { attribute, child, children } from '../../xml/tree.ts';
import { isOlder } from '../host/version.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'cannot-post-begin-memhotplug',
  severity: 'error',
  summary: say('libvirt on the destination knows memory and CPUs that were plugged in.'),
  needs: ['domain', 'destination.versions'],
  since: 'libvirt 1.2.14 (memory), 3.0.0 (CPUs)',
  check(migration, facts, report, wait) {
    const { domain } = facts;
    const { libvirt } = facts['destination.versions'];
    const memory = child(domain.root, 'maxMemory');
    const cpu = children(child(domain.root, 'vcpus'), 'vcpu').find(
      (each) => attribute(each, 'order') !== undefined,
    );
    const parts = [
      { element: memory, feature: 'memory-hotplug', since: '1.2.14' },
      { element: cpu, feature: 'cpu-hotplug', since: '3.0.0' },
    ];
    for (const { element, feature, since } of parts) {
      if (element === undefined) continue;
      const older = isOlder(libvirt, since);
      if (older === undefined) {
        wait('destination.versions', say('the versions of {0} cannot be compared', 'libvirt'));
      } else if (older) {
        report({
          at: migration.at(['destination']),
          message: say(
            'libvirt {0} on {1} does not know {2}, which this guest uses and which came with {3}: “Unsupported migration cookie feature {2}”. Update it there.',
            libvirt,
            migration.destinationName,
            feature,
            since,
          ),
          related: [{ uri: domain.uri, span: element.startTagSpan, message: say('what needs it') }],
        });
      }
    }
  },
});
