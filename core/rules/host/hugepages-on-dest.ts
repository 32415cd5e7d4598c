import { say } from '../../messages.ts';
import { formatSize } from '../../units/quantity.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'hugepages-on-dest',
  severity: 'warning',
  summary: say('The destination has free huge pages for the guest.'),
  needs: ['domain', 'destination.topology'],
  check(migration, facts, report, wait) {
    const { domain } = facts;
    const backing = domain.memoryBacking;
    const memory = domain.memory ?? domain.currentMemory;
    if (backing?.hugepages === undefined || memory === undefined) return;
    const { hugePages, hugePageMounts } = facts['destination.topology'];
    const host = migration.destinationName;
    const related = [{ uri: domain.uri, span: backing.hugepages, message: say('the huge pages') }];
    const [page] = backing.pages;
    const used = hugePages.filter(({ total }) => total > 0);
    const only = used.length === 1 ? used[0]?.size : undefined;
    const size = page?.size.value ?? only;
    if (size === undefined && used.length > 0) {
      wait('destination.topology', say('the default size of huge pages on {0} is not known', host));
      return;
    }
    if (backing.pages.length > 1) {
      wait(
        'destination.topology',
        say('the guest uses huge pages of several kinds, which cannot be counted by node'),
      );
      return;
    }
    const pool = hugePages.find((each) => each.size === size);
    const needed = size === undefined ? 0 : Math.ceil(memory.value / size);
    if (pool === undefined || pool.free < needed) {
      report({
        severity: 'error',
        at: migration.at(['destination']),
        message:
          size === undefined || pool === undefined
            ? say(
                'The guest’s memory is made of huge pages, and {0} has none of that size: “unable to map backing store for guest RAM: Cannot allocate memory”. Reserve them there.',
                host,
              )
            : say(
                'The guest needs {0} huge pages of {1}, and {2} has {3} free of {4}: “unable to map backing store for guest RAM: Cannot allocate memory”. Reserve more there: virsh allocpages {5}KiB {0} --add',
                needed,
                formatSize(size),
                host,
                pool.free,
                pool.total,
                size / 1024,
              ),
        related,
      });
    } else if (hugePageMounts.length === 0) {
      report({
        severity: 'error',
        at: migration.at(['destination']),
        message: say(
          'The guest’s memory is made of huge pages, and {0} has no hugetlbfs mounted: “Unable to find any usable hugetlbfs mount”. Mount it there: mount -t hugetlbfs hugetlbfs /dev/hugepages',
          host,
        ),
        related,
      });
    }
  },
});
