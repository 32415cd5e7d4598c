import { english, render } from '../messages.ts';
import type { Translate } from '../messages.ts';
import type { Command } from '../virsh/command.ts';
import { quoteArgv } from '../virsh/quote.ts';
import { domainFiles } from '../virsh/migrate.ts';
import type { DestinationXml, Plan, Step } from './plan.ts';

/**
 * The plan as a shell script to read: who runs what, why, and how it is undone. Every comment is
 * one line whatever it quotes, so that no name can smuggle a command into the script.
 */
export function renderPlanAsShell(plan: Plan, translate: Translate = english): string {
  const lines: string[] = [];
  const comment = (text: string): void => {
    lines.push(`# ${text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}`.trimEnd());
  };
  const { source, destination } = plan;
  comment(`${plan.domain} (${plan.domainUuid}): ${source.host} -> ${destination.host}`);
  comment(`plan ${plan.digest}`);
  for (const disk of plan.disks) {
    comment(
      `disk ${disk.target}: ${disk.action}${disk.source === undefined ? '' : ` ${disk.source}`}`,
    );
  }
  for (const assumption of plan.assumptions) comment(`? ${render(assumption, translate)}`);
  for (const { id, why } of plan.skippedChecks) comment(`- [${id}] ${render(why, translate)}`);
  for (const step of plan.steps) renderStep(step);
  return `${lines.join('\n')}\n`;

  function renderStep(step: Step): void {
    lines.push('');
    const host = step.on === 'source' ? source.host : destination.host;
    comment(`[${step.id} @ ${host}] ${render(step.why, translate)}`);
    comment(render(step.effect, translate));
    if (step.kind === 'launch' && plan.abortAfter !== undefined) {
      comment(`${String(plan.abortAfter / 1000)} s: ${shellLine(plan.watch.cancel)}`);
    }
    if (step.destinationXml !== undefined) renderXml(step.destinationXml);
    if (step.inputFrom !== undefined) comment(`<${step.inputFrom}`);
    lines.push(shellLine(step.command));
    if (step.undo !== undefined) commentCommand('undo', step.undo);
    if (step.cancel !== undefined) commentCommand('cancel', step.cancel);
  }

  function renderXml({ live, definition, moved }: DestinationXml): void {
    const places = moved
      .filter(({ from, to }) => from.path !== to.path || from.type !== to.type)
      .map(({ target, from, to }) => `${target}: ${from.path} -> ${to.path} (${to.type})`);
    comment(`${domainFiles.live}: ${shellLine(live)}`);
    if (definition !== undefined) comment(`${domainFiles.persistent}: ${shellLine(definition)}`);
    for (const place of places) comment(place);
  }

  function commentCommand(label: string, command: Command): void {
    for (const [index, line] of shellLine(command).split('\n').entries()) {
      comment(index === 0 ? `${label}: ${line}` : line);
    }
  }
}

/** A command as one would type it, with what it reads on standard input. */
export function shellLine({ argv, stdin }: Command): string {
  return stdin === undefined
    ? quoteArgv(argv)
    : `printf %s ${quoteArgv([stdin])} | ${quoteArgv(argv)}`;
}
