import activeDomainRequired from './domain/active-domain-required.ts';
import domainNameMismatch from './domain/domain-name-mismatch.ts';
import domainNotOnSource from './domain/domain-not-on-source.ts';
import guestAgentRequired from './domain/guest-agent-required.ts';
import hasSnapshots from './domain/has-snapshots.ts';
import hostdevPci from './domain/hostdev-pci.ts';
import secondMigrationSameDomain from './domain/second-migration-same-domain.ts';
import tpmPassthrough from './domain/tpm-passthrough.ts';
import uuidNameConflict from './domain/uuid-name-conflict.ts';
import cpuFeaturesSubset from './host/cpu-features-subset.ts';
import cpuModelIdentical from './host/cpu-model-identical.ts';
import destMemoryFree from './host/dest-memory-free.ts';
import hostUnknown from './host/host-unknown.ts';
import hostVcpuCapacity from './host/host-vcpu-capacity.ts';
import libvirtVersionNotOlder from './host/libvirt-version-not-older.ts';
import machineTypeSupported from './host/machine-type-supported.ts';
import qemuVersionNotOlder from './host/qemu-version-not-older.ts';
import sameArch from './host/same-arch.ts';
import sameHost from './host/same-host.ts';
import bridgeExists from './network/bridge-exists.ts';
import networkExistsActive from './network/network-exists-active.ts';
import networkMacUnknown from './network/network-mac-unknown.ts';
import compLevelRange from './policy/comp-level-range.ts';
import compMtTune from './policy/comp-mt-tune.ts';
import compMtXbzrleParallel from './policy/comp-mt-xbzrle-parallel.ts';
import compUnknown from './policy/comp-unknown.ts';
import compXbzrleTune from './policy/comp-xbzrle-tune.ts';
import compZlibNeedsParallel from './policy/comp-zlib-needs-parallel.ts';
import compressMethodDestinationMismatch from './policy/compress-method-destination-mismatch.ts';
import compressParamWithoutCapability from './policy/compress-param-without-capability.ts';
import compressRemoved from './policy/compress-removed.ts';
import copyTunnelled from './policy/copy-tunnelled.ts';
import nothingPersistent from './policy/nothing-persistent.ts';
import parameterOverwritten from './policy/parameter-overwritten.ts';
import postcopyParallel from './policy/postcopy-parallel.ts';
import postcopySubopts from './policy/postcopy-subopts.ts';
import qemuCapMissing from './policy/qemu-cap-missing.ts';
import setspeedUnitMibs from './policy/setspeed-unit-mibs.ts';
import sourceStaysDefined from './policy/source-stays-defined.ts';
import timeoutActionNeedsTimeout from './policy/timeout-action-needs-timeout.ts';
import timeoutActionsExclusive from './policy/timeout-actions-exclusive.ts';
import timeoutSuspendsGuest from './policy/timeout-suspends-guest.ts';
import tlsControlChannelClear from './policy/tls-control-channel-clear.ts';
import tlsHostnameMismatch from './policy/tls-hostname-mismatch.ts';
import tlsSingleChannelThroughput from './policy/tls-single-channel-throughput.ts';
import tunnelledParallel from './policy/tunnelled-parallel.ts';
import tunnelledPostcopy from './policy/tunnelled-postcopy.ts';
import tunnelledTls from './policy/tunnelled-tls.ts';
import tunnelledUri from './policy/tunnelled-uri.ts';
import unsafeFlagHidesChecks from './policy/unsafe-flag-hides-checks.ts';
import virshOptionMissing from './policy/virsh-option-missing.ts';
import xbzrleCachePowerOfTwo from './policy/xbzrle-cache-power-of-two.ts';
import autoNeedsProof from './storage/auto-needs-proof.ts';
import copiedSet from './storage/copied-set.ts';
import destBlockDevice from './storage/dest-block-device.ts';
import destImageCountEqual from './storage/dest-image-count-equal.ts';
import destImageExists from './storage/dest-image-exists.ts';
import destImageFormatEqual from './storage/dest-image-format-equal.ts';
import destImageMissing from './storage/dest-image-missing.ts';
import destImageSizeEqual from './storage/dest-image-size-equal.ts';
import destinationImageInUse from './storage/destination-image-in-use.ts';
import diskCacheUnsafe from './storage/disk-cache-unsafe.ts';
import diskDestFreeSpace from './storage/disk-dest-free-space.ts';
import diskNvmeLocal from './storage/disk-nvme-local.ts';
import equalStorageAccess from './storage/equal-storage-access.ts';
import hybridMustListDisks from './storage/hybrid-must-list-disks.ts';
import incBasePresent from './storage/inc-base-present.ts';
import localDiskNotCopied from './storage/local-disk-not-copied.ts';
import migrateDisksReadonlyOrEmpty from './storage/migrate-disks-readonly-or-empty.ts';
import migrateDisksUnknownTarget from './storage/migrate-disks-unknown-target.ts';
import precreateIncremental from './storage/precreate-incremental.ts';
import precreateNeedsPool from './storage/precreate-needs-pool.ts';
import selfCopySameImage from './storage/self-copy-same-image.ts';
import shareableDiskCopied from './storage/shareable-disk-copied.ts';
import startupPolicyMedia from './storage/startup-policy-media.ts';
import transientDisk from './storage/transient-disk.ts';
import type { RuleDefinition } from './rule.ts';

/** Every rule, in the order in which findings are shown. Ids are never reused. */
export const allRules: readonly RuleDefinition[] = [
  autoNeedsProof,
  copiedSet,
  destBlockDevice,
  destImageCountEqual,
  destImageExists,
  destImageFormatEqual,
  destImageMissing,
  destImageSizeEqual,
  destinationImageInUse,
  diskCacheUnsafe,
  diskDestFreeSpace,
  diskNvmeLocal,
  equalStorageAccess,
  hybridMustListDisks,
  incBasePresent,
  localDiskNotCopied,
  migrateDisksReadonlyOrEmpty,
  migrateDisksUnknownTarget,
  precreateIncremental,
  precreateNeedsPool,
  selfCopySameImage,
  shareableDiskCopied,
  startupPolicyMedia,
  transientDisk,
  activeDomainRequired,
  domainNameMismatch,
  domainNotOnSource,
  guestAgentRequired,
  hasSnapshots,
  hostdevPci,
  secondMigrationSameDomain,
  tpmPassthrough,
  uuidNameConflict,
  cpuFeaturesSubset,
  cpuModelIdentical,
  destMemoryFree,
  hostUnknown,
  hostVcpuCapacity,
  libvirtVersionNotOlder,
  machineTypeSupported,
  qemuVersionNotOlder,
  sameArch,
  sameHost,
  bridgeExists,
  networkExistsActive,
  networkMacUnknown,
  compLevelRange,
  compMtTune,
  compMtXbzrleParallel,
  compUnknown,
  compXbzrleTune,
  compZlibNeedsParallel,
  compressMethodDestinationMismatch,
  compressParamWithoutCapability,
  compressRemoved,
  copyTunnelled,
  nothingPersistent,
  parameterOverwritten,
  postcopyParallel,
  postcopySubopts,
  qemuCapMissing,
  setspeedUnitMibs,
  sourceStaysDefined,
  timeoutActionNeedsTimeout,
  timeoutActionsExclusive,
  timeoutSuspendsGuest,
  tlsControlChannelClear,
  tlsHostnameMismatch,
  tlsSingleChannelThroughput,
  tunnelledParallel,
  tunnelledPostcopy,
  tunnelledTls,
  tunnelledUri,
  unsafeFlagHidesChecks,
  virshOptionMissing,
  xbzrleCachePowerOfTwo,
];
