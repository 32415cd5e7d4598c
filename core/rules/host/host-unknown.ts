import { say } from '../../messages.ts';
import { nearestName } from '../../text/nearest.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'host-unknown',
  severity: 'error',
  summary: say('Source and destination are hosts of the inventory, or libvirt URIs.'),
  needs: [],
  check(migration, _facts, report) {
    if (migration.hosts === undefined) return;
    const names = migration.hosts.flatMap((host) => host.name?.value ?? []);
    for (const key of ['source', 'destination'] as const) {
      const host = migration.model[key];
      if (host === undefined || host.value.includes('://') || names.includes(host.value)) continue;
      const other = migration.model[key === 'source' ? 'destination' : 'source']?.value;
      const near = nearestName(
        host.value,
        names.filter((name) => name !== other),
      );
      report({
        at: host.span,
        message:
          near === undefined
            ? say(
                'The inventory has no host “{0}”; its hosts are {1}.',
                host.value,
                names.join(', '),
              )
            : say('The inventory has no host “{0}”; is “{1}” meant?', host.value, near),
        ...(near === undefined
          ? {}
          : { fix: { title: say('Change to “{0}”', near), set: [[key], near] } }),
      });
    }
  },
});
