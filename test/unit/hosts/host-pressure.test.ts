import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePressure } from '../../../core/virsh/parse/host-pressure.ts';

const load = 'load 3.24 2.50 4.01';
const measured = `${load}
cpu some avg10=13.25 avg60=14.42 avg300=25.89 total=16560805545
cpu full avg10=0.00 avg60=0.00 avg300=0.00 total=0
memory some avg10=0.00 avg60=1.50 avg300=0.00 total=31
memory full avg10=0.00 avg60=0.75 avg300=0.00 total=30
io some avg10=0.12 avg60=2.00 avg300=0.08 total=9018244
io full avg10=0.10 avg60=1.25 avg300=0.07 total=8018244`;

test('the shares of the last minute are taken, of the CPU what some waited, of the rest what all did', () => {
  assert.deepEqual(parsePressure(measured, '0-1\n'), {
    load: [3.24, 2.5, 4.01],
    cpus: 2,
    stalls: { cpuSome: 14.42, memoryFull: 0.75, ioFull: 1.25 },
  });
});

test('before Linux 5.13 the CPU has no line of what all waited', () => {
  const older = measured.replace(/^cpu full .*\n/m, '');
  assert.deepEqual(parsePressure(older, '0-1')?.stalls?.cpuSome, 14.42);
});

test('a kernel that measures no pressure has its load alone', () => {
  assert.deepEqual(parsePressure(load, '0-3,6'), {
    load: [3.24, 2.5, 4.01],
    cpus: 5,
    stalls: undefined,
  });
});

test('without a load or CPUs nothing is known', () => {
  assert.equal(parsePressure('', '0-1'), undefined);
  assert.equal(parsePressure(load, 'all'), undefined);
});
