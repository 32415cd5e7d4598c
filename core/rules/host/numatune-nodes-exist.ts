import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { numbersOf } from './cpu-list.ts';

export default defineRule({
  id: 'numatune-nodes-exist',
  severity: 'warning',
  summary: say('The destination has the NUMA nodes that the guest’s memory is bound to.'),
  needs: ['domain', 'destination.topology'],
  check(migration, facts, report, wait) {
    const { domain } = facts;
    const there = facts['destination.topology'].nodes.map(({ id }) => id);
    for (const { nodeset } of domain.numaTune?.nodes ?? []) {
      if (nodeset === undefined) continue;
      const wanted = numbersOf(nodeset.value);
      if (wanted === undefined || there.length === 0) {
        wait(
          'destination.topology',
          say('the NUMA nodes of {0} are not known', migration.destinationName),
        );
        continue;
      }
      const lacking = wanted.filter((node) => !there.includes(node));
      if (lacking.length === 0) continue;
      report({
        severity: 'error',
        at: migration.at(['destination']),
        message: say(
          'The guest’s memory is bound to the NUMA nodes {0}, but {1} has {2}: “NUMA node {3} is unavailable”. Change numatune, or choose another host.',
          nodeset.value,
          migration.destinationName,
          there.join(', '),
          lacking[0] ?? '',
        ),
        related: [{ uri: domain.uri, span: nodeset.span, message: say('the binding') }],
      });
    }
  },
});
