import type { RuleDefinition } from '../rule.ts';
import cpuFeaturesSubset from './cpu-features-subset.ts';
import cpuModelIdentical from './cpu-model-identical.ts';
import destMemoryFree from './dest-memory-free.ts';
import hostUnknown from './host-unknown.ts';
import hostVcpuCapacity from './host-vcpu-capacity.ts';
import libvirtVersionNotOlder from './libvirt-version-not-older.ts';
import machineTypeSupported from './machine-type-supported.ts';
import qemuVersionNotOlder from './qemu-version-not-older.ts';
import sameArch from './same-arch.ts';
import sameHost from './same-host.ts';

export const hostRules: readonly RuleDefinition[] = [
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
];
