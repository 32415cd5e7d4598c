import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'host-vcpu-capacity',
  severity: 'warning',
  summary: say('The destination has at least as many CPUs as the guest.'),
  needs: ['domain', 'destination.capacity'],
  check(migration, facts, report) {
    const vcpus = facts.domain.currentVcpus ?? facts.domain.vcpus;
    const { cpus } = facts['destination.capacity'];
    if (vcpus === undefined || vcpus.value <= cpus) return;
    report({
      at: migration.at(['destination']),
      message: say(
        'The guest has {0} vCPUs, but {1} has {2} CPUs; libvirt allows it, and the guest becomes slower. Choose a larger destination.',
        vcpus.value,
        migration.destinationName,
        cpus,
      ),
      related: [{ uri: facts.domain.uri, span: vcpus.span, message: say('the guest’s vCPUs') }],
    });
  },
});
