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

test('young garbage is collected after an answer, and not while answers are given', async () => {
  const forced: Collection[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const collection = entry as unknown as Collection;
      const { kind, flags } = collection.detail;
      if (kind !== constants.NODE_PERFORMANCE_GC_MINOR) continue;
      if (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) forced.push(collection);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  const garbage = new YoungGarbage();
  for (let answers = 0; answers < 20; answers++) {
    garbage.answered();
    await pause(2);
  }
  assert.equal(forced.length, 0);
  // The collection's timer alone keeps no process alive: a test has to.
  for (const end = Date.now() + patience; forced === 0 && Date.now() < end;) await pause(10);
  assert.equal(forced.length, 1);
  garbage.stop();
  observer.disconnect();
});
