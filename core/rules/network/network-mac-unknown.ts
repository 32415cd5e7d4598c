import { say } from '../../messages.ts';
import { nearestName } from '../../text/nearest.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'network-mac-unknown',
  severity: 'error',
  summary: say('Every listed MAC address is one of the guest’s.'),
  needs: ['domain'],
  check(migration, { domain }, report) {
    const own = domain.interfaces.flatMap(({ mac }) => mac?.value.toLowerCase() ?? []);
    for (const { mac } of migration.model.networks?.items ?? []) {
      if (mac === undefined || own.includes(mac.value.toLowerCase())) continue;
      const near = nearestName(mac.value, own);
      report({
        at: mac.span,
        message: say(
          'The domain {0} has no network interface with the address {1}; it has {2}.',
          domain.name?.value ?? migration.domainName,
          mac.value,
          own.length === 0 ? '-' : own.join(', '),
        ),
        ...(near === undefined
          ? {}
          : {
              fix: {
                title: say('Change to “{0}”', near),
                set: [['networks', mac.value, 'mac'], near],
              },
            }),
      });
    }
  },
});
