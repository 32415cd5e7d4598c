import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'tls-control-channel-clear',
  severity: 'warning',
  summary: say('With tls the libvirt connection itself is encrypted, too.'),
  needs: [],
  check(migration, _facts, report) {
    const destination = migration.model.destination;
    if (migration.model.policy?.tls === undefined || destination === undefined) return;
    const known = migration.hosts?.find((host) => host.name?.value === destination.value);
    const uri = known?.uri?.value ?? destination.value;
    if (!uri.startsWith('qemu+tcp://')) return;
    report({
      at: destination.span,
      message: say(
        'tls protects memory and disks, but the libvirt connection {0} is not encrypted: the domain XML, with passwords of its consoles, travels in the clear. Use qemu+tls:// or qemu+ssh://.',
        uri,
      ),
    });
  },
});
