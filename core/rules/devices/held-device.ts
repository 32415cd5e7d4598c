import type { Domain } from '../../domain/domain.ts';
import { say } from '../../messages.ts';
import type { Span } from '../../text/span.ts';
import { meanwhile } from '../rule.ts';
import type { RuleDefinition } from '../rule.ts';
import { inXml, isQemu, qemuDecides } from './devices.ts';

/** A device of the host in the guest's hands, and how libvirt's refusal writes it. */
export interface HeldDevice {
  readonly span: Span;
  readonly element: string;
}

type HeldDeviceRule = Pick<
  RuleDefinition<'domain' | 'source.versions'>,
  'needs' | 'check' | 'meanwhile'
>;

/**
 * What is said of VFIO devices: old libvirt refuses each of them (`qemuMigrationSrcIsAllowedHostdev`);
 * with a QEMU that can be asked, libvirt leaves the verdict to QEMU.
 */
export function heldDevices(held: (domain: Domain) => readonly HeldDevice[]): HeldDeviceRule {
  const find: typeof held = (domain) => (isQemu(domain) ? held(domain) : []);
  return {
    needs: ['domain', 'source.versions'],
    check(migration, facts, report, wait) {
      const { domain } = facts;
      const versions = facts['source.versions'];
      const decides = qemuDecides(versions);
      for (const { span, element } of find(domain)) {
        const at = migration.at(['domain']);
        const related = [inXml(domain, span, say('the device'))];
        if (decides === undefined) {
          wait('source.versions', say('the versions of {0} cannot be read', migration.sourceName));
        } else if (decides) {
          report({
            severity: 'warning',
            at,
            message: say(
              'The guest holds a device of {0}: {1}. libvirt {2} there leaves it to QEMU {3}, which moves the few devices whose driver can migrate and blocks the others. Detach the device first unless it is known to migrate.',
              migration.sourceName,
              element,
              versions.libvirt,
              versions.qemu,
            ),
            related,
          });
        } else {
          report({
            severity: 'error',
            at,
            message: say(
              'The guest holds a device of {0}: {1}. libvirt {2} with QEMU {3} refuses every such guest: “cannot migrate a domain with {1}”. Detach the device first.',
              migration.sourceName,
              element,
              versions.libvirt,
              versions.qemu,
            ),
            related,
          });
        }
      }
    },
    meanwhile: [
      meanwhile(['domain'], (migration, { domain }, report) => {
        for (const { span, element } of find(domain)) {
          report({
            severity: 'warning',
            at: migration.at(['domain']),
            message: say(
              'The guest holds a device of {0}: {1}. libvirt before 8.6, or with QEMU before 6.0, refuses such a guest; later QEMU decides, and most devices block it. Detach the device first.',
              migration.sourceName,
              element,
            ),
            related: [inXml(domain, span, say('the device'))],
          });
        }
      }),
    ],
  };
}
