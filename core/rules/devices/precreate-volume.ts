import { located } from '../../domain/located.ts';
import { say } from '../../messages.ts';
import { child } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';
import { devices, has, inXml } from './devices.ts';

export default defineRule({
  id: 'precreate-volume',
  severity: 'error',
  summary: say('The storage pool of a volume is active on the destination.'),
  needs: ['domain', 'destination.pools'],
  since: 'libvirt 1.2.11',
  check(migration, facts, report) {
    const { domain } = facts;
    for (const disk of devices(domain, 'disk')) {
      const pool = located(child(disk, 'source'), 'pool');
      const target = located(child(disk, 'target'), 'dev');
      if (!has(disk, 'type', 'volume') || pool === undefined || target === undefined) continue;
      // libvirt leaves such a medium out when it is not there.
      const policy = located(child(disk, 'source'), 'startupPolicy')?.value;
      if (policy === 'optional' || policy === 'requisite') continue;
      const there = facts['destination.pools'].find(({ name }) => name === pool.value);
      if (there?.active === true) continue;
      report({
        at: migration.atDisk(target.value),
        message:
          there === undefined
            ? say(
                "Disk {0} is a volume of the storage pool {1}, which {2} does not have: “no storage pool with matching name '{1}'”. Define and start it there.",
                target.value,
                pool.value,
                migration.destinationName,
              )
            : say(
                'Disk {0} is a volume of the storage pool {1}, which is not active on {2}. Start it there (virsh pool-start {1}).',
                target.value,
                pool.value,
                migration.destinationName,
              ),
        related: [inXml(domain, pool.span, say('the storage pool'))],
      });
    }
  },
});
