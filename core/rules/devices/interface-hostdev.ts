import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { heldDevices } from './held-device.ts';

export default defineRule({
  id: 'interface-hostdev',
  severity: 'error',
  summary: say('A guest with a passed-through network card can be migrated only with a partner.'),
  byDefinition: ['hostdev'],
  since: 'libvirt 0.9.11; teaming 6.1.0; QEMU decides from libvirt 8.6 with QEMU 6.0',
  ...heldDevices((domain) =>
    domain.interfaces
      .filter(({ type, teaming }) => type.value === 'hostdev' && teaming?.value !== 'transient')
      .map(({ span }) => ({ span, element: "<interface type='hostdev'>" })),
  ),
});
