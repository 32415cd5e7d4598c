import type { RuleDefinition } from './rule.ts';

/** Every rule, in the order in which findings are shown. Ids are never reused. */
export const allRules: readonly RuleDefinition[] = [];
