import { located } from '../../domain/located.ts';
import { say } from '../../messages.ts';
import type { Located } from '../../text/span.ts';
import { child, children } from '../../xml/tree.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { devices, has, inXml } from './devices.ts';

const loopback = /^(?:localhost(?:\..*)?|127(?:\.\d+){3}|\[?::1\]?)$/i;

/** Where the source host serves the disk to itself: a loopback address, or a socket of its own. */
function ownServer(source: XmlElement): Located<string> | undefined {
  const hosts = children(source, 'host');
  const local = hosts.map((host) => {
    if (has(host, 'transport', 'unix')) return located(host, 'socket');
    const name = located(host, 'name');
    return name !== undefined && loopback.test(name.value) ? name : undefined;
  });
  // One server that both hosts reach is enough.
  return local.every((each) => each !== undefined) ? local[0] : undefined;
}

export default defineRule({
  id: 'disk-network-assumed-shared',
  severity: 'warning',
  summary: say('The server of a network disk is reached from both hosts.'),
  needs: ['domain'],
  check(migration, { domain }, report) {
    for (const disk of devices(domain, 'disk')) {
      const source = child(disk, 'source');
      const target = located(child(disk, 'target'), 'dev');
      if (!has(disk, 'type', 'network') || source === undefined || target === undefined) continue;
      const server = ownServer(source);
      if (server === undefined) continue;
      report({
        at: migration.atDisk(target.value),
        message: say(
          'Disk {0} is a network disk whose server, {1}, is {2} itself. libvirt takes every network disk for shared; {3} would ask its own server of that name. Write an address that means the same server on both hosts.',
          target.value,
          server.value,
          migration.sourceName,
          migration.destinationName,
        ),
        related: [inXml(domain, server.span, say('the server'))],
      });
    }
  },
});
