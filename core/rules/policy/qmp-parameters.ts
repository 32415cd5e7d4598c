import type { MigrationView } from '../rule.ts';
import { usesPostCopy } from './policy.ts';

/** What a parameter depends on: libvirt switches the feature off unless the file asks for it. */
export type Feature =
  | 'auto-converge'
  | 'xbzrle'
  | 'compress'
  | 'multifd'
  | 'multifd zlib'
  | 'multifd zstd'
  | 'postcopy-ram'
  | 'tls'
  | 'x-colo';

export interface QmpParameter {
  readonly kind: 'integer' | 'size' | 'boolean' | 'text' | 'other';
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
  readonly feature?: Feature;
  /**
   * `destination`: only the destination's QEMU reads it. `both`: the two must agree. libvirt starts
   * the destination's QEMU anew, so a value set on the source does not reach it.
   */
  readonly side?: 'destination' | 'both';
  /** Key of this file by which libvirt sets it. */
  readonly key?: readonly string[];
}

const percent = { kind: 'integer', min: 1, max: 99 } as const;
const threads = { kind: 'integer', min: 1, max: 255 } as const;

/**
 * Migration parameters of QEMU 4.1 to 10.0 and of openEuler's (`qapi/migration.json`,
 * `MigrateSetParameters`), with their ranges.
 */
export const qmpParameters: ReadonlyMap<string, QmpParameter> = new Map<string, QmpParameter>([
  ['announce-initial', { kind: 'integer', min: 0, max: 100_000, side: 'destination' }],
  ['announce-max', { kind: 'integer', min: 0, max: 100_000, side: 'destination' }],
  ['announce-rounds', { kind: 'integer', min: 0, max: 1000, side: 'destination' }],
  ['announce-step', { kind: 'integer', min: 1, max: 10_000, side: 'destination' }],
  // openEuler's QEMU takes up to 19 with zstd.
  [
    'compress-level',
    { kind: 'integer', min: 0, max: 19, feature: 'compress', key: compression('level') },
  ],
  ['compress-threads', { ...threads, feature: 'compress', key: compression('threads') }],
  [
    'decompress-threads',
    {
      ...threads,
      feature: 'compress',
      side: 'destination',
      key: compression('decompressThreads'),
    },
  ],
  [
    'compress-wait-thread',
    { kind: 'boolean', feature: 'compress', key: compression('waitThread') },
  ],
  ['compress-method', { kind: 'text', values: ['zlib', 'zstd'], feature: 'compress' }],
  ['throttle-trigger-threshold', { kind: 'integer', min: 1, max: 100, feature: 'auto-converge' }],
  ['cpu-throttle-initial', { ...percent, feature: 'auto-converge', key: converge('initial') }],
  ['cpu-throttle-increment', { ...percent, feature: 'auto-converge', key: converge('increment') }],
  ['cpu-throttle-tailslow', { kind: 'boolean', feature: 'auto-converge' }],
  ['max-cpu-throttle', { ...percent, feature: 'auto-converge' }],
  ['tls-creds', { kind: 'text' }],
  ['tls-hostname', { kind: 'text' }],
  ['tls-authz', { kind: 'text', feature: 'tls', side: 'destination' }],
  ['max-bandwidth', { kind: 'size', min: 0 }],
  ['avail-switchover-bandwidth', { kind: 'size', min: 0 }],
  // The range is setmaxdowntime-range's.
  ['downtime-limit', { kind: 'other', key: ['policy', 'maxDowntime'] }],
  ['x-checkpoint-delay', { kind: 'integer', min: 0, feature: 'x-colo' }],
  ['block-incremental', { kind: 'boolean' }],
  ['block-bitmap-mapping', { kind: 'other' }],
  [
    'multifd-channels',
    { ...threads, feature: 'multifd', side: 'both', key: ['policy', 'parallel', 'connections'] },
  ],
  [
    'multifd-compression',
    {
      kind: 'text',
      values: ['none', 'zlib', 'zstd', 'qpl', 'uadk', 'qatzip'],
      feature: 'multifd',
      side: 'both',
      key: compression('method'),
    },
  ],
  [
    'multifd-zlib-level',
    { kind: 'integer', min: 0, max: 9, feature: 'multifd zlib', key: compression('level') },
  ],
  [
    'multifd-zstd-level',
    { kind: 'integer', min: 0, max: 20, feature: 'multifd zstd', key: compression('level') },
  ],
  ['multifd-qatzip-level', { kind: 'integer', min: 1, max: 9, feature: 'multifd' }],
  ['xbzrle-cache-size', { kind: 'size', feature: 'xbzrle', key: compression('cacheSize') }],
  ['max-postcopy-bandwidth', { kind: 'size', min: 0, feature: 'postcopy-ram' }],
  ['x-vcpu-dirty-limit-period', { kind: 'integer', min: 1, max: 1000 }],
  ['vcpu-dirty-limit', { kind: 'integer', min: 1 }],
  ['mode', { kind: 'text', values: ['normal', 'cpr-reboot', 'cpr-transfer', 'cpr-exec'] }],
  ['direct-io', { kind: 'boolean' }],
  ['zero-page-detection', { kind: 'text', values: ['none', 'legacy', 'multifd'] }],
  ['cpr-exec-command', { kind: 'other' }],
]);

/** Parameters that libvirt writes whatever they were (`qemuMigrationParamsApply`), and what to use. */
export const alwaysOverwritten: Readonly<Partial<Record<string, string>>> = {
  'max-bandwidth': 'policy.bandwidth',
  'tls-creds': 'policy.tls',
  'tls-hostname': 'policy.tls.destination',
};

function compression(key: string): readonly string[] {
  return ['policy', 'compression', key];
}

function converge(key: string): readonly string[] {
  return ['policy', 'autoConverge', key];
}

/** Does the file ask libvirt for the feature? */
export function asksFor(feature: Feature, migration: MigrationView): boolean {
  const policy = migration.model.policy;
  const method = policy?.compression?.method?.value;
  switch (feature) {
    case 'auto-converge':
      return policy?.autoConverge !== undefined;
    case 'xbzrle':
      return method === 'xbzrle';
    case 'compress':
      return method === 'mt';
    case 'multifd':
      return policy?.parallel !== undefined;
    case 'multifd zlib':
      return policy?.parallel !== undefined && method === 'zlib';
    case 'multifd zstd':
      return policy?.parallel !== undefined && method === 'zstd';
    case 'postcopy-ram':
      return usesPostCopy(migration);
    case 'tls':
      return policy?.tls !== undefined;
    case 'x-colo':
      return false;
  }
}

/** Key of this file that asks for the feature; COLO has none. */
export function keyOf(feature: Feature): string | undefined {
  switch (feature) {
    case 'auto-converge':
      return 'policy.autoConverge';
    case 'xbzrle':
    case 'compress':
    case 'multifd zlib':
    case 'multifd zstd':
      return 'policy.compression';
    case 'multifd':
      return 'policy.parallel';
    case 'postcopy-ram':
      return 'policy.mode';
    case 'tls':
      return 'policy.tls';
    case 'x-colo':
      return undefined;
  }
}
