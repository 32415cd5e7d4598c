import { say } from '../../messages.ts';
import { nearestName } from '../../text/nearest.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migrate-disks-unknown-target',
  severity: 'error',
  summary: say('Every listed disk is a disk target of the domain.'),
  needs: ['domain'],
  since: 'libvirt 1.3.0',
  check(migration, { domain }, report) {
    const targets = domain.disks.map((disk) => disk.target.value);
    for (const { target } of migration.model.storage?.disks?.items ?? []) {
      if (target === undefined || targets.includes(target.value)) continue;
      const free = targets.filter((name) => migration.disk(name) === undefined);
      const byPath = domain.disks.find((disk) => disk.source?.value === target.value)?.target.value;
      const meant = byPath ?? nearestName(target.value, free);
      const near = meant !== undefined && free.includes(meant) ? meant : undefined;
      report({
        at: target.span,
        message:
          near === undefined
            ? say(
                'The domain {0} has no disk “{1}”; its disks are {2}. libvirt takes the name in <target dev=…>, not a path or an alias.',
                domain.name?.value ?? migration.domainName,
                target.value,
                targets.join(', '),
              )
            : say(
                'The domain {0} has no disk “{1}”; is “{2}” meant? libvirt takes the name in <target dev=…>, not a path or an alias.',
                domain.name?.value ?? migration.domainName,
                target.value,
                near,
              ),
        ...(near === undefined
          ? {}
          : {
              fix: {
                title: say('Change to “{0}”', near),
                set: [['storage', 'disks', target.value, 'target'], near],
              },
            }),
      });
    }
  },
});
