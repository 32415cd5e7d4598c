import type { RuleDefinition } from '../rule.ts';
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
import nothingPersistent from './nothing-persistent.ts';
import parameterOverwritten from './parameter-overwritten.ts';
import postcopyParallel from './postcopy-parallel.ts';
import postcopySubopts from './postcopy-subopts.ts';
import qemuCapMissing from './qemu-cap-missing.ts';
import setspeedUnitMibs from './setspeed-unit-mibs.ts';
import sourceStaysDefined from './source-stays-defined.ts';
import timeoutActionNeedsTimeout from './timeout-action-needs-timeout.ts';
import timeoutActionsExclusive from './timeout-actions-exclusive.ts';
import timeoutSuspendsGuest from './timeout-suspends-guest.ts';
import tlsControlChannelClear from './tls-control-channel-clear.ts';
import tlsHostnameMismatch from './tls-hostname-mismatch.ts';
import tlsSingleChannelThroughput from './tls-single-channel-throughput.ts';
import tunnelledParallel from './tunnelled-parallel.ts';
import tunnelledPostcopy from './tunnelled-postcopy.ts';
import tunnelledTls from './tunnelled-tls.ts';
import tunnelledUri from './tunnelled-uri.ts';
import unsafeFlagHidesChecks from './unsafe-flag-hides-checks.ts';
import virshOptionMissing from './virsh-option-missing.ts';
import xbzrleCachePowerOfTwo from './xbzrle-cache-power-of-two.ts';

export const policyRules: readonly RuleDefinition[] = [
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
