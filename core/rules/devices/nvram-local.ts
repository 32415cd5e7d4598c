import { located } from '../../domain/located.ts';
import { say } from '../../messages.ts';
import { child } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { inXml } from './devices.ts';

const usual = {
  nvram: /^\/var\/lib\/libvirt\/qemu\/nvram\//,
  template: /^\/usr\/share\//,
};

export default defineRule({
  id: 'nvram-local',
  severity: 'info',
  summary: say('The firmware’s variables find their place on the destination.'),
  needs: ['domain'],
  check(migration, { domain }, report) {
    const nvram = domain.firmware?.nvram;
    if (nvram !== undefined && !usual.nvram.test(nvram.value)) {
      report({
        at: migration.at(['domain']),
        message: say(
          'The firmware’s variables are in {0}. Their content moves with the memory, and libvirt makes the file anew on {1}, but not its folder: that must be there.',
          nvram.value,
          migration.destinationName,
        ),
        related: [inXml(domain, nvram.span, say('the file of the variables'))],
      });
    }
    const template = located(child(child(domain.root, 'os'), 'nvram'), 'template');
    if (template === undefined || usual.template.test(template.value)) return;
    report({
      at: migration.at(['domain']),
      message: say(
        'The file of the firmware’s variables is made from {0}, which {1} must have, too; else libvirt there cannot start the guest (“Failed to open file”).',
        template.value,
        migration.destinationName,
      ),
      related: [inXml(domain, template.span, say('the template'))],
    });
  },
});
