import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { WaitingRule } from '../rules/engine.ts';
import type { Span } from '../text/span.ts';
import { migrationOf } from './context.ts';
import type { ServiceContext } from './context.ts';
import { commands } from './protocol.ts';

export interface CodeLens {
  readonly span: Span;
  readonly title: Message;
  /** Becomes the last argument of the title once it is rendered itself. */
  readonly reason?: Message;
  readonly command: string;
  readonly arguments: readonly string[];
}

/** What can be done with a migration, and which checks wait for which host. */
export function codeLenses(
  context: ServiceContext,
  waiting: readonly WaitingRule[],
): readonly CodeLens[] {
  const around = migrationOf(context);
  if (around === undefined) return [];
  const { descriptor } = around;
  const span = descriptor.has(['domain']) ? descriptor.at(['domain']) : descriptor.at(['kind']);
  const lens = (title: Message, command: string): CodeLens => ({
    span,
    title,
    command,
    arguments: [context.uri],
  });
  const actions = [
    lens(say('Preflight'), commands.preflight),
    lens(say('Benchmark dirty rate'), commands.benchmark),
    lens(say('Preview'), commands.preview),
    lens(say('Launch'), commands.launch),
  ];
  return [...actions, ...waitingLenses(waiting, span)];
}

/** Rules that wait for one host for one reason. */
export interface WaitingFor {
  readonly host: string | undefined;
  readonly why: Message;
  readonly rules: readonly string[];
}

/** Groups waiting rules by host and reason, each rule once, by the first fact it lacks. */
export function groupWaiting(waiting: readonly WaitingRule[]): readonly WaitingFor[] {
  const groups = new Map<string, { host: string | undefined; why: Message; rules: string[] }>();
  for (const rule of waiting) {
    const fact = rule.facts[0];
    if (fact === undefined) continue;
    const key = JSON.stringify([fact.host, fact.why]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { host: fact.host, why: fact.why, rules: [rule.id] });
    else group.rules.push(rule.id);
  }
  return [...groups.values()];
}

function waitingLenses(waiting: readonly WaitingRule[], span: Span): readonly CodeLens[] {
  return groupWaiting(waiting).map(({ host, why, rules }) => {
    const one = rules.length === 1;
    const title =
      host === undefined
        ? one
          ? say('{0} check waits: {1}', rules.length)
          : say('{0} checks wait: {1}', rules.length)
        : one
          ? say('{0} check waits for {1}: {2}', rules.length, host)
          : say('{0} checks wait for {1}: {2}', rules.length, host);
    return {
      span,
      title,
      reason: why,
      command: host === undefined ? '' : commands.refreshHost,
      arguments: host === undefined ? [] : [host],
    };
  });
}
