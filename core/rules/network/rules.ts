import type { RuleDefinition } from '../rule.ts';
import bridgeExists from './bridge-exists.ts';
import networkExistsActive from './network-exists-active.ts';
import networkMacUnknown from './network-mac-unknown.ts';

export const networkRules: readonly RuleDefinition[] = [
  bridgeExists,
  networkExistsActive,
  networkMacUnknown,
];
