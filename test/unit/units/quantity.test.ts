import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  exactSize,
  formatBitRate,
  formatDuration,
  formatRate,
  formatSize,
  parseQuantity,
} from '../../../core/units/quantity.ts';
import type { Dimension } from '../../../core/units/quantity.ts';

function amount(text: string, dimension: Dimension): number | string {
  const result = parseQuantity(text, dimension);
  return result.ok ? result.quantity.amount : result.reason;
}

test('sizes, rates and durations are read into bytes, bytes per second and milliseconds', () => {
  assert.equal(amount('20GiB', 'size'), 20 * 1024 ** 3);
  assert.equal(amount('20 GB', 'size'), 20e9);
  assert.equal(amount('512B', 'size'), 512);
  assert.equal(amount('500MiB/s', 'rate'), 524_288_000);
  assert.equal(amount('4Gbit/s', 'rate'), 500_000_000);
  assert.equal(amount('500ms', 'duration'), 500);
  assert.equal(amount('1.5s', 'duration'), 1500);
  assert.equal(amount('30m', 'duration'), 1_800_000);
  assert.equal(amount('2h', 'duration'), 7_200_000);
});

test('a number without a unit is refused', () => {
  assert.equal(amount('500', 'rate'), 'no-unit');
  assert.equal(amount('500', 'duration'), 'no-unit');
});

test('Mbps and its kin are refused as ambiguous', () => {
  for (const text of ['500Mbps', '500 Mbps', '500MBps', '500Mb/s', '1Gbps', '500Mb']) {
    assert.equal(amount(text, 'rate'), 'ambiguous-unit', text);
  }
});

test('other units, other dimensions, signs and fractions of a byte are refused', () => {
  assert.equal(amount('5 parsecs', 'duration'), 'unknown-unit');
  assert.equal(amount('20GiB', 'duration'), 'unknown-unit');
  assert.equal(amount('20GiB', 'rate'), 'unknown-unit');
  assert.equal(amount('20Gbit', 'size'), 'unknown-unit');
  assert.equal(amount('-5s', 'duration'), 'not-a-quantity');
  assert.equal(amount('1.5B', 'size'), 'not-whole');
});

test('quantities print the way people write them', () => {
  assert.equal(formatSize(20 * 1024 ** 3), '20GiB');
  assert.equal(formatRate(524_288_000), '500MiB/s');
  assert.equal(formatBitRate(524_288_000), '4.19Gbit/s');
  assert.equal(formatDuration(190), '190ms');
  assert.equal(formatDuration(14_600), '14.6s');
  assert.equal(formatDuration(1_800_000), '30m');
  assert.equal(formatDuration(3_725_000), '1h2m5s');
});

test('an exactly printed size reads back as the same bytes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      (bytes) => amount(exactSize(bytes), 'size') === bytes,
    ),
    { seed: 7, numRuns: 2000 },
  );
});
