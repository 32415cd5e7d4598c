import type { RuleDefinition } from '../rule.ts';
import bridgeExists from './bridge-exists.ts';
import connectivityLibvirtd from './connectivity-libvirtd.ts';
import directDevExists from './direct-dev-exists.ts';
import netLinkStable from './net-link-stable.ts';
import networkExistsActive from './network-exists-active.ts';
import networkMacUnknown from './network-mac-unknown.ts';
import portsFree from './ports-free.ts';
import sameL2Segment from './same-l2-segment.ts';

export const networkRules: readonly RuleDefinition[] = [
  bridgeExists,
  connectivityLibvirtd,
  directDevExists,
  netLinkStable,
  networkExistsActive,
  networkMacUnknown,
  portsFree,
  sameL2Segment,
];
