import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { exactSize } from '../../units/quantity.ts';

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}

export default defineRule({
  id: 'xbzrle-cache-power-of-two',
  severity: 'error',
  summary: say('The cache of xbzrle is a power of two.'),
  needs: [],
  check(migration, _facts, report) {
    const cache = migration.model.policy?.compression?.cacheSize;
    if (cache === undefined || isPowerOfTwo(cache.value.amount)) return;
    const below = exactSize(2 ** Math.floor(Math.log2(cache.value.amount)));
    report({
      at: cache.span,
      message: say(
        'The xbzrle cache must be a power of two, which {0} is not; QEMU refuses it.',
        cache.value.source,
      ),
      fix: { title: say('Write {0}', below), set: [['policy', 'compression', 'cacheSize'], below] },
    });
  },
});
