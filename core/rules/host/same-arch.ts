import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

/** Guests of the second arch run on hosts of the first with hardware acceleration. */
const also: ReadonlySet<string> = new Set(['x86_64 i686', 'aarch64 armv7l', 'ppc64le ppc64']);

export default defineRule({
  id: 'same-arch',
  severity: 'error',
  summary: say('The destination has the architecture of the guest.'),
  needs: ['domain', 'destination.cpu'],
  check(migration, facts, report) {
    const { arch, type } = facts.domain;
    const host = facts['destination.cpu'].arch;
    // An emulated guest may run on any host that has the emulator.
    if (arch === undefined || host === '' || type?.value === 'qemu') return;
    if (arch.value === host || also.has(`${host} ${arch.value}`)) return;
    report({
      at: migration.at(['destination']),
      message: say(
        'The guest is {0}, but {1} is {2}; a guest cannot be migrated to another architecture. Choose another destination.',
        arch.value,
        migration.destinationName,
        host,
      ),
      related: [
        { uri: facts.domain.uri, span: arch.span, message: say('the guest’s architecture') },
      ],
    });
  },
});
