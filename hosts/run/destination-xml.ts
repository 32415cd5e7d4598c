import { replaceDiskSources } from '../../core/domain/replace-disk-sources.ts';
import { restoreEmulatorPin } from '../../core/domain/restore-emulator-pin.ts';
import { say } from '../../core/messages.ts';
import type { DestinationXml } from '../../core/planner/plan.ts';
import type { Command } from '../../core/virsh/command.ts';
import { reasonOf } from '../host-error.ts';
import type { Cause } from './entry.ts';
import { explain } from './explain.ts';
import type { Links } from './links.ts';

export type MadeXml =
  | {
      readonly ok: true;
      readonly xml: { readonly live: string; readonly definition: string | undefined };
    }
  | { readonly ok: false; readonly cause: Cause };

/**
 * The destination's domain XML, made from what the source says at this moment. It stays in memory:
 * it can hold passwords, so no record, message or error quotes it.
 */
export async function makeDestinationXml(
  { live, definition, moved, emulatorPin }: DestinationXml,
  at: { readonly host: string; readonly links: Links; readonly signal: AbortSignal },
): Promise<MadeXml> {
  const made = async (command: Command): Promise<string | Cause> => {
    try {
      const { code, stdout, stderr } = await at.links.exec(at.host, command, {
        timeout: 60_000,
        signal: at.signal,
      });
      if (code !== 0) return explain(stderr);
      const placed = replaceDiskSources(stdout.trim(), moved);
      const replaced =
        placed.ok && emulatorPin !== undefined && !command.argv.includes('--inactive')
          ? restoreEmulatorPin(placed.xml, emulatorPin.former)
          : placed;
      if (replaced.ok) return replaced.xml;
      return { code: 'domain-xml-outdated', message: replaced.why, text: '' };
    } catch (error) {
      return { code: undefined, message: say('{0}', reasonOf(error)), text: '' };
    }
  };
  const first = await made(live);
  const second = definition === undefined ? undefined : await made(definition);
  if (typeof first !== 'string') return { ok: false, cause: first };
  if (second !== undefined && typeof second !== 'string') return { ok: false, cause: second };
  return { ok: true, xml: { live: first, definition: second } };
}
