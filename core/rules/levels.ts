import { say } from '../messages.ts';
import type { Problem, Severity } from '../problems.ts';
import { nearestName } from '../text/nearest.ts';
import type { MigrationView, RuleDefinition } from './rule.ts';

/** How bad findings of a rule are; `off`: the rule is not run. */
export type RuleLevel = 'error' | 'warning' | 'info' | 'off';

/**
 * Who chose another level for a rule than its own. What stands nearer to the migration wins: one
 * chosen outside the file (an editor's setting, the command line), then the file's `rules:`. A
 * comment on a line (`livemigrate-ignore`) comes after both.
 */
export type LevelChooser = 'outside' | 'file';

export interface ChosenLevel {
  readonly level: RuleLevel;
  readonly by: LevelChooser;
}

/** A rule whose findings count for less than the rule itself says. */
export interface LoweredRule {
  readonly id: string;
  readonly own: RuleDefinition['severity'];
  readonly level: RuleLevel;
  readonly by: LevelChooser;
}

const ranks: Readonly<Record<Severity | 'off', number>> = {
  off: -1,
  hint: 0,
  info: 1,
  warning: 2,
  error: 3,
};

/** The level that was chosen for a rule, by the file or else outside of it; undefined: its own. */
export function chooseLevels(
  view: MigrationView,
  outside: ReadonlyMap<string, RuleLevel> | undefined,
): (rule: RuleDefinition) => ChosenLevel | undefined {
  const entries = view.model.rules?.entries ?? [];
  const inFile = new Map(entries.map(({ key, value }) => [key.value, value.value]));
  return (rule) => {
    const file = inFile.get(rule.id);
    if (file !== undefined) return { level: file, by: 'file' };
    const other = outside?.get(rule.id);
    return other === undefined ? undefined : { level: other, by: 'outside' };
  };
}

/** The rule as lowered by somebody; undefined when it counts for as much as it says, or more. */
export function loweredBy(
  { id, severity }: RuleDefinition,
  { level, by }: ChosenLevel,
): LoweredRule | undefined {
  if (ranks[level] >= ranks[severity]) return undefined;
  return { id, own: severity, level, by };
}

/**
 * Of levels that were chosen outside the file, those that make a rule stricter. A launch takes only
 * these: whoever reviews the file must see in it what it lets pass.
 */
export function raisingLevels(
  levels: ReadonlyMap<string, RuleLevel>,
  rules: readonly RuleDefinition[],
): ReadonlyMap<string, RuleLevel> {
  const own = new Map(rules.map(({ id, severity }) => [id, severity]));
  const raising = [...levels].filter(([id, level]) => {
    const severity = own.get(id);
    return severity !== undefined && ranks[level] > ranks[severity];
  });
  return new Map(raising);
}

/**
 * A finding that says it is milder (or graver) than its rule keeps that, except that the level the
 * rule was given is a ceiling for it.
 */
export function severityOf(
  reported: Severity | undefined,
  level: Severity,
  own: Severity,
): Severity {
  if (reported === undefined) return level;
  if (level === own) return reported;
  return ranks[reported] < ranks[level] ? reported : level;
}

/** The message, and the name that is probably meant, for an id that no rule has. */
export function unknownRule(
  id: string,
  rules: readonly RuleDefinition[],
): { readonly message: Problem['message']; readonly near: string | undefined } | undefined {
  const ids = rules.map((rule) => rule.id);
  if (ids.includes(id)) return undefined;
  const near = nearestName(id, ids);
  const message =
    near === undefined
      ? say('There is no rule “{0}”, so this level has no effect.', id)
      : say('There is no rule “{0}”; is “{1}” meant?', id, near);
  return { message, near };
}

/** Levels for rules that do not exist, as problems of the file's `rules:`. */
export function unknownRuleIds(
  view: MigrationView,
  rules: readonly RuleDefinition[],
): readonly Problem[] {
  const { uri } = view.descriptor;
  return (view.model.rules?.entries ?? []).flatMap(({ key }): Problem[] => {
    const unknown = unknownRule(key.value, rules);
    if (unknown === undefined) return [];
    const { message, near } = unknown;
    return [
      {
        uri,
        span: key.span,
        code: 'unknown-rule',
        severity: 'error',
        message,
        related: [],
        evidence: [],
        fixes:
          near === undefined
            ? []
            : [
                {
                  title: say('Rename to “{0}”', near),
                  edits: [{ uri, span: key.span, newText: near }],
                },
              ],
      },
    ];
  });
}
