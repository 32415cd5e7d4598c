import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { heldDevices } from './held-device.ts';

export default defineRule({
  id: 'hostdev-mdev',
  severity: 'error',
  summary: say('A guest with a mediated device of its host can rarely be migrated.'),
  byDefinition: ['hostdev'],
  since: 'libvirt 3.2; QEMU decides from libvirt 8.6 with QEMU 6.0',
  ...heldDevices((domain) =>
    domain.hostDevices
      .filter(({ type }) => type?.value === 'mdev')
      .map(({ span }) => ({ span, element: "<hostdev mode='subsystem' type='mdev'>" })),
  ),
});
