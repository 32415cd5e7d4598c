import { say } from '../../messages.ts';
import type { Located } from '../../text/span.ts';
import { attribute } from '../../xml/tree.ts';
import { devicesOf } from '../../domain/devices-of.ts';
import type { Domain } from '../../domain/domain.ts';
import { located } from '../../domain/located.ts';
import { asksForCopy, isTunnelled } from '../policy/policy.ts';
import { defineRule } from '../rule.ts';
import { memoryAddress } from './peer-address.ts';

/** Ports that a display of the guest must have, whichever host it is on. */
function displayPorts(domain: Domain): readonly Located<string>[] {
  const displays = devicesOf(domain.root, 'graphics').filter(
    (display) => attribute(display, 'autoport')?.value !== 'yes',
  );
  return displays
    .flatMap((display) => [located(display, 'port'), located(display, 'tlsPort')])
    .filter((port) => port !== undefined)
    .filter(({ value }) => Number(value) > 0);
}

export default defineRule({
  id: 'ports-free',
  severity: 'warning',
  summary: say('The destination has free ports for the migration and for the guest’s displays.'),
  needs: ['domain', 'destination.ports', 'destination.configuration'],
  check(migration, facts, report) {
    const { domain } = facts;
    const taken = new Set(facts['destination.ports']);
    const { first, last } = facts['destination.configuration'].migrationPorts;
    const host = migration.destinationName;
    const fixed = memoryAddress(migration)?.port;
    const tunnelled = isTunnelled(migration);
    if (fixed !== undefined && taken.has(fixed)) {
      report({
        severity: 'error',
        at: migration.at(['policy', 'migrateUri']),
        message: say(
          'Something listens on port {0} of {1} already. Choose another port, or leave it to libvirt.',
          fixed,
          host,
        ),
        evidence: ['destination.ports'],
      });
    }
    const needed = (fixed === undefined && !tunnelled ? 1 : 0) + (asksForCopy(migration) ? 1 : 0);
    let free = 0;
    for (let port = first; port <= last && free < needed; port++) if (!taken.has(port)) free++;
    if (free < needed) {
      report({
        severity: 'error',
        at: migration.at(['destination']),
        message: say(
          "The migration needs {0} ports of {1}, and {2} of the range {3}-{4} are free: “Unable to find an unused port in range 'migration'”. Wait for other migrations to end, or widen migration_port_max in qemu.conf.",
          needed,
          host,
          free,
          first,
          last,
        ),
      });
    }
    for (const port of displayPorts(domain)) {
      if (!taken.has(Number(port.value))) continue;
      report({
        severity: 'error',
        at: migration.at(['destination']),
        message: say(
          'A display of the guest has the fixed port {0}, on which something listens on {1} already: “Failed to bind socket: Address already in use”. Use autoport, or free the port.',
          port.value,
          host,
        ),
        related: [{ uri: domain.uri, span: port.span, message: say('the fixed port') }],
      });
    }
  },
});
