import type { RuleDefinition } from './rule.ts';
import { deviceRules } from './devices/rules.ts';
import { domainRules } from './domain/rules.ts';
import { hostRules } from './host/rules.ts';
import { neighbourRules } from './neighbours/rules.ts';
import { networkRules } from './network/rules.ts';
import { policyRules } from './policy/rules.ts';
import { stateRules } from './state/rules.ts';
import { storageRules } from './storage/rules.ts';
import { tlsRules } from './tls/rules.ts';

/** Every rule, in the order in which findings are shown. Ids are never reused. */
export const allRules: readonly RuleDefinition[] = [
  ...storageRules,
  ...domainRules,
  ...stateRules,
  ...deviceRules,
  ...hostRules,
  ...neighbourRules,
  ...networkRules,
  ...policyRules,
  ...tlsRules,
];
