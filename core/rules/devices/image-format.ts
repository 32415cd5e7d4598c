import { say } from '../../messages.ts';
import type { RuleCheck, RuleDefinition } from '../rule.ts';
import { inXml, isQemu } from './devices.ts';

/**
 * The body of a rule about a format whose driver in QEMU blocks migration as long as an image of it
 * is open, also below another one; copying the disk does not help, the source has it open still.
 */
export function blockedFormat(
  blocked: readonly string[],
  /** As QEMU writes it. */
  name: string,
  only?: 'writable',
): RuleCheck<'domain'> & Pick<RuleDefinition, 'byDefinition'> {
  return {
    byDefinition: blocked,
    needs: ['domain'],
    check(migration, { domain }, report) {
      if (!isQemu(domain)) return;
      for (const { target, formats, readonly, hasSource } of domain.disks) {
        // An empty drive has nothing open, whatever its driver says.
        if (!hasSource || (only === 'writable' && readonly !== undefined)) continue;
        for (const format of formats) {
          if (!blocked.includes(format.value)) continue;
          report({
            at: migration.atDisk(target.value),
            message: say(
              'Disk {0} uses the format {1}, and QEMU blocks every migration while such an image is open: “The {2} format used by node … does not support live migration”. Convert it to qcow2 or raw first (qemu-img convert).',
              target.value,
              format.value,
              name,
            ),
            related: [inXml(domain, format.span, say('the format'))],
          });
        }
      }
    },
  };
}
