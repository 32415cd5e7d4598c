import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dirtiedIn, fitWorkingSet, forecastMigration } from '../../../core/forecast/forecast.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

function near(actual: number | undefined, expected: number, tolerance: number): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= tolerance,
    `${String(actual)} is not ${String(expected)} ± ${String(tolerance)}`,
  );
}

test('10 GiB dirtying 400 MiB/s over 1100 MiB/s: 5 passes, 14.6 s, a pause of 0.19 s', () => {
  const forecast = forecastMigration({
    memoryBytes: 10 * GiB,
    dirtyRate: 400 * MiB,
    bandwidth: 1100 * MiB,
    maxDowntimeMs: 300,
  });
  assert.equal(forecast.converges, true);
  assert.equal(forecast.passes, 5);
  near(forecast.totalMs, 14_600, 50);
  near(forecast.downtimeMs, 190, 5);
});

test('a working set of 4 GiB over one TLS channel never ends; it would need a pause of 12.4 s', () => {
  const forecast = forecastMigration({
    memoryBytes: 8 * GiB,
    dirtyRate: 200 * MiB,
    workingSet: 4 * GiB,
    bandwidth: 150 * MiB,
    maxDowntimeMs: 300,
  });
  assert.equal(forecast.converges, false);
  assert.equal(forecast.totalMs, undefined);
  assert.equal(forecast.limitingFactor, 'working-set');
  near(forecast.neededDowntimeMs, 12_400, 50);
  assert.ok(forecast.advice.includes('auto-converge'));
});

test('auto-converge at 70 % makes the same migration end in about 170 s', () => {
  const forecast = forecastMigration({
    memoryBytes: 8 * GiB,
    dirtyRate: 0.3 * 200 * MiB,
    workingSet: 4 * GiB,
    bandwidth: 150 * MiB,
    maxDowntimeMs: 300,
  });
  assert.equal(forecast.converges, true);
  assert.ok(forecast.totalMs !== undefined && forecast.totalMs < 170_000);
});

test('a working set that fits into the downtime converges whatever the dirty rate is', () => {
  const forecast = forecastMigration({
    memoryBytes: 8 * GiB,
    dirtyRate: 100 * GiB,
    workingSet: 200 * MiB,
    bandwidth: 1000 * MiB,
    maxDowntimeMs: 300,
  });
  assert.equal(forecast.converges, true);
});

test('an idle guest goes over in one pass and stands still for the hand-over alone', () => {
  const forecast = forecastMigration({
    memoryBytes: GiB,
    dirtyRate: 0,
    bandwidth: 100 * MiB,
    maxDowntimeMs: 300,
  });
  assert.deepEqual(
    { passes: forecast.passes, downtime: forecast.downtimeMs, data: forecast.dataBytes },
    { passes: 2, downtime: 30, data: GiB },
  );
  near(forecast.totalMs, 10_240 + 30, 1);
});

test('a guest that writes, without bandwidth or without any downtime, has no end', () => {
  const input = { memoryBytes: GiB, dirtyRate: MiB, bandwidth: 0, maxDowntimeMs: 300 };
  assert.equal(forecastMigration(input).limitingFactor, 'bandwidth');
  const busy = { ...input, dirtyRate: 200 * MiB, workingSet: 64 * MiB };
  const noPause = forecastMigration({ ...busy, bandwidth: 100 * MiB, maxDowntimeMs: 0 });
  assert.equal(noPause.converges, false);
  assert.equal(noPause.limitingFactor, 'max-downtime');
});

test('a number that is no amount is refused by its name', () => {
  const input = { memoryBytes: GiB, dirtyRate: MiB, bandwidth: NaN, maxDowntimeMs: 300 };
  assert.throws(() => forecastMigration(input), /bandwidth/);
  assert.throws(() => forecastMigration({ ...input, bandwidth: 1, dirtyRate: -1 }), /dirtyRate/);
});

const amount = (max: number) => fc.integer({ min: 1, max });
const guests = fc.record({
  memoryBytes: amount(64 * 1024).map((value) => value * MiB),
  dirtyRate: fc.integer({ min: 0, max: 5000 }).map((value) => value * MiB),
  workingSet: fc.option(
    amount(32 * 1024).map((value) => value * MiB),
    { nil: undefined },
  ),
  bandwidth: amount(5000).map((value) => value * MiB),
  maxDowntimeMs: amount(10_000),
});

test('more bandwidth never makes it slower, and never turns an end into none', () => {
  fc.assert(
    fc.property(guests, fc.integer({ min: 101, max: 500 }), (guest, percent) => {
      const slow = forecastMigration(guest);
      const fast = forecastMigration({ ...guest, bandwidth: (guest.bandwidth * percent) / 100 });
      if (!slow.converges) return;
      assert.equal(fast.converges, true);
      assert.ok((fast.totalMs ?? NaN) <= (slow.totalMs ?? NaN) + 1e-6);
    }),
    { seed: 5, numRuns: 1000 },
  );
});

test('a greater downtime limit never makes it slower', () => {
  fc.assert(
    fc.property(guests, amount(10_000), (guest, more) => {
      const strict = forecastMigration(guest);
      const mild = forecastMigration({ ...guest, maxDowntimeMs: guest.maxDowntimeMs + more });
      if (!strict.converges) return;
      assert.equal(mild.converges, true);
      assert.ok((mild.totalMs ?? NaN) <= (strict.totalMs ?? NaN) + 1e-6);
    }),
    { seed: 6, numRuns: 1000 },
  );
});

test('the forecast pause keeps the limit, but for the hand-over', () => {
  fc.assert(
    fc.property(guests, (guest) => {
      const { converges, downtimeMs } = forecastMigration(guest);
      if (converges) assert.ok((downtimeMs ?? NaN) <= guest.maxDowntimeMs + 30 + 1e-6);
    }),
    { seed: 7, numRuns: 1000 },
  );
});

test('the bandwidth and the downtime that it asks for are enough', () => {
  fc.assert(
    fc.property(guests, (guest) => {
      const forecast = forecastMigration(guest);
      if (forecast.converges) return;
      const { neededBandwidth, neededDowntimeMs } = forecast;
      assert.ok(neededBandwidth !== undefined && neededDowntimeMs !== undefined);
      assert.ok(neededBandwidth >= guest.bandwidth);
      assert.equal(forecastMigration({ ...guest, bandwidth: neededBandwidth }).converges, true);
      const patient = { ...guest, maxDowntimeMs: neededDowntimeMs + 1 };
      assert.equal(forecastMigration(patient).converges, true);
    }),
    { seed: 8, numRuns: 1000 },
  );
});

test('dirtying never exceeds the working set or memory and never falls with time', () => {
  fc.assert(
    fc.property(guests, fc.nat(10_000), fc.nat(10_000), (guest, seconds, more) => {
      const [early, late] = [dirtiedIn(seconds, guest), dirtiedIn(seconds + more, guest)];
      assert.ok(early <= late + 1e-6);
      assert.ok(late <= Math.min(guest.workingSet ?? Infinity, guest.memoryBytes));
    }),
    { seed: 9, numRuns: 500 },
  );
});

test('two measurements tell a working set from a rate that goes on', () => {
  const steady = fitWorkingSet({ seconds: 1, rate: 50 * MiB }, { seconds: 10, rate: 49 * MiB });
  assert.deepEqual(steady, { dirtyRate: 50 * MiB });
  const guest = { memoryBytes: GiB, dirtyRate: 100 * MiB, workingSet: 96 * MiB };
  const fitted = fitWorkingSet(
    { seconds: 1, rate: dirtiedIn(1, guest) },
    { seconds: 10, rate: dirtiedIn(10, guest) / 10 },
  );
  near(fitted?.workingSet, 96 * MiB, MiB);
  near(fitted?.dirtyRate, 100 * MiB, 2 * MiB);
  assert.equal(fitWorkingSet({ seconds: 1, rate: 1 }, { seconds: 2, rate: 1 }), undefined);
});
