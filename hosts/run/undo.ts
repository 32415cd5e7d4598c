import { say } from '../../core/messages.ts';
import type { Message } from '../../core/messages.ts';
import type { Plan, Step } from '../../core/planner/plan.ts';
import { setSpeedCommand } from '../../core/virsh/domain-commands.ts';
import { reasonOf } from '../host-error.ts';
import type { RunEntry, RunEvent, Undone } from './entry.ts';
import type { Links } from './links.ts';

/** What the steps of a run have changed, as its record tells. */
export interface Effects {
  /** Ids of steps that were started; whether they ended may be unknown. */
  readonly started: ReadonlySet<string>;
  /** By its step: the identity of a created image, or how things were before. */
  readonly remembered: ReadonlyMap<string, string>;
  /** The limit of the source's daemon before the run changed it, in MiB/s. */
  readonly formerSpeed: number | undefined;
}

export function effectsOf(entries: readonly RunEntry[]): Effects {
  const started = new Set<string>();
  const remembered = new Map<string, string>();
  const speed = entries.find((entry) => entry.type === 'adjusted' && entry.setting === 'bandwidth');
  for (const entry of entries) {
    if (entry.type === 'step') started.add(entry.step);
    if (entry.type === 'image-created') remembered.set(entry.step, entry.identity);
    if (entry.type === 'remembered') remembered.set(entry.step, entry.before);
  }
  const formerSpeed = speed?.type === 'adjusted' ? speed.from : undefined;
  return { started, remembered, formerSpeed };
}

export interface UndoInput {
  readonly plan: Plan;
  readonly links: Links;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
  readonly effects: Effects;
  /** The guest was seen on the source, where it belongs after a failure. */
  readonly guestIsBack: boolean;
  /** The destination was asked and holds nothing of the domain. */
  readonly destinationIsClear: boolean;
  /** Asks the source: no job is active. */
  readonly sourceIsQuiet: () => Promise<boolean>;
}

/**
 * Takes back, last first, what the run did. Only when it is established that the guest is on the
 * source, that the destination has nothing of it and that no job is active: until then an image may
 * be in use, and a file too many is better than a guest without its disk.
 */
export async function undoSteps(input: UndoInput): Promise<readonly Undone[]> {
  const steps = input.plan.steps
    .filter((step) => step.undo !== undefined && input.effects.started.has(step.id))
    .reverse();
  const { formerSpeed } = input.effects;
  if (steps.length === 0 && formerSpeed === undefined) return [];
  const why = await whyNot(input);
  const results: Undone[] = [];
  for (const step of steps) {
    const undone =
      why === undefined
        ? await undoStep(input, step)
        : { step: step.id, outcome: 'kept' as const, why };
    input.emit({ type: 'undo', undone });
    results.push(undone);
  }
  if (formerSpeed !== undefined && input.guestIsBack) {
    // libvirt itself restores the downtime limit, but keeps the speed for the next migration.
    const undone = await restoreSpeed(input, formerSpeed);
    input.emit({ type: 'undo', undone });
    results.push(undone);
  }
  return results;
}

async function restoreSpeed(
  { plan, links, signal }: UndoInput,
  mebibytes: number,
): Promise<Undone> {
  const step = 'bandwidth';
  try {
    const { code, stderr } = await links.exec(
      plan.source.host,
      setSpeedCommand(plan.domainUuid, mebibytes),
      { timeout: 30_000, signal },
    );
    if (code === 0) return { step, outcome: 'undone', why: say('the run failed') };
    return { step, outcome: 'kept', why: say('{0}', stderr.trim()) };
  } catch (error) {
    return { step, outcome: 'kept', why: say('{0}', reasonOf(error)) };
  }
}

async function whyNot(input: UndoInput): Promise<Message | undefined> {
  if (!input.guestIsBack) return say('it is not certain that the guest is on the source');
  if (!input.destinationIsClear) return say('the destination still holds the domain');
  if (!(await input.sourceIsQuiet())) return say('a job may still be active on the domain');
  return undefined;
}

async function undoStep({ plan, links, effects, signal }: UndoInput, step: Step): Promise<Undone> {
  const kept = (why: Message): Undone => ({ step: step.id, outcome: 'kept', why });
  const { undo } = step;
  if (undo === undefined) return kept(say('there is nothing to undo'));
  const before = effects.remembered.get(step.id);
  if (step.kind === 'create-image' && before === undefined) {
    return kept(say('it is not certain that this run created it'));
  }
  if (step.remembers === true && before === undefined) {
    return kept(say('it is not known how it was before'));
  }
  try {
    const command = before === undefined ? undo : { ...undo, stdin: `${before}\n` };
    const { code, stderr } = await links.exec(plan[step.on].host, command, {
      timeout: 30_000,
      signal,
    });
    if (code === 0) return { step: step.id, outcome: 'undone', why: say('the run failed') };
    return kept(say('{0}', stderr.trim()));
  } catch (error) {
    return kept(say('{0}', reasonOf(error)));
  }
}
