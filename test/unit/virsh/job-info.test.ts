import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJobInfo, progressPercent } from '../../../core/virsh/job-info.ts';

/** Recorded: libvirt 9.0, `domjobinfo --rawstats` in the memory phase. */
const rawMemory = `Job type: 2

operation: 5
time_elapsed: 2630
downtime: 300
setup_time: 1
data_total: 134750208
data_processed: 14300504
data_remaining: 117694464
memory_total: 134750208
memory_processed: 14300504
memory_remaining: 117694464
memory_bps: 8413380
memory_constant: 681
memory_normal: 3483
memory_normal_bytes: 14266368
memory_dirty_rate: 25
memory_iteration: 1
memory_postcopy_requests: 0
memory_page_size: 4096
disk_total: 0
disk_processed: 0
disk_remaining: 0

`;

/** Recorded: libvirt 9.0, labels, while a disk is copied. */
const labelledDisk = `Job type:         Unbounded   
Operation:        Outgoing migration
Time elapsed:     2982         ms
Data processed:   16.000 MiB
Data remaining:   48.000 MiB
Data total:       64.000 MiB
File processed:   16.000 MiB
File remaining:   48.000 MiB
File total:       64.000 MiB

`;

/** Recorded: libvirt 11.3 on the destination after the migration. */
const labelledCompleted = `Job type:         Completed   
Operation:        Incoming migration
Time elapsed:     7230         ms
Time elapsed w/o network: 7228         ms
Data processed:   101.131 MiB
Data remaining:   0.000 B
Data total:       128.508 MiB
Memory processed: 101.131 MiB
Memory remaining: 0.000 B
Memory total:     128.508 MiB
Memory bandwidth: 284.075 MiB/s
Dirty rate:       0            pages/s
Page size:        4096         bytes
Iteration:        3           
Postcopy requests: 0           
Constant pages:   7176        
Normal pages:     25770       
Normal data:      100.664 MiB
Total downtime:   244          ms
Downtime w/o network: 242          ms
Setup time:       1            ms

`;

test('raw statistics of the memory phase give bytes, bytes per second and milliseconds', () => {
  assert.deepEqual(parseJobInfo(rawMemory), {
    state: 'active',
    operation: 'migration-out',
    phase: 'memory',
    elapsedMs: 2630,
    iteration: 1,
    memory: { total: 134750208, processed: 14300504, remaining: 117694464 },
    disk: undefined,
    dirtyRate: 25 * 4096,
    throughput: 8413380,
    expectedDowntimeMs: 300,
    totalDowntimeMs: undefined,
    throttlePercent: undefined,
    setupMs: 1,
    errorText: undefined,
  });
});

test('labels of the storage phase are read when raw statistics are not offered', () => {
  const job = parseJobInfo(labelledDisk);
  assert.equal(job?.phase, 'disk');
  assert.equal(job.operation, 'migration-out');
  assert.deepEqual(job.disk, {
    total: 64 * 1024 ** 2,
    processed: 16 * 1024 ** 2,
    remaining: 48 * 1024 ** 2,
  });
  assert.equal(job.memory, undefined);
  assert.equal(job.elapsedMs, 2982);
});

test('statistics of a job that ended tell the measured pause, not an expected one', () => {
  const job = parseJobInfo(labelledCompleted);
  assert.equal(job?.state, 'completed');
  assert.equal(job.operation, 'migration-in');
  assert.equal(job.totalDowntimeMs, 244);
  assert.equal(job.expectedDowntimeMs, undefined);
  assert.equal(job.elapsedMs, 7230);
  assert.equal(job.throughput, Math.round(284.075 * 1024 ** 2));
});

test('no job is a state of its own, and other text is no statistics', () => {
  assert.equal(parseJobInfo('Job type:         None        \n\n')?.state, 'none');
  assert.equal(parseJobInfo('Job type: 0\n')?.state, 'none');
  assert.equal(parseJobInfo('error: Requested operation is not valid: x\n'), undefined);
  assert.equal(parseJobInfo(''), undefined);
});

test('progress never goes back and leaves 100 percent to the proof', () => {
  const job = parseJobInfo(rawMemory);
  assert.ok(job !== undefined);
  const first = progressPercent(job, 0, undefined);
  assert.equal(first, 12);
  const again = { ...job, memory: { total: 134750208, processed: 0, remaining: 134750208 } };
  assert.equal(progressPercent(again, first, undefined), first);
  const done = { ...job, memory: { total: 134750208, processed: 134750208, remaining: 0 } };
  assert.equal(progressPercent(done, first, undefined), 99);
});

test('while disks are copied the memory still to come counts, too', () => {
  const job = parseJobInfo(labelledDisk);
  assert.ok(job !== undefined);
  assert.equal(progressPercent(job, 0, 64 * 1024 ** 2), 12);
  assert.equal(progressPercent(job, 0, undefined), 25);
});
