import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { ParameterValue } from './parameters.ts';

export type ParameterUnit = 'bytes/s' | 'bytes' | 'ms' | 'percent' | 'MiB/s';

interface ParameterText {
  readonly unit?: ParameterUnit;
  readonly default?: ParameterValue;
  readonly meaning: Message;
}

/** Parameters of QEMU 4.1 to 10.0 and openEuler's; defaults are those of `migration/options.c`. */
export const parameterTexts: ReadonlyMap<string, ParameterText> = new Map<string, ParameterText>([
  [
    'announce-initial',
    { unit: 'ms', default: 50, meaning: say('Wait before the guest’s address is announced anew.') },
  ],
  [
    'announce-max',
    { unit: 'ms', default: 550, meaning: say('Longest wait between two announcements.') },
  ],
  ['announce-rounds', { default: 5, meaning: say('Number of announcements.') }],
  [
    'announce-step',
    { unit: 'ms', default: 100, meaning: say('By how much the wait between announcements grows.') },
  ],
  [
    'avail-switchover-bandwidth',
    {
      unit: 'bytes/s',
      default: 0,
      meaning: say('Bandwidth that QEMU may count on for the pause; 0 lets it estimate.'),
    },
  ],
  ['block-incremental', { default: false, meaning: say('Old way of copying disks only in part.') }],
  ['compress-level', { default: 1, meaning: say('Level of the compression mt.') }],
  [
    'compress-method',
    { default: 'zlib', meaning: say('Algorithm of the compression mt (openEuler).') },
  ],
  ['compress-threads', { default: 8, meaning: say('Threads that compress, for mt.') }],
  [
    'compress-wait-thread',
    {
      default: true,
      meaning: say('Wait for a free compressing thread instead of sending the page as it is.'),
    },
  ],
  [
    'cpu-throttle-increment',
    {
      unit: 'percent',
      default: 10,
      meaning: say('By how much more auto-converge slows the guest at each step.'),
    },
  ],
  [
    'cpu-throttle-initial',
    {
      unit: 'percent',
      default: 20,
      meaning: say('By how much auto-converge slows the guest at first.'),
    },
  ],
  [
    'cpu-throttle-tailslow',
    { default: false, meaning: say('Throttle in smaller steps near the end.') },
  ],
  ['decompress-threads', { default: 2, meaning: say('Threads that decompress, for mt.') }],
  ['direct-io', { default: false, meaning: say('Bypass the cache when migrating to a file.') }],
  [
    'downtime-limit',
    { unit: 'ms', default: 300, meaning: say('Longest pause that QEMU may plan for the end.') },
  ],
  [
    'max-bandwidth',
    { unit: 'bytes/s', meaning: say('Most that the migration sends; 0 means no limit.') },
  ],
  [
    'max-cpu-throttle',
    { unit: 'percent', default: 99, meaning: say('Most that auto-converge slows the guest.') },
  ],
  [
    'max-postcopy-bandwidth',
    {
      unit: 'bytes/s',
      default: 0,
      meaning: say('Most that post-copy sends in the background; 0 means no limit.'),
    },
  ],
  ['mode', { default: 'normal', meaning: say('Kind of migration; libvirt uses normal.') }],
  ['multifd-channels', { default: 2, meaning: say('Number of parallel connections.') }],
  [
    'multifd-compression',
    { default: 'none', meaning: say('Compression on parallel connections.') },
  ],
  ['multifd-qatzip-level', { default: 1, meaning: say('Level of the compression qatzip.') }],
  ['multifd-zlib-level', { default: 1, meaning: say('Level of the compression zlib.') }],
  ['multifd-zstd-level', { default: 1, meaning: say('Level of the compression zstd.') }],
  [
    'throttle-trigger-threshold',
    {
      unit: 'percent',
      default: 50,
      meaning: say(
        'Auto-converge begins when the guest dirties this share of what is sent meanwhile.',
      ),
    },
  ],
  ['tls-authz', { meaning: say('Who may connect to the destination by TLS.') }],
  ['tls-creds', { meaning: say('TLS credentials of the migration; empty means no TLS.') }],
  ['tls-hostname', { meaning: say('Name that the destination’s certificate must have.') }],
  [
    'vcpu-dirty-limit',
    {
      unit: 'MiB/s',
      default: 1,
      meaning: say('Dirty rate that each vCPU is held to, with the capability dirty-limit.'),
    },
  ],
  [
    'x-checkpoint-delay',
    { unit: 'ms', default: 20_000, meaning: say('Time between two checkpoints of COLO.') },
  ],
  [
    'x-vcpu-dirty-limit-period',
    {
      unit: 'ms',
      default: 1000,
      meaning: say('How often the dirty rate of each vCPU is looked at.'),
    },
  ],
  [
    'xbzrle-cache-size',
    {
      unit: 'bytes',
      default: 64 * 1024 * 1024,
      meaning: say('Memory on the source that keeps sent pages, for xbzrle.'),
    },
  ],
  [
    'zero-page-detection',
    { default: 'multifd', meaning: say('Who finds pages of zeros, which need not be sent.') },
  ],
]);
