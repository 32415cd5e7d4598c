import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'machine-type-supported',
  severity: 'error',
  summary: say('QEMU on the destination has the guest’s machine type.'),
  needs: ['domain', 'destination.cpu'],
  check(migration, facts, report, wait) {
    const { machine, arch } = facts.domain;
    const { machines, arch: host } = facts['destination.cpu'];
    if (machine === undefined) return;
    // The list is that of the host's own architecture; another one is the business of same-arch.
    if (arch !== undefined && arch.value !== host) return;
    if (machines.length === 0) {
      wait('destination.cpu', say('{0} did not list its machine types', migration.destinationName));
      return;
    }
    if (machines.includes(machine.value)) return;
    report({
      at: migration.at(['destination']),
      message: say(
        'The guest’s machine type is {0}, which QEMU on {1} does not have: “Emulator does not support machine type” (with peer-to-peer only “End of file while reading data”). It is too old for this guest: choose another destination, or update QEMU there.',
        machine.value,
        migration.destinationName,
      ),
      related: [
        { uri: facts.domain.uri, span: machine.span, message: say('the guest’s machine type') },
      ],
    });
  },
});
