import { allRules } from '../rules/all.ts';
import { checkMigration } from '../rules/engine.ts';
import type { CheckInput, CheckResult } from '../rules/engine.ts';
import { ignoreWord } from '../rules/ignore-comments.ts';
import type { RuleDefinition } from '../rules/rule.ts';
import { Recent } from './recent.ts';

/** Milliseconds for which findings keep the level that the age of their facts gave them. */
const ageLimit = 30_000;

interface Known {
  readonly input: CheckInput;
  readonly result: CheckResult;
}

/**
 * Checks migrations like `checkMigration`, and remembers the last result of each document. When
 * nothing but other files (inventories, neighbours) has changed since, only the rules run again that
 * looked at them: a change of an inventory that hundreds of descriptors share costs little.
 * `capacity`: descriptors whose result is remembered.
 */
export function createChecker(
  capacity: number,
  rules: readonly RuleDefinition[] = allRules,
): (input: CheckInput) => CheckResult {
  const recent = new Recent<Known>(capacity);
  return (input) => {
    const { uri } = input.descriptor;
    const before = recent.get(uri);
    const result =
      before !== undefined && differsOnlyElsewhere(before, input)
        ? again(before.result, input, rules)
        : checkMigration(input, rules);
    recent.set(uri, {
      input: result === before?.result ? before.input : input,
      result,
    });
    return result;
  };
}

function differsOnlyElsewhere({ input: old, result }: Known, input: CheckInput): boolean {
  if (old.descriptor !== input.descriptor) return false;
  if (old.facts !== input.facts || old.levels !== input.levels) return false;
  if (old.domainXml !== input.domainXml) return false;
  // What a comment ignores, and whether it ignores anything, only all rules together can tell.
  if (input.descriptor.text.includes(ignoreWord)) return false;
  if (input.domainXml?.text.includes(ignoreWord) === true) return false;
  const isYoung = Math.abs((input.now ?? 0) - (old.now ?? 0)) < ageLimit;
  return result.problems.every(
    ({ code, evidence }) =>
      code !== 'rule-crashed' && (isYoung || evidence.every(({ at }) => at === undefined)),
  );
}

/** The result with what the rules that looked elsewhere say now in the place of what they said. */
function again(
  before: CheckResult,
  input: CheckInput,
  rules: readonly RuleDefinition[],
): CheckResult {
  const ids = before.elsewhere;
  const now = checkMigration(
    input,
    rules.filter(({ id }) => ids.has(id)),
  );
  const problems = now.problems.filter(({ code }) => ids.has(code) || code === 'rule-crashed');
  const said = before.problems.filter(({ code }) => ids.has(code));
  const waited = before.waiting.filter(({ id }) => ids.has(id));
  if (same(said, problems) && same(waited, now.waiting)) return before;
  return {
    ...before,
    problems: [...before.problems.filter(({ code }) => !ids.has(code)), ...problems],
    waiting: [...before.waiting.filter(({ id }) => !ids.has(id)), ...now.waiting],
    ran: [...before.ran.filter((id) => !ids.has(id)), ...now.ran],
  };
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && (a.length === 0 || JSON.stringify(a) === JSON.stringify(b));
}
