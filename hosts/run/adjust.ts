import { say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import type { Command } from '../../core/virsh/command.ts';
import {
  getMaxDowntimeCommand,
  getSpeedCommand,
  setMaxDowntimeCommand,
  setSpeedCommand,
} from '../../core/virsh/domain-commands.ts';
import { reasonOf } from '../host-error.ts';
import type { CancelInput } from './attach.ts';
import type { Adjustment } from './entry.ts';
import { createLinks } from './links.ts';
import { openRun } from './open-run.ts';
import { keep } from './record.ts';

export interface AdjustInput extends CancelInput {
  /** Whole MiB/s, 1 to 8796093022207. */
  readonly bandwidthMiB?: number | undefined;
  /** Whole milliseconds, 1 to 2000000. */
  readonly maxDowntimeMs?: number | undefined;
}

export type AdjustResult =
  | { readonly ok: true; readonly adjusted: readonly Adjustment[] }
  | { readonly ok: false; readonly why: Message };

/**
 * Changes the limits of a migration while it runs, and notes them in its record with the values
 * before. A failed run puts the bandwidth back; libvirt itself does so with the downtime.
 */
export async function adjustRun(input: AdjustInput): Promise<AdjustResult> {
  const found = openRun(input);
  if ('why' in found) return { ok: false, why: found.why };
  const { record, summary } = found;
  if (!summary.launched) {
    return { ok: false, why: say('Run {0} has not been launched yet.', input.id) };
  }
  const { plan } = summary;
  const uuid = plan.domainUuid;
  const links = createLinks(input.sessions);
  const exec = (command: Command) => links.exec(plan.source.host, command, { timeout: 30_000 });
  const phase = record.entries().findLast((entry) => entry.type === 'phase')?.phase;
  const which = phase === 'post-copy' ? 'post-copy' : 'pre-copy';
  const adjusted: Adjustment[] = [];
  const set = async (
    setting: Adjustment['setting'],
    to: number,
    commands: { readonly get: Command; readonly set: Command },
  ): Promise<Message | undefined> => {
    const before = await exec(commands.get);
    const former = /^(\d+)\s*$/m.exec(before.stdout)?.[1];
    const { code, stderr } = await exec(commands.set);
    if (code !== 0) return say('{0} could not be changed: {1}', setting, stderr.trim());
    const from = before.code === 0 && former !== undefined ? Number(former) : undefined;
    const change: Adjustment = { setting, to, from };
    keep(record, { type: 'adjusted', ...change });
    adjusted.push(change);
    return undefined;
  };
  try {
    const { bandwidthMiB, maxDowntimeMs } = input;
    let why: Message | undefined;
    // The downtime first: a higher bandwidth can end the migration at once.
    if (maxDowntimeMs !== undefined) {
      why = await set('max-downtime', maxDowntimeMs, {
        get: getMaxDowntimeCommand(uuid),
        set: setMaxDowntimeCommand(uuid, maxDowntimeMs),
      });
    }
    if (why === undefined && bandwidthMiB !== undefined) {
      why = await set('bandwidth', bandwidthMiB, {
        get: getSpeedCommand(uuid, which),
        set: setSpeedCommand(uuid, bandwidthMiB, which),
      });
    }
    return why === undefined ? { ok: true, adjusted } : { ok: false, why };
  } catch (error) {
    return { ok: false, why: say('{0} cannot be used: {1}', plan.source.host, reasonOf(error)) };
  }
}

/** One change in words, with its unit. */
export function adjustmentText({ setting, to, from }: Adjustment): Message {
  return setting === 'bandwidth'
    ? say('Bandwidth changed from {0} to {1} MiB/s', from ?? '?', to)
    : say('Max downtime changed from {0} to {1} ms', from ?? '?', to);
}
