import { say } from '../../../core/messages.ts';
import type { Message } from '../../../core/messages.ts';
import type { Refusal } from '../../../core/planner/plan.ts';
import type { Problem, Severity } from '../../../core/problems.ts';
import type { SuppressedFinding } from '../../../core/rules/ignore.ts';
import { groupWaiting } from '../../../core/service/code-lenses.ts';
import type { WaitingFor } from '../../../core/service/code-lenses.ts';
import { formatDuration } from '../../../core/units/quantity.ts';
import { errorIcon, passedIcon, warningIcon } from '../node.ts';
import type { NodeIcon, ViewNode } from '../node.ts';
import type { TreeSource } from '../tree.ts';
import { passedRules } from './result.ts';
import type { PreflightResult } from './result.ts';

export type PreflightGroup =
  'errors' | 'warnings' | 'information' | 'waiting' | 'ignored' | 'off' | 'passed';

export type PreflightItem =
  { readonly kind: 'group'; readonly group: PreflightGroup } | { readonly kind: 'finding' };

type PreflightNode = ViewNode<PreflightItem>;

export interface PreflightWorld {
  readonly result: () => PreflightResult | undefined;
  /** The sentence that states a rule's constraint. */
  readonly summaryOf: (rule: string) => Message | undefined;
}

/** The rows of the Preflight view: what stands against a launch first, what passed last. */
export function preflightTreeSource({
  result,
  summaryOf,
}: PreflightWorld): TreeSource<PreflightItem> {
  return {
    roots() {
      const found = result();
      return found === undefined ? [] : groupNodes(found);
    },
    children({ item }) {
      const found = result();
      if (found === undefined || item.kind !== 'group') return [];
      return groupChildren(item.group, found, summaryOf);
    },
  };
}

interface GroupLook {
  readonly label: Message;
  readonly icon: NodeIcon;
  readonly open: boolean;
}

const looks: Readonly<Record<PreflightGroup, GroupLook>> = {
  errors: { label: say('Errors'), icon: errorIcon, open: true },
  warnings: { label: say('Warnings'), icon: warningIcon, open: true },
  information: { label: say('Information'), icon: { name: 'info' }, open: true },
  waiting: { label: say('Waiting'), icon: { name: 'watch' }, open: true },
  ignored: { label: say('Ignored by a comment'), icon: { name: 'mute' }, open: true },
  off: { label: say('Switched off'), icon: { name: 'circle-slash' }, open: false },
  passed: { label: say('Passed'), icon: passedIcon, open: false },
};

function groupNodes(result: PreflightResult): readonly PreflightNode[] {
  const groups = Object.keys(looks) as PreflightGroup[];
  return groups.flatMap((group): PreflightNode[] => {
    const count = countOf(group, result);
    if (count === 0) return [];
    const { label, icon, open } = looks[group];
    return [
      {
        // The state of being open belongs to one result: a new preflight shows its errors again.
        id: `${result.uri}/${String(result.at)}/${group}`,
        label,
        description: String(count),
        icon,
        context: `group+${group}`,
        children: open ? 'expanded' : 'collapsed',
        item: { kind: 'group', group },
      },
    ];
  });
}

function countOf(group: PreflightGroup, result: PreflightResult): number {
  switch (group) {
    case 'errors':
      return problemsOf(result, 'error').length + ownRefusals(result).length;
    case 'warnings':
      return problemsOf(result, 'warning').length;
    case 'information':
      return problemsOf(result, 'info').length + problemsOf(result, 'hint').length;
    case 'waiting':
      return result.waiting.length;
    case 'ignored':
      return result.ignored.length;
    case 'off':
      return result.off.length;
    case 'passed':
      return passedRules(result).length;
  }
}

function groupChildren(
  group: PreflightGroup,
  result: PreflightResult,
  summaryOf: PreflightWorld['summaryOf'],
): readonly PreflightNode[] {
  const id = `${result.uri}/${group}`;
  const problems = (...severities: Severity[]): readonly PreflightNode[] =>
    severities
      .flatMap((severity) => problemsOf(result, severity))
      .map((problem, index) => problemNode(`${id}/${String(index)}`, problem, result.at));
  const rules = (ids: readonly string[], icon: NodeIcon): readonly PreflightNode[] =>
    ids.map((rule) => ruleNode(`${id}/${rule}`, rule, summaryOf(rule), icon));
  switch (group) {
    case 'errors':
      return [
        ...problems('error'),
        ...ownRefusals(result).map((refusal, index) =>
          refusalNode(`${id}/refusal/${String(index)}`, refusal, result.uri),
        ),
      ];
    case 'warnings':
      return problems('warning');
    case 'information':
      return problems('info', 'hint');
    case 'waiting':
      return groupWaiting(result.waiting).map((waiting, index) =>
        waitingNode(`${id}/${String(index)}`, waiting),
      );
    case 'ignored':
      return result.ignored.map((finding, index) => ignoredNode(`${id}/${String(index)}`, finding));
    case 'off':
      return rules(result.off, { name: 'circle-slash' });
    case 'passed':
      return rules(passedRules(result), passedIcon);
  }
}

function problemsOf({ problems }: PreflightResult, severity: Severity): readonly Problem[] {
  return problems.filter((problem) => problem.severity === severity);
}

/** The planner repeats what the rules said; only what it found by itself is listed beside it. */
function ownRefusals({ refusals, problems }: PreflightResult): readonly Refusal[] {
  const said = new Set(problems.map(({ code, message }) => JSON.stringify([code, message])));
  return refusals.filter(({ code, message }) => !said.has(JSON.stringify([code, message])));
}

const severityIcons: Readonly<Record<Severity, NodeIcon>> = {
  error: errorIcon,
  warning: warningIcon,
  info: { name: 'info' },
  hint: { name: 'history' },
};

function problemNode(id: string, problem: Problem, now: number): PreflightNode {
  return {
    id,
    label: problem.message,
    description: problem.code,
    tooltip: [problem.message, ...evidenceTexts(problem, now)],
    icon: severityIcons[problem.severity],
    context: 'finding',
    command: { id: 'liveMigrate.problem.show', arguments: [problem.uri, problem.span] },
    item: { kind: 'finding' },
  };
}

/** Its reason is what a reader has to agree with; a click leads to the comment. */
function ignoredNode(id: string, { problem, reason, at }: SuppressedFinding): PreflightNode {
  return {
    id,
    label: problem.message,
    description: `${problem.code}: ${reason}`,
    icon: { name: 'mute' },
    context: 'finding',
    command: { id: 'liveMigrate.problem.show', arguments: [at.uri, at.span] },
    item: { kind: 'finding' },
  };
}

/** What a finding rests on: host, command and age. */
function evidenceTexts({ evidence }: Problem, now: number): readonly Message[] {
  return evidence.flatMap(({ host, from, at }): readonly Message[] => {
    if (host === undefined) return [];
    if (at === undefined) return [say('{0} said so: {1}', host, from)];
    return [say('{0} said so {1} ago: {2}', host, formatDuration(Math.max(0, now - at)), from)];
  });
}

function refusalNode(id: string, refusal: Refusal, uri: string): PreflightNode {
  return {
    id,
    label: refusal.message,
    description: refusal.code,
    icon: errorIcon,
    context: 'finding',
    command: { id: 'liveMigrate.problem.show', arguments: [uri, undefined, refusal.path] },
    item: { kind: 'finding' },
  };
}

function waitingNode(id: string, { host, why, rules }: WaitingFor): PreflightNode {
  return {
    id,
    label: why,
    description: rules.join(', '),
    tooltip: rules,
    icon: { name: 'watch' },
    context: 'finding+waiting',
    ...(host === undefined
      ? {}
      : { command: { id: 'liveMigrate.host.refresh', arguments: [host] } }),
    item: { kind: 'finding' },
  };
}

function ruleNode(
  id: string,
  rule: string,
  summary: Message | undefined,
  icon: NodeIcon,
): PreflightNode {
  return {
    id,
    label: summary ?? rule,
    ...(summary === undefined ? {} : { description: rule }),
    icon,
    context: 'rule',
    item: { kind: 'finding' },
  };
}
