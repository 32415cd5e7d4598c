import type { MigrationView } from '../rule.ts';
import { usesPostCopy } from './policy.ts';

export interface Capability {
  /** Key of this file by which libvirt is asked for it; absent where libvirt decides by itself. */
  readonly key?: string;
  /** Does this file ask libvirt for it? */
  asked?(migration: MigrationView): boolean;
  /** libvirt from this version on writes it in every migration; absent means every version. */
  readonly since?: string;
}

/**
 * Capabilities that libvirt knows: it sends `migrate-set-capabilities` for each of them that QEMU
 * has, on or off, in every migration (`qemuMigrationParamsApply`), so that what somebody set
 * beforehand has no effect.
 */
export const overwrittenCapabilities: ReadonlyMap<string, Capability> = new Map([
  [
    'xbzrle',
    {
      key: 'policy.compression',
      asked: ({ model }) => model.policy?.compression?.method?.value === 'xbzrle',
    },
  ],
  [
    'compress',
    {
      key: 'policy.compression',
      asked: ({ model }) => model.policy?.compression?.method?.value === 'mt',
    },
  ],
  [
    'auto-converge',
    {
      key: 'policy.autoConverge',
      asked: ({ model }) => model.policy?.autoConverge !== undefined,
    },
  ],
  [
    'multifd',
    { key: 'policy.parallel', asked: ({ model }) => model.policy?.parallel !== undefined },
  ],
  ['postcopy-ram', { key: 'policy.mode', asked: usesPostCopy }],
  ['rdma-pin-all', { asked: () => false }],
  ['zero-copy-send', { asked: () => false, since: '8.5.0' }],
  ['postcopy-preempt', { since: '10.0.0' }],
  ['return-path', { since: '8.0.0' }],
  ['pause-before-switchover', {}],
  ['late-block-activate', {}],
  ['dirty-bitmaps', {}],
] satisfies (readonly [string, Capability])[]);

/** Capabilities that libvirt does not know: what was set beforehand stays. */
export const survivingCapabilities: ReadonlySet<string> = new Set([
  'release-ram',
  'zero-blocks',
  'validate-uuid',
  'x-ignore-shared',
  'switchover-ack',
  'dirty-limit',
  'background-snapshot',
  'x-colo',
  'mapped-ram',
  'events',
  'block',
]);

export function isCapability(name: string): boolean {
  return overwrittenCapabilities.has(name) || survivingCapabilities.has(name);
}
