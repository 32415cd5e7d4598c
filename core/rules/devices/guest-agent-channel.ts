import { located } from '../../domain/located.ts';
import { say } from '../../messages.ts';
import { child } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { devices, has, inXml } from './devices.ts';

/** Folders in which libvirt makes the paths of channels itself; those are made anew. */
const generated = /^\/(?:var\/lib|run|var\/run)\/libvirt\/qemu\/(?:channel|domain)/;

export default defineRule({
  id: 'guest-agent-channel',
  severity: 'info',
  summary: say('Sockets of channels are at places that libvirt chooses.'),
  needs: ['domain'],
  check(migration, { domain }, report) {
    for (const channel of devices(domain, 'channel')) {
      // libvirt writes the path of other kinds itself (a pty) or it is nobody's (connect).
      const source = child(channel, 'source');
      if (!has(channel, 'type', 'unix') || has(source, 'mode', 'connect')) continue;
      const path = located(source, 'path');
      if (path === undefined || path.value === '' || generated.test(path.value)) continue;
      report({
        at: migration.at(['domain']),
        message: say(
          'A channel of the guest has the socket {0} of its own, which moves with the domain XML: on {1} the folder must be there and no other guest may use the path. Without a path libvirt chooses one.',
          path.value,
          migration.destinationName,
        ),
        related: [inXml(domain, path.span, say('the path'))],
      });
    }
  },
});
