import { explainedCodes } from '../explain/failure-texts.ts';
import { silentFailures } from '../explain/silent-failures.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import { allRules } from './all.ts';

/**
 * The constraints of a live migration that are known: A what openEuler's manual says, B what libvirt
 * refuses, C what QEMU refuses, D libvirt's safety check and what it does not see, E copying of
 * disks, F options that do not go together, G what the destination must have. Ids are never reused.
 */
export const constraints = {
  A: [
    'net-link-stable',
    'no-admin-ops-during-migration',
    'second-migration-same-domain',
    'host-power-loss',
    'guest-power-op-during-migration',
    'pending-acpi-reboot-turns-into-shutdown',
    'same-arch',
    'cpu-model-identical',
    'cpu-features-subset',
    'same-l2-segment',
    'host-vcpu-capacity',
    'connectivity-libvirtd',
    'equal-storage-access',
    'dest-memory-free',
    'dirty-rate-exceeds-bandwidth',
    'setmaxdowntime-range',
    'setspeed-unit-mibs',
    'setspeed-range',
    'compress-param-without-capability',
    'compress-method-destination-mismatch',
    'compress-removed',
    'shared-storage-classification',
    'unsafe-flag-hides-checks',
    'local-disk-not-copied',
    'self-copy-same-image',
    'shareable-disk-copied',
    'dest-block-device',
    'dest-image-missing',
    'dest-image-size-equal',
    'dest-image-format-equal',
    'dest-image-count-equal',
    'hybrid-must-list-disks',
    'migrate-disks-readonly-or-empty',
    'tls-certs-present',
    'tls-hostname-mismatch',
    'tls-verify-peer',
    'tls-control-channel-clear',
    'tls-single-channel-throughput',
    'tls-parallel-cpu',
    'timeout-suspends-guest',
    'auto-converge-slows-guest',
    'manual-name-typo',
    'usb-hostdev-openeuler',
  ],
  B: [
    'has-snapshots',
    'active-block-job',
    'qemu-migration-blockers',
    'hostdev-pci',
    'hostdev-mdev',
    'hostdev-scsi',
    'hostdev-capabilities',
    'interface-hostdev',
    'interface-vdpa',
    'interface-slirp-helper',
    'virtiofs',
    'fs-9p-mounted',
    'shmem-role',
    'invtsc-without-frequency',
    'dimm-without-address',
    'transient-disk',
    'auto-destroy',
    'io-error-with-abort',
    'dbus-vmstate',
    'tpm-shared-storage',
    'tpm-encryption-secret',
    'tpm-passthrough',
    'launch-security',
    'active-domain-required',
    'dirty-bitmaps-dropped',
    'cannot-post-begin-memhotplug',
  ],
  C: [
    'qemu-fmt-vmdk',
    'qemu-fmt-vdi',
    'qemu-fmt-vpc',
    'qemu-fmt-vhdx',
    'qemu-fmt-qcow1',
    'qemu-fmt-parallels',
    'qemu-fmt-vvfat-rw',
    'qemu-virgl',
    'qemu-vhost-scsi',
    'qemu-vhost-no-memfd',
    'qemu-tpm-emulator-old',
    'qemu-hv-passthrough',
    'qemu-invtsc-qemu',
    'qemu-vfio-multi',
    'qemu-ivshmem-peer',
    'qemu-gic-its',
    'qemu-dump-active',
    'qemu-unmigratable-devices',
  ],
  D: [
    'disk-local-fs',
    'disk-nvme-local',
    'disk-cache-unsafe',
    'disk-block-not-verified',
    'disk-network-assumed-shared',
    'disk-vhostuser-dir',
    'shareable-needs-nocache',
    'disk-backing-chain-local',
    'disk-lease-lock',
    'startup-policy-media',
  ],
  E: [
    'copied-set',
    'migrate-disks-unknown-target',
    'migrate-disks-needs-copy-flag',
    'copy-all-inc-exclusive',
    'copy-tunnelled',
    'copy-offline',
    'sync-writes-needs-copy',
    'precreate-needs-pool',
    'precreate-volume',
    'precreate-block',
    'precreate-network',
    'precreate-incremental',
    'precreate-format',
    'inc-base-present',
    'disk-dest-free-space',
    'nbd-port',
    'disks-uri-scheme',
    'nbd-bandwidth-per-disk',
    'mirror-converge',
    'disk-shrink-larger-target',
    'encryption-secret',
  ],
  F: [
    'live-offline',
    'offline-needs-persistent',
    'offline-tunnelled',
    'tunnelled-needs-p2p',
    'tunnelled-parallel',
    'tunnelled-uri',
    'tunnelled-tls',
    'tunnelled-postcopy',
    'postcopy-needs-live',
    'postcopy-parallel',
    'postcopy-subopts',
    'postcopy-host-support',
    'timeout-needs-live',
    'timeout-action-needs-timeout',
    'timeout-actions-exclusive',
    'persistent-xml-needs-persistent',
    'tls-destination-needs-tls',
    'tls-force',
    'tls-unix',
    'tls-nbd-old',
    'zerocopy-needs-parallel',
    'zerocopy-exclusive',
    'comp-mt-xbzrle-parallel',
    'comp-zlib-needs-parallel',
    'comp-parallel-none',
    'comp-parallel-two',
    'comp-duplicate',
    'comp-unknown',
    'comp-mt-and-xbzrle',
    'comp-mt-tune',
    'comp-xbzrle-tune',
    'comp-zlib-tune',
    'autoconverge-tune',
    'parallel-tune',
    'parallel-channels-range',
    'rdma-hard-limit',
    'uri-scheme',
    'direct-unsupported',
    'same-host',
    'dest-hostname-localhost',
    'nothing-persistent',
    'xml-without-persistent-xml',
    'qemu-cap-missing',
  ],
  G: [
    'uuid-name-conflict',
    'machine-type-supported',
    'emulator-exists',
    'qemu-version-not-older',
    'libvirt-version-not-older',
    'abi-stable-xml',
    'network-exists-active',
    'bridge-exists',
    'direct-dev-exists',
    'hugepages-on-dest',
    'numatune-nodes-exist',
    'cpuset-exists-on-destination',
    'nvram-local',
    'file-backed-devices',
    'selinux-model',
    'video-model-primary',
    'guest-agent-channel',
    'ports-free',
    'time-sync',
    'user-permission',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const offline = say('A migration of this format is always live, never offline.');
const alwaysLive = say('Every migration of this format is live.');
const nested = say('The value stands inside the key that switches the feature on.');
const noZeroCopy = say('The format has no key for zero-copy.');
const oneMethod = say('policy.compression has exactly one method.');

export type ConstraintId = (typeof constraints)[keyof typeof constraints][number];

/** Constraints that a rule of another id checks as well. */
export const checkedByOther: Partial<Readonly<Record<ConstraintId, string>>> = {
  'qemu-ivshmem-peer': 'shmem-role',
  'migrate-disks-needs-copy-flag': 'hybrid-must-list-disks',
  'disk-shrink-larger-target': 'dest-image-size-equal',
  'precreate-network': 'self-copy-same-image',
  'comp-zlib-tune': 'comp-level-range',
};

/**
 * Constraints that no rule checks, and why: most of them cannot even be said in a descriptor. What
 * virsh says of them when they are met by hand is explained all the same (`core/explain`).
 */
export const notDone: Partial<Readonly<Record<ConstraintId, Message>>> = {
  'copy-all-inc-exclusive': say('storage.mode has one value, so the two cannot meet.'),
  'copy-offline': offline,
  'live-offline': offline,
  'offline-needs-persistent': offline,
  'offline-tunnelled': offline,
  'sync-writes-needs-copy': say('The format has no key for synchronous writes.'),
  'nbd-port': say('The format has no key for the port of the disks; libvirt takes a free one.'),
  'tunnelled-needs-p2p': say('policy.connection: tunnelled includes peer-to-peer.'),
  'postcopy-needs-live': alwaysLive,
  'timeout-needs-live': alwaysLive,
  'persistent-xml-needs-persistent': say(
    'The planner gives --persistent-xml only together with --persistent.',
  ),
  'xml-without-persistent-xml': say(
    'The planner gives --persistent-xml with --xml, so the definition that stays has the new paths.',
  ),
  'tls-destination-needs-tls': nested,
  'autoconverge-tune': nested,
  'parallel-tune': nested,
  'parallel-channels-range': say('The range of the key is checked when the file is read.'),
  'zerocopy-needs-parallel': noZeroCopy,
  'zerocopy-exclusive': noZeroCopy,
  'comp-parallel-none': oneMethod,
  'comp-parallel-two': oneMethod,
  'comp-duplicate': oneMethod,
  'comp-mt-and-xbzrle': oneMethod,
  'direct-unsupported': say('policy.connection has no value for a direct migration.'),
  'abi-stable-xml': say(
    'The XML for the destination is made from the guest’s own; nothing in it changes but the sources of disks.',
  ),
};

/** The letter of the group that a constraint belongs to; undefined for an id of our own. */
export function constraintGroup(id: string): string | undefined {
  return Object.entries(constraints).find(([, ids]) =>
    (ids as readonly string[]).includes(id),
  )?.[0];
}

/** What stands for a constraint. */
export type Coverage =
  | { readonly by: 'rule' | 'explanation'; readonly id: string }
  | { readonly by: 'nothing'; readonly reason: Message };

/** How a constraint is covered; undefined when nobody has decided, which a test forbids. */
export function coverageOf(id: ConstraintId): Coverage | undefined {
  if (allRules.some((rule) => rule.id === id)) return { by: 'rule', id };
  const other = checkedByOther[id];
  if (other !== undefined) return { by: 'rule', id: other };
  if (explainedCodes.has(id) || silentFailures.some(({ code }) => code === id)) {
    return { by: 'explanation', id };
  }
  const reason = notDone[id];
  return reason === undefined ? undefined : { by: 'nothing', reason };
}
