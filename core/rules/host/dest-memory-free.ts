import { say } from '../../messages.ts';
import { formatSize } from '../../units/quantity.ts';
import { child } from '../../xml/tree.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'dest-memory-free',
  severity: 'error',
  summary: say('The destination has memory for the guest.'),
  needs: ['domain', 'destination.capacity'],
  check(migration, facts, report) {
    const { domain } = facts;
    // Ballooned away memory need not be there, but the guest may have it back at any time.
    const memory = domain.memory ?? domain.currentMemory;
    if (memory === undefined) return;
    // Huge pages are counted apart: hugepages-on-dest.
    if (child(child(domain.root, 'memoryBacking'), 'hugepages') !== undefined) return;
    const { memoryAvailable, memoryTotal } = facts['destination.capacity'];
    if (memory.value <= memoryAvailable) return;
    report({
      at: migration.at(['destination']),
      message: say(
        'The guest has {0} of memory, but {1} has {2} free of {3}. libvirt does not check this; when memory runs out there, the kernel kills guests. Choose another destination, or free memory there.',
        formatSize(memory.value),
        migration.destinationName,
        formatSize(memoryAvailable),
        formatSize(memoryTotal),
      ),
      related: [{ uri: domain.uri, span: memory.span, message: say('the guest’s memory') }],
    });
  },
});
