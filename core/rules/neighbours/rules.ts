import type { RuleDefinition } from '../rule.ts';
import destinationPathTakenTwice from './destination-path-taken-twice.ts';
import domainMigratedTwice from './domain-migrated-twice.ts';

/** Rules about several migrations of one folder. */
export const neighbourRules: readonly RuleDefinition[] = [
  destinationPathTakenTwice,
  domainMigratedTwice,
];
