import type { RuleDefinition } from '../rule.ts';
import activeDomainRequired from './active-domain-required.ts';
import domainNameMismatch from './domain-name-mismatch.ts';
import domainNotOnSource from './domain-not-on-source.ts';
import guestAgentRequired from './guest-agent-required.ts';
import hasSnapshots from './has-snapshots.ts';
import hostdevPci from './hostdev-pci.ts';
import manualNameTypo from './manual-name-typo.ts';
import secondMigrationSameDomain from './second-migration-same-domain.ts';
import tpmPassthrough from './tpm-passthrough.ts';
import uuidNameConflict from './uuid-name-conflict.ts';

export const domainRules: readonly RuleDefinition[] = [
  activeDomainRequired,
  domainNameMismatch,
  domainNotOnSource,
  guestAgentRequired,
  hasSnapshots,
  hostdevPci,
  manualNameTypo,
  secondMigrationSameDomain,
  tpmPassthrough,
  uuidNameConflict,
];
