import type { RuleDefinition } from '../rule.ts';
import activeBlockJob from './active-block-job.ts';
import cannotPostBeginMemhotplug from './cannot-post-begin-memhotplug.ts';
import dirtyBitmapsDropped from './dirty-bitmaps-dropped.ts';
import dirtyRateExceedsBandwidth from './dirty-rate-exceeds-bandwidth.ts';
import downtimeLimitLeftOver from './downtime-limit-left-over.ts';
import guestPowerOpDuringMigration from './guest-power-op-during-migration.ts';
import ioErrorWithAbort from './io-error-with-abort.ts';
import noAdminOpsDuringMigration from './no-admin-ops-during-migration.ts';
import pendingAcpiReboot from './pending-acpi-reboot-turns-into-shutdown.ts';
import qemuDumpActive from './qemu-dump-active.ts';
import qemuMigrationBlockers from './qemu-migration-blockers.ts';

/** What the domain is doing right now, and what that means for a migration. */
export const stateRules: readonly RuleDefinition[] = [
  activeBlockJob,
  cannotPostBeginMemhotplug,
  dirtyBitmapsDropped,
  dirtyRateExceedsBandwidth,
  downtimeLimitLeftOver,
  guestPowerOpDuringMigration,
  ioErrorWithAbort,
  noAdminOpsDuringMigration,
  pendingAcpiReboot,
  qemuDumpActive,
  qemuMigrationBlockers,
];
