import type { LibvirtSecret } from '../../facts/host-facts.ts';
import { devicesOf } from '../../domain/devices-of.ts';
import { located } from '../../domain/located.ts';
import { say } from '../../messages.ts';
import { attribute } from '../../xml/tree.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';

/** `<secret>` elements of a disk: of its encryption and of its login, in every layer. */
function secretsOf(element: XmlElement): readonly XmlElement[] {
  return element.children.flatMap((each) => (each.name === 'secret' ? [each] : secretsOf(each)));
}

/** `virsh secret-list` prints the usage as `type name`. */
function isNamed(secret: LibvirtSecret, usage: string, type: string | undefined): boolean {
  return type === undefined
    ? secret.usage.endsWith(` ${usage}`)
    : secret.usage === `${type} ${usage}` || secret.usage.endsWith(` ${usage}`);
}

export default defineRule({
  id: 'encryption-secret',
  severity: 'warning',
  summary: say('The destination has the secrets that open the guest’s disks.'),
  needs: ['domain', 'destination.secrets'],
  check(migration, facts, report) {
    const { domain } = facts;
    const disks = devicesOf(domain.root, 'disk');
    for (const secret of disks.flatMap(secretsOf)) {
      const uuid = located(secret, 'uuid');
      const usage = located(secret, 'usage');
      const wanted = uuid ?? usage;
      if (wanted === undefined) continue;
      const type = attribute(secret, 'type')?.value;
      const found = facts['destination.secrets'].some((each) =>
        uuid === undefined
          ? isNamed(each, wanted.value, type)
          : each.uuid === uuid.value.toLowerCase(),
      );
      if (found) continue;
      report({
        severity: 'error',
        at: migration.at(['destination']),
        message: say(
          'A disk of the guest is opened with the secret {0}, which {1} does not have: “Secret not found: no secret with matching uuid”. Define it there with the same value: virsh secret-define, virsh secret-set-value',
          wanted.value,
          migration.destinationName,
        ),
        related: [{ uri: domain.uri, span: wanted.span, message: say('the secret') }],
      });
    }
  },
});
