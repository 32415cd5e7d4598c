import type { Command } from './command.ts';
import { virsh } from './domain-commands.ts';

/** `virsh migrate` as the planner decides it; each member becomes the options of its name. */
export interface MigrateOptions {
  readonly domainUuid: string;
  readonly destinationUri: string;
  readonly persistent: boolean;
  readonly undefineSource: boolean;
  /** Targets to copy; always listed, so that libvirt copies what the plan says and nothing else. */
  readonly copyDisks: readonly string[];
  /** Whole MiB/s, 1 to 8796093022207. */
  readonly bandwidthMiB: number | undefined;
  readonly autoConverge:
    { readonly initial: number | undefined; readonly increment: number | undefined } | undefined;
  /** Seconds after which virsh suspends the guest, so that the migration ends. */
  readonly suspendAfterSeconds: number | undefined;
  readonly migrateUri: string | undefined;
  readonly unsafe: boolean;
}

/**
 * The command line of a live, peer-to-peer, pre-copy migration. Peer-to-peer: the source's daemon
 * carries the migration, so the end of virsh does not end it (managed migrations abort).
 */
export function migrateCommand(options: MigrateOptions): Command {
  const { autoConverge, copyDisks } = options;
  const args = ['--live', '--p2p'];
  if (options.persistent) args.push('--persistent');
  if (options.undefineSource) args.push('--undefinesource');
  if (copyDisks.length > 0) args.push('--copy-storage-all', '--migrate-disks', copyDisks.join(','));
  if (options.bandwidthMiB !== undefined) args.push('--bandwidth', String(options.bandwidthMiB));
  if (autoConverge !== undefined) {
    args.push('--auto-converge');
    if (autoConverge.initial !== undefined)
      args.push('--auto-converge-initial', String(autoConverge.initial));
    if (autoConverge.increment !== undefined)
      args.push('--auto-converge-increment', String(autoConverge.increment));
  }
  if (options.suspendAfterSeconds !== undefined)
    args.push('--timeout', String(options.suspendAfterSeconds), '--timeout-suspend');
  if (options.migrateUri !== undefined) args.push('--migrateuri', options.migrateUri);
  if (options.unsafe) args.push('--unsafe');
  return virsh(
    'migrate',
    ...args,
    '--domain',
    options.domainUuid,
    '--desturi',
    options.destinationUri,
  );
}
