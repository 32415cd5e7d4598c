import type { PortState } from '../../facts/host-facts.ts';
import { libvirtPort } from '../../facts/migration-address.ts';
import { say } from '../../messages.ts';
import type { Message } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { memoryAddress } from './peer-address.ts';

/** Lost packets above which a link is called unstable: more than one of the five that were sent. */
const mostLoss = 0.2;

/** What stands in the way to a port; undefined when it may work. */
function obstacle(
  { state, host, port }: PortState,
  source: string,
  listens: boolean,
): Message | undefined {
  switch (state) {
    case 'silent':
      return say(
        '{0}:{1} does not answer {2}: a firewall drops it, or nothing is there. The migration would hang and then fail.',
        host,
        port,
        source,
      );
    case 'unreachable':
      return say('{0}:{1} cannot be reached from {2}: “No route to host”.', host, port, source);
    case 'unresolvable':
      return say('{2} cannot resolve {0}; port {1} of it was to be tried.', host, port, source);
    case 'refused':
      // On a port for memory nothing listens before a migration begins.
      return listens
        ? say(
            'Nothing listens on {0}:{1}, where {2} is to open libvirt: “Connection refused”.',
            host,
            port,
            source,
          )
        : undefined;
    case 'open':
    case 'unknown':
      return undefined;
  }
}

export default defineRule({
  id: 'net-link-stable',
  severity: 'warning',
  summary: say('The hosts reach each other on the ports of a migration, without loss.'),
  needs: ['source.peer'],
  check(migration, facts, report, wait) {
    const { ports, roundTrip, uri, connection } = facts['source.peer'];
    const libvirt = uri === undefined ? undefined : libvirtPort(uri);
    const memory = memoryAddress(migration);
    const host = migration.destinationName;
    const at = migration.has(['policy', 'migrateUri'])
      ? migration.at(['policy', 'migrateUri'])
      : migration.at(['destination']);
    for (const port of ports) {
      // What libvirt itself said when it was opened is the business of connectivity-libvirtd.
      const listens = connection === undefined && port.port === libvirt;
      const why = obstacle(port, migration.sourceName, listens);
      if (why !== undefined) report({ severity: 'error', at, message: why });
      if (port.state === 'unknown')
        wait('source.peer', say('{0}:{1} could not be tried', port.host, port.port));
    }
    if (ports.length === 0) wait('source.peer', say('no port of {0} was tried', host));
    if (memory !== undefined && !ports.some((port) => port.host === memory.host))
      wait('source.peer', say('{0} was not tried', memory.host));
    if (roundTrip === undefined || roundTrip.loss <= mostLoss) return;
    report({
      at,
      message: say(
        'Of the packets from {0} to {1} {2} % are lost. libvirt gives a peer-to-peer migration up after 30 s without an answer (“Lost connection to destination host”), and after a switch to post-copy the guest stands still meanwhile. Use a link of its own for migrations.',
        migration.sourceName,
        host,
        Math.round(roundTrip.loss * 100),
      ),
    });
  },
});
