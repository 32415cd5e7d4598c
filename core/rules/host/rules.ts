import type { RuleDefinition } from '../rule.ts';
import cpuFeaturesSubset from './cpu-features-subset.ts';
import cpuModelIdentical from './cpu-model-identical.ts';
import cpusetExistsOnDestination from './cpuset-exists-on-destination.ts';
import destMemoryFree from './dest-memory-free.ts';
import emulatorExists from './emulator-exists.ts';
import hostPowerLoss from './host-power-loss.ts';
import hostPressure from './host-pressure.ts';
import hostUnknown from './host-unknown.ts';
import hostVcpuCapacity from './host-vcpu-capacity.ts';
import hugepagesOnDest from './hugepages-on-dest.ts';
import libvirtVersionNotOlder from './libvirt-version-not-older.ts';
import machineTypeSupported from './machine-type-supported.ts';
import numatuneNodesExist from './numatune-nodes-exist.ts';
import postcopyHostSupport from './postcopy-host-support.ts';
import qemuTpmEmulatorOld from './qemu-tpm-emulator-old.ts';
import qemuVersionNotOlder from './qemu-version-not-older.ts';
import sameArch from './same-arch.ts';
import sameHost from './same-host.ts';
import selinuxModel from './selinux-model.ts';
import timeSync from './time-sync.ts';
import tpmEncryptionSecret from './tpm-encryption-secret.ts';
import tpmSharedStorage from './tpm-shared-storage.ts';
import userPermission from './user-permission.ts';

export const hostRules: readonly RuleDefinition[] = [
  cpuFeaturesSubset,
  cpuModelIdentical,
  cpusetExistsOnDestination,
  destMemoryFree,
  emulatorExists,
  hostPowerLoss,
  hostPressure,
  hostUnknown,
  hostVcpuCapacity,
  hugepagesOnDest,
  libvirtVersionNotOlder,
  machineTypeSupported,
  numatuneNodesExist,
  postcopyHostSupport,
  qemuTpmEmulatorOld,
  qemuVersionNotOlder,
  sameArch,
  sameHost,
  selinuxModel,
  timeSync,
  tpmEncryptionSecret,
  tpmSharedStorage,
  userPermission,
];
