/**
 * One reading of `virsh domjobinfo`. Absent members were not reported: libvirt leaves out what does
 * not apply (the storage phase has no memory figures).
 */
export interface JobProgress {
  /** `none`: no job. `completed`, `failed`, `cancelled`: statistics of a job that ended. */
  readonly state: 'none' | 'active' | 'completed' | 'failed' | 'cancelled';
  /** `migration-out`, `migration-in`, another operation's own word, or undefined while unknown. */
  readonly operation: string | undefined;
  /** `disk` while images are copied before memory, `post-copy` once pages were requested. */
  readonly phase: 'setup' | 'disk' | 'memory' | 'post-copy';
  readonly elapsedMs: number | undefined;
  /** Counts the times that the dirty bitmap was read: about one more than the pass. */
  readonly iteration: number | undefined;
  /** Bytes. */
  readonly memory: Amounts | undefined;
  /** Bytes of the images that are copied, all together. */
  readonly disk: Amounts | undefined;
  /** Bytes per second that the guest writes to memory (pages per second times page size). */
  readonly dirtyRate: number | undefined;
  /** Bytes per second on the wire: memory, or disks in their phase. */
  readonly throughput: number | undefined;
  /** Milliseconds that QEMU expects the pause to last if it stopped the guest now. */
  readonly expectedDowntimeMs: number | undefined;
  /** Milliseconds of the real pause; for ended jobs only. */
  readonly totalDowntimeMs: number | undefined;
  /** Share of CPU time taken from the guest by auto-converge, in percent. */
  readonly throttlePercent: number | undefined;
  readonly setupMs: number | undefined;
  /** libvirt's own words for why the job failed (9.0 and later). */
  readonly errorText: string | undefined;
}

export interface Amounts {
  readonly total: number;
  readonly processed: number;
  readonly remaining: number;
}

/** Labels of `domjobinfo` without `--rawstats`, by the raw names that virsh prints with it. */
const labels: Readonly<Record<string, string>> = {
  Operation: 'operation',
  'Time elapsed': 'time_elapsed',
  'File processed': 'disk_processed',
  'File remaining': 'disk_remaining',
  'File total': 'disk_total',
  'File bandwidth': 'disk_bps',
  'Memory processed': 'memory_processed',
  'Memory remaining': 'memory_remaining',
  'Memory total': 'memory_total',
  'Memory bandwidth': 'memory_bps',
  'Dirty rate': 'memory_dirty_rate',
  'Page size': 'memory_page_size',
  Iteration: 'memory_iteration',
  'Postcopy requests': 'memory_postcopy_requests',
  'Expected downtime': 'downtime',
  'Total downtime': 'downtime',
  'Setup time': 'setup_time',
  'Auto converge throttle': 'auto_converge_throttle',
  'Error message': 'errmsg',
};

/** `virDomainJobType` and `virDomainJobOperation` (libvirt-domain.h), as raw statistics print them. */
const jobTypes = ['None', 'Bounded', 'Unbounded', 'Completed', 'Failed', 'Cancelled'];
const operations = [
  'unknown',
  'start',
  'save',
  'restore',
  'migration-in',
  'migration-out',
  'snapshot',
  'snapshot-revert',
  'dump',
  'backup',
  'snapshot-delete',
];

/**
 * Reads `virsh domjobinfo`, with `--rawstats` (plain bytes) or without (rounded figures with units,
 * which is all that libvirt before 6.0 prints). Undefined when it is not such output.
 */
export function parseJobInfo(text: string): JobProgress | undefined {
  const values = readLines(text);
  const type = values.get('Job type');
  if (type === undefined) return undefined;
  const state = jobState(/^\d+$/.test(type) ? jobTypes[Number(type)] : type);
  if (state === undefined) return undefined;
  const number = (name: string): number | undefined => amountOf(values.get(name));
  const memory = amounts(number, 'memory');
  const disk = amounts(number, 'disk');
  const phase = phaseOf(memory, disk, number('memory_postcopy_requests'));
  const pages = number('memory_dirty_rate');
  const pageSize = number('memory_page_size');
  const ended = state !== 'active';
  return {
    state,
    operation: operationOf(values.get('operation')),
    phase,
    elapsedMs: number('time_elapsed'),
    iteration: number('memory_iteration'),
    memory,
    disk,
    dirtyRate: pages === undefined || pageSize === undefined ? undefined : pages * pageSize,
    throughput: phase === 'disk' ? number('disk_bps') : number('memory_bps'),
    expectedDowntimeMs: ended ? undefined : number('downtime'),
    totalDowntimeMs: ended ? number('downtime') : undefined,
    throttlePercent: number('auto_converge_throttle'),
    setupMs: number('setup_time'),
    errorText: values.get('errmsg'),
  };
}

function readLines(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim();
    values.set(labels[name] ?? name, line.slice(colon + 1).trim());
  }
  return values;
}

function jobState(type: string | undefined): JobProgress['state'] | undefined {
  switch (type) {
    case 'None':
      return 'none';
    case 'Bounded':
    case 'Unbounded':
      return 'active';
    case 'Completed':
      return 'completed';
    case 'Failed':
      return 'failed';
    case 'Cancelled':
      return 'cancelled';
    default:
      return undefined;
  }
}

function operationOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return operations[Number(value)] ?? value;
  if (value === 'Outgoing migration') return 'migration-out';
  if (value === 'Incoming migration') return 'migration-in';
  return value;
}

const scales: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  PiB: 1024 ** 5,
  EiB: 1024 ** 6,
};

/** `134750208`, `7.219 MiB`, `7.866 MiB/s`, `2515 ms`: in bytes, bytes per second or milliseconds. */
function amountOf(value: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(?:\s+(\S+))?$/.exec(value ?? '');
  if (match === null) return undefined;
  const scale = scales[(match[2] ?? 'B').replace(/\/s$/, '')] ?? 1;
  return Math.round(Number(match[1]) * scale);
}

function amounts(
  number: (name: string) => number | undefined,
  prefix: 'memory' | 'disk',
): Amounts | undefined {
  const total = number(`${prefix}_total`);
  if (total === undefined || total === 0) return undefined;
  return {
    total,
    processed: number(`${prefix}_processed`) ?? 0,
    remaining: number(`${prefix}_remaining`) ?? 0,
  };
}

/** Disks come first; the mirrors go on forwarding writes while memory is copied. */
function phaseOf(
  memory: Amounts | undefined,
  disk: Amounts | undefined,
  postcopyRequests: number | undefined,
): JobProgress['phase'] {
  if (memory === undefined) return disk === undefined ? 'setup' : 'disk';
  return (postcopyRequests ?? 0) > 0 ? 'post-copy' : 'memory';
}

/**
 * How far the migration is, 0 to 99 in percent, never less than `before`: later passes of pre-copy
 * send pages again, and libvirt's own figure then goes backwards. 100 is left to the proof at the
 * end. `memoryBytes` stands for memory while only disks are reported.
 */
export function progressPercent(
  job: JobProgress,
  before: number,
  memoryBytes: number | undefined,
): number {
  const disk = job.disk ?? { total: 0, processed: 0, remaining: 0 };
  const memoryTotal = job.memory?.total ?? memoryBytes ?? 0;
  const memoryRemaining = job.memory?.remaining ?? memoryTotal;
  const total = disk.total + memoryTotal;
  if (total === 0) return before;
  const done = (100 * (total - disk.remaining - memoryRemaining)) / total;
  return Math.max(before, Math.min(99, Math.max(0, Math.floor(done))));
}
