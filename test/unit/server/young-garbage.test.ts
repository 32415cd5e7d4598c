import assert from 'node:assert/strict';
import { PerformanceObserver, constants } from 'node:perf_hooks';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { YoungGarbage } from '../../../server/young-garbage.ts';

/** Milliseconds after which a collection has failed to come. */
const patience = 10_000;

/** An entry of a collection, which has no type of its own. */
interface Collection {
  readonly detail: { readonly kind: number; readonly flags: number };
}

test('young garbage is collected once behind a row of answers', async () => {
  const collections: string[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind, flags } = (entry as unknown as Collection).detail;
      if ((flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) === 0) continue;
      collections.push(kind === constants.NODE_PERFORMANCE_GC_MINOR ? 'young' : 'other');
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  const garbage = new YoungGarbage();
  for (let answers = 0; answers < 20; answers++) garbage.answered();
  // The timer alone keeps no process alive: the test has to.
  for (const end = Date.now() + patience; collections.length < 1 && Date.now() < end;)
    await pause(10);
  await pause(100);
  assert.deepEqual(collections, ['young']);
  garbage.stop();
  observer.disconnect();
});
