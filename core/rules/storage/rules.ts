import type { RuleDefinition } from '../rule.ts';
import autoNeedsProof from './auto-needs-proof.ts';
import copiedSet from './copied-set.ts';
import destBlockDevice from './dest-block-device.ts';
import destImageCountEqual from './dest-image-count-equal.ts';
import destImageExists from './dest-image-exists.ts';
import destImageFormatEqual from './dest-image-format-equal.ts';
import destImageMissing from './dest-image-missing.ts';
import destImageSizeEqual from './dest-image-size-equal.ts';
import destinationImageInUse from './destination-image-in-use.ts';
import diskBackingChainLocal from './disk-backing-chain-local.ts';
import diskBlockNotVerified from './disk-block-not-verified.ts';
import diskCacheUnsafe from './disk-cache-unsafe.ts';
import diskDestFreeSpace from './disk-dest-free-space.ts';
import diskLocalFs from './disk-local-fs.ts';
import diskNvmeLocal from './disk-nvme-local.ts';
import encryptionSecret from './encryption-secret.ts';
import equalStorageAccess from './equal-storage-access.ts';
import hybridMustListDisks from './hybrid-must-list-disks.ts';
import incBasePresent from './inc-base-present.ts';
import localDiskNotCopied from './local-disk-not-copied.ts';
import migrateDisksReadonlyOrEmpty from './migrate-disks-readonly-or-empty.ts';
import migrateDisksUnknownTarget from './migrate-disks-unknown-target.ts';
import precreateIncremental from './precreate-incremental.ts';
import precreateNeedsPool from './precreate-needs-pool.ts';
import selfCopySameImage from './self-copy-same-image.ts';
import shareableDiskCopied from './shareable-disk-copied.ts';
import sharedStorageClassification from './shared-storage-classification.ts';
import startupPolicyMedia from './startup-policy-media.ts';
import transientDisk from './transient-disk.ts';

export const storageRules: readonly RuleDefinition[] = [
  autoNeedsProof,
  copiedSet,
  destBlockDevice,
  destImageCountEqual,
  destImageExists,
  destImageFormatEqual,
  destImageMissing,
  destImageSizeEqual,
  destinationImageInUse,
  diskBackingChainLocal,
  diskBlockNotVerified,
  diskCacheUnsafe,
  diskDestFreeSpace,
  diskLocalFs,
  diskNvmeLocal,
  encryptionSecret,
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
  sharedStorageClassification,
  startupPolicyMedia,
  transientDisk,
];
