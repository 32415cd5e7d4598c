import type { RuleDefinition } from '../rule.ts';
import autoConvergeSlowsGuest from './auto-converge-slows-guest.ts';
import capabilityAsParameter from './capability-as-parameter.ts';
import capabilityOverwritten from './capability-overwritten.ts';
import compLevelRange from './comp-level-range.ts';
import compMtTune from './comp-mt-tune.ts';
import compMtXbzrleParallel from './comp-mt-xbzrle-parallel.ts';
import compUnknown from './comp-unknown.ts';
import compXbzrleTune from './comp-xbzrle-tune.ts';
import compZlibNeedsParallel from './comp-zlib-needs-parallel.ts';
import compressMethodDestinationMismatch from './compress-method-destination-mismatch.ts';
import compressParamWithoutCapability from './compress-param-without-capability.ts';
import compressRemoved from './compress-removed.ts';
import copyTunnelled from './copy-tunnelled.ts';
import destHostnameLocalhost from './dest-hostname-localhost.ts';
import disksUriScheme from './disks-uri-scheme.ts';
import nothingPersistent from './nothing-persistent.ts';
import parameterOneSided from './parameter-one-sided.ts';
import parameterOverwritten from './parameter-overwritten.ts';
import parameterRange from './parameter-range.ts';
import parameterUnknown from './parameter-unknown.ts';
import parameterWithoutEffect from './parameter-without-effect.ts';
import postcopyParallel from './postcopy-parallel.ts';
import postcopySubopts from './postcopy-subopts.ts';
import qemuCapMissing from './qemu-cap-missing.ts';
import rdmaHardLimit from './rdma-hard-limit.ts';
import setmaxdowntimeRange from './setmaxdowntime-range.ts';
import setspeedRange from './setspeed-range.ts';
import setspeedUnitMibs from './setspeed-unit-mibs.ts';
import sourceStaysDefined from './source-stays-defined.ts';
import timeoutActionNeedsTimeout from './timeout-action-needs-timeout.ts';
import timeoutActionsExclusive from './timeout-actions-exclusive.ts';
import timeoutSuspendsGuest from './timeout-suspends-guest.ts';
import tlsControlChannelClear from './tls-control-channel-clear.ts';
import tlsHostnameMismatch from './tls-hostname-mismatch.ts';
import tlsNbdOld from './tls-nbd-old.ts';
import tlsParallelCpu from './tls-parallel-cpu.ts';
import tlsSingleChannelThroughput from './tls-single-channel-throughput.ts';
import tlsUnix from './tls-unix.ts';
import tunnelledParallel from './tunnelled-parallel.ts';
import tunnelledPostcopy from './tunnelled-postcopy.ts';
import tunnelledTls from './tunnelled-tls.ts';
import tunnelledUri from './tunnelled-uri.ts';
import unsafeFlagHidesChecks from './unsafe-flag-hides-checks.ts';
import uriScheme from './uri-scheme.ts';
import virshOptionMissing from './virsh-option-missing.ts';
import xbzrleCachePowerOfTwo from './xbzrle-cache-power-of-two.ts';

export const policyRules: readonly RuleDefinition[] = [
  autoConvergeSlowsGuest,
  capabilityAsParameter,
  capabilityOverwritten,
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
  destHostnameLocalhost,
  disksUriScheme,
  nothingPersistent,
  parameterOneSided,
  parameterOverwritten,
  parameterRange,
  parameterUnknown,
  parameterWithoutEffect,
  postcopyParallel,
  postcopySubopts,
  qemuCapMissing,
  rdmaHardLimit,
  setmaxdowntimeRange,
  setspeedRange,
  setspeedUnitMibs,
  sourceStaysDefined,
  timeoutActionNeedsTimeout,
  timeoutActionsExclusive,
  timeoutSuspendsGuest,
  tlsControlChannelClear,
  tlsHostnameMismatch,
  tlsNbdOld,
  tlsParallelCpu,
  tlsSingleChannelThroughput,
  tlsUnix,
  tunnelledParallel,
  tunnelledPostcopy,
  tunnelledTls,
  tunnelledUri,
  unsafeFlagHidesChecks,
  uriScheme,
  virshOptionMissing,
  xbzrleCachePowerOfTwo,
];
