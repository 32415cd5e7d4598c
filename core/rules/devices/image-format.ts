import type { Domain } from '../../domain/domain.ts';
import { say } from '../../messages.ts';
import type { Located } from '../../text/span.ts';
import { located } from '../../domain/located.ts';
import { child } from '../../xml/tree.ts';
import type { XmlElement } from '../../xml/tree.ts';
import type { RuleCheck } from '../rule.ts';
import { devices, inXml } from './devices.ts';

interface UsedFormat {
  readonly target: string;
  readonly format: Located<string>;
  readonly readonly: boolean;
}

/** Formats of every image that QEMU opens: of the disks, and of the layers below them. */
function usedFormats(domain: Domain): readonly UsedFormat[] {
  return devices(domain, 'disk').flatMap((disk) => {
    // An empty drive has nothing open, whatever its driver says.
    if (child(disk, 'source') === undefined) return [];
    const target = located(child(disk, 'target'), 'dev')?.value ?? '';
    const readonly = child(disk, 'readonly') !== undefined;
    return [located(child(disk, 'driver'), 'type'), ...layers(disk)].flatMap((format) =>
      format === undefined ? [] : [{ target, format, readonly }],
    );
  });
}

function layers(disk: XmlElement): readonly (Located<string> | undefined)[] {
  const found: (Located<string> | undefined)[] = [];
  let layer = child(disk, 'backingStore');
  while (layer !== undefined) {
    found.push(located(child(layer, 'format'), 'type'));
    layer = child(layer, 'backingStore');
  }
  return found;
}

/**
 * The body of a rule about a format whose driver in QEMU blocks migration as long as an image of it
 * is open; copying the disk does not help, the source has it open still.
 */
export function blockedFormat(
  blocked: readonly string[],
  /** As QEMU writes it. */
  name: string,
  only?: 'writable',
): RuleCheck<'domain'> {
  return {
    needs: ['domain'],
    check(migration, { domain }, report) {
      for (const { target, format, readonly } of usedFormats(domain)) {
        if (!blocked.includes(format.value) || (only === 'writable' && readonly)) continue;
        report({
          at: migration.atDisk(target),
          message: say(
            'Disk {0} uses the format {1}, and QEMU blocks every migration while such an image is open: “The {2} format used by node … does not support live migration”. Convert it to qcow2 or raw first (qemu-img convert).',
            target,
            format.value,
            name,
          ),
          related: [inXml(domain, format.span, say('the format'))],
        });
      }
    },
  };
}
