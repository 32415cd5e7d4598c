import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { inXml } from './devices.ts';

export default defineRule({
  id: 'qemu-vfio-multi',
  severity: 'warning',
  summary: say('Several passed-through devices can be migrated together only with P2P support.'),
  needs: ['domain'],
  since: 'QEMU 8.0; with P2P support 8.2',
  check(migration, { domain }, report) {
    const held = [
      ...domain.hostDevices.filter(({ type }) => type?.value === 'pci' || type?.value === 'mdev'),
      ...domain.interfaces.filter(({ type }) => type.value === 'hostdev'),
    ].filter(({ teaming }) => teaming?.value !== 'transient');
    if (held.length < 2) return;
    report({
      at: migration.at(['domain']),
      message: say(
        'The guest holds {0} devices through VFIO. Even if each of them can migrate, QEMU blocks them together unless all support P2P: “Multiple VFIO devices migration is supported only if all of them support P2P migration”; QEMU before 8.2 never takes several.',
        held.length,
      ),
      related: held.map(({ span }) => inXml(domain, span, say('the device'))),
    });
  },
});
