import type { FactsSnapshot, HostSnapshot, ImageFacts } from '../../../core/facts/snapshot.ts';
import { hostState } from './base-host-state.ts';

/** When every fact of the fixtures was collected. */
export const collectedAt = Date.UTC(2026, 0, 1, 12, 0, 0);

const GiB = 1024 ** 3;

/** Options of `virsh help migrate` as libvirt 11.3 lists them, as far as descriptors use them. */
const migrateOptions = [
  'live',
  'p2p',
  'tunnelled',
  'persistent',
  'undefinesource',
  'suspend',
  'copy-storage-all',
  'copy-storage-inc',
  'migrate-disks',
  'unsafe',
  'verbose',
  'compressed',
  'auto-converge',
  'auto-converge-initial',
  'auto-converge-increment',
  'postcopy',
  'postcopy-after-precopy',
  'timeout',
  'timeout-suspend',
  'timeout-postcopy',
  'comp-methods',
  'comp-mt-level',
  'comp-mt-threads',
  'comp-mt-dthreads',
  'comp-xbzrle-cache',
  'comp-zlib-level',
  'comp-zstd-level',
  'bandwidth',
  'parallel',
  'parallel-connections',
  'tls',
  'tls-destination',
  'migrateuri',
  'xml',
  'persistent-xml',
];

/** A 10 GiB qcow2 file on a local ext4 file system of its own host. */
function localImage(host: number, inode: number, format = 'qcow2'): ImageFacts {
  return {
    kind: 'file',
    virtualSize: 10 * GiB,
    format,
    allocated: 2 * GiB,
    backing: [],
    filesystem: {
      type: 'ext4',
      source: `/dev/sda${host}`,
      mountPoint: '/var/lib/libvirt',
      id: `80${host}:aa${host}`,
      available: 500 * GiB,
    },
    inode: String(inode),
    modified: '1767268800.0',
    deviceIdentity: undefined,
  };
}

function answer<T>(value: T, from: string): { ok: true; value: T; from: string } {
  return { ok: true, value, from };
}

function host(number: number): HostSnapshot {
  return {
    name: `kvm0${number}`,
    at: collectedAt,
    identity: answer(
      {
        hostname: `kvm0${number}.example.com`,
        uuid: `00000000-0000-0000-0000-00000000000${number}`,
        bootId: `b0070000-0000-0000-0000-00000000000${number}`,
      },
      'virsh capabilities',
    ),
    versions: answer(
      { libvirt: '11.3.0', qemu: '8.2.0', migrateOptions },
      'virsh version --daemon',
    ),
    capacity: answer(
      { cpus: 16, memoryTotal: 64 * GiB, memoryAvailable: 48 * GiB },
      '/proc/meminfo',
    ),
    cpu: answer(
      {
        arch: 'x86_64',
        model: 'Cascadelake-Server',
        vendor: 'Intel',
        modelName: 'Intel(R) Xeon(R) Gold 6248',
        features: ['vmx', 'pdcm'],
        machines: ['pc-q35-8.2', 'q35', 'pc'],
        usableModels: ['qemu64', 'Skylake-Server', 'Cascadelake-Server'],
      },
      'virsh capabilities',
    ),
    networks: answer([{ name: 'default', active: true, bridge: 'virbr0' }], 'virsh net-list --all'),
    bridges: answer(['br0', 'virbr0'], '/sys/class/net'),
    pools: answer([], 'virsh pool-list --all'),
    domains: answer(
      number === 1
        ? [
            {
              name: 'vm1',
              uuid: '11111111-1111-1111-1111-111111111111',
              state: 'running',
              persistent: true,
              snapshots: 0,
              xml: '<domain/>',
              job: undefined,
              maxDowntimeMs: 300,
              parameters: undefined,
              capabilities: undefined,
              guestAgent: undefined,
              reason: 'booted',
              checkpoints: 0,
              blockJobs: [],
              blockers: [],
              dirtyRate: {
                bytesPerSecond: 20 * 1024 ** 2,
                at: collectedAt,
                calcTimeSeconds: 1,
                mode: 'page-sampling',
              },
              rebooting: false,
            },
          ]
        : [],
      'virsh list --all',
    ),
    ...hostState(number),
    images: {
      '/images/vda.qcow2': answer(localImage(number, 100 + number), 'qemu-img info'),
      '/images/vdb.qcow2': answer(localImage(number, 200 + number), 'qemu-img info'),
    },
  };
}

/**
 * Two equal hosts with local storage, on each of which the images of both disks of the shared
 * fixtures lie; a migration that copies both disks has nothing to complain about.
 */
export function baseFacts(): FactsSnapshot {
  return { format: 'livemigrate-facts/1', hosts: { kvm01: host(1), kvm02: host(2) } };
}
