import { editDescriptor } from '../descriptor/edit.ts';
import type { InventoryDescriptor, MigrationDescriptor } from '../descriptor/descriptor.ts';
import type { Fact } from '../facts/fact.ts';
import type { FactName, FactTypes, MigrationFacts } from '../facts/keys.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { Evidence, Fix, Problem, Severity, TextEdit } from '../problems.ts';
import type { Location, Span } from '../text/span.ts';
import { allRules } from './all.ts';
import type { Claims } from './claims.ts';
import { applyIgnores } from './ignore.ts';
import type { LinkedXml, SuppressedFinding } from './ignore.ts';
import { chooseLevels, loweredBy, severityOf, unknownRule, unknownRuleIds } from './levels.ts';
import type { LoweredRule, RuleLevel } from './levels.ts';
import type { FixSpec, MigrationView, Report, RuleCheck, RuleDefinition } from './rule.ts';
import { viewMigration } from './view.ts';

/** A rule that could not run, and why: shown as one code lens, never a guess and never silence. */
export interface WaitingRule {
  readonly id: string;
  /** How bad its finding would be: the level that was chosen for it, else the rule's own. */
  readonly severity: Exclude<Severity, 'hint'>;
  readonly facts: readonly WaitingFact[];
}

export interface WaitingFact {
  readonly name: FactName;
  readonly why: Message;
  readonly host: string | undefined;
}

export interface CheckResult {
  readonly problems: readonly Problem[];
  readonly waiting: readonly WaitingRule[];
  /** Ids of rules that ran to their end. */
  readonly ran: readonly string[];
  /** Ids of rules that are switched off. */
  readonly off: readonly string[];
  /** Rules that count for less than they say, those that are off included, and who chose that. */
  readonly lowered: readonly LoweredRule[];
  /** Findings that a comment with a reason ignores; none of them is in `problems`. */
  readonly suppressed: readonly SuppressedFinding[];
}

export interface CheckInput {
  readonly descriptor: MigrationDescriptor;
  readonly facts: MigrationFacts;
  /** Epoch milliseconds; a finding on facts older than `preflight.maxAge` becomes a hint. */
  readonly now: number | undefined;
  /** Inventories that apply to the descriptor, nearest first; absent when there is none. */
  readonly inventories?: readonly InventoryDescriptor[] | undefined;
  /** Other migrations that claim what this one claims; absent when nobody looked for them. */
  readonly neighbours?: readonly Claims[] | undefined;
  /**
   * Levels chosen outside the file: an editor's setting, the command line. The file's own `rules:`
   * wins over them. Ids that no rule has are ignored here; see `unknownLevels`.
   */
  readonly levels?: ReadonlyMap<string, RuleLevel> | undefined;
  /** The file of `domainXml`: its comments can ignore findings, too. */
  readonly domainXml?: LinkedXml | undefined;
}

/** Milliseconds; the default of `preflight.maxAge`. */
const defaultMaxAge = 600_000;

/**
 * Runs every rule whose facts are known over one migration. A rule whose facts are not known is
 * waiting; a rule that throws becomes a problem of its own and the others go on.
 */
export function checkMigration(
  input: CheckInput,
  rules: readonly RuleDefinition[] = allRules,
): CheckResult {
  const view = viewMigration(input.descriptor, input.inventories, input.neighbours);
  const levelOf = chooseLevels(view, input.levels);
  const findings: Problem[] = [];
  const crashes: Problem[] = [];
  const waiting: WaitingRule[] = [];
  const ran: string[] = [];
  const off: string[] = [];
  const lowered: LoweredRule[] = [];
  for (const rule of rules) {
    const chosen = levelOf(rule);
    const { level } = chosen;
    const less = loweredBy(rule, chosen);
    if (less !== undefined) lowered.push(less);
    if (level === 'off') {
      off.push(rule.id);
      continue;
    }
    const missing = missingFacts(rule.needs, input.facts);
    const body = [rule, ...(rule.meanwhile ?? [])].find(
      ({ needs }) => missingFacts(needs, input.facts).length === 0,
    );
    if (body !== undefined) {
      const outcome = runRule(rule, body, level, { view, input });
      findings.push(...outcome.problems);
      missing.push(...outcome.waiting);
      if (outcome.crash !== undefined) {
        crashes.push(outcome.crash);
        continue;
      }
    }
    if (missing.length > 0) {
      waiting.push({ id: rule.id, severity: level, facts: missing });
    } else ran.push(rule.id);
  }
  const { problems, suppressed } = applyIgnores({
    descriptor: input.descriptor,
    domainXml: input.domainXml,
    domain: input.facts.domain.known ? input.facts.domain.value : undefined,
    rules,
    findings,
    ran,
  });
  return {
    problems: [...unknownRuleIds(view, rules), ...crashes, ...problems],
    waiting,
    ran,
    off,
    lowered,
    suppressed,
  };
}

interface Outcome {
  readonly problems: readonly Problem[];
  readonly waiting: readonly WaitingFact[];
  readonly crash: Problem | undefined;
}

interface Context {
  readonly view: MigrationView;
  readonly input: CheckInput;
}

function runRule(
  rule: RuleDefinition,
  body: RuleCheck,
  level: Severity,
  context: Context,
): Outcome {
  const problems: Problem[] = [];
  const waiting: WaitingFact[] = [];
  const { facts } = context.input;
  try {
    body.check(
      context.view,
      knownValues(body.needs, facts),
      (report) => problems.push(toProblem(report, rule, level, { ...context, needs: body.needs })),
      (name, why) => waiting.push({ name, why, host: facts[name].host }),
    );
    return { problems, waiting, crash: undefined };
  } catch (error) {
    return { problems, waiting, crash: crashOf(rule.id, error, context.view) };
  }
}

function toProblem(
  report: Report,
  rule: RuleDefinition,
  level: Severity,
  context: Context & { readonly needs: readonly FactName[] },
): Problem {
  const { input, needs } = context;
  const named = report.evidence ?? needs;
  for (const name of named) {
    if (!needs.includes(name)) throw new Error(`it names evidence that it does not need: ${name}`);
  }
  const place = located(report.at, input.descriptor.uri);
  checkSpan(place, input);
  const related = report.related ?? [];
  related.forEach((one) => {
    checkSpan(one, input);
  });
  const evidence = named.flatMap((name) => evidenceOf(name, input.facts[name]));
  return {
    ...place,
    code: rule.id,
    severity: isStale(evidence, input) ? 'hint' : severityOf(report.severity, level, rule.severity),
    message: report.message,
    related,
    evidence,
    fixes: fixesOf(report.fix, input),
  };
}

function located(at: Span | Location, uri: string): Location {
  return 'uri' in at ? { uri: at.uri, span: at.span } : { uri, span: at };
}

/** A span outside its text is a mistake of the rule and must not reach an editor. */
function checkSpan({ uri, span }: Location, { descriptor, facts }: CheckInput): void {
  const length =
    uri === descriptor.uri
      ? descriptor.text.length
      : facts.domain.known && uri === facts.domain.value.uri
        ? facts.domain.value.root.span.end
        : Infinity;
  if (!(span.start >= 0 && span.start <= span.end && span.end <= length)) {
    throw new Error(`it reports a range outside its text: ${span.start}-${span.end} in ${uri}`);
  }
}

function fixesOf(fix: Report['fix'], input: CheckInput): readonly Fix[] {
  const specs: readonly FixSpec[] = fix === undefined ? [] : isList(fix) ? fix : [fix];
  return specs.flatMap((spec) => {
    const edits = editsOf(spec, input.descriptor);
    edits.forEach((edit) => {
      checkSpan(edit, input);
    });
    return edits.length === 0 ? [] : [{ title: spec.title, edits }];
  });
}

/** All edits of a repair, or none when one part does not apply or two parts collide. */
function editsOf(spec: FixSpec, descriptor: MigrationDescriptor): readonly TextEdit[] {
  if (!('changes' in spec)) return editDescriptor(descriptor, spec);
  const parts = spec.changes.map((change) => editDescriptor(descriptor, change));
  if (parts.some((edits) => edits.length === 0)) return [];
  const edits = parts.flat();
  const sorted = edits.toSorted((a, b) => a.span.start - b.span.start);
  const collide = sorted.some((edit, index) => {
    const next = sorted[index + 1];
    return next?.uri === edit.uri && next.span.start < Math.max(edit.span.end, edit.span.start + 1);
  });
  return collide ? [] : edits;
}

function isList(fix: FixSpec | readonly FixSpec[]): fix is readonly FixSpec[] {
  return Array.isArray(fix);
}

function evidenceOf(name: FactName, fact: Fact<unknown>): readonly Evidence[] {
  if (!fact.known) return [];
  return [{ fact: name, host: fact.host, from: fact.from, at: fact.at }];
}

function isStale(evidence: readonly Evidence[], { now, descriptor }: CheckInput): boolean {
  if (now === undefined) return false;
  const maxAge = descriptor.migration.preflight?.maxAge?.value.amount ?? defaultMaxAge;
  return evidence.some(({ at }) => at !== undefined && now - at > maxAge);
}

function missingFacts(needs: readonly FactName[], facts: MigrationFacts): WaitingFact[] {
  const missing: WaitingFact[] = [];
  for (const name of needs) {
    const fact: Fact<unknown> = facts[name];
    if (!fact.known) missing.push({ name, why: fact.why, host: fact.host });
  }
  return missing;
}

function knownValues(needs: readonly FactName[], facts: MigrationFacts): FactTypes {
  const values: Partial<Record<FactName, unknown>> = {};
  for (const name of needs) {
    const fact: Fact<unknown> = facts[name];
    if (fact.known) values[name] = fact.value;
  }
  // A body reads only what it needs (its type says so), and all of that is in here.
  return values as FactTypes;
}

/** A level from outside the file for a rule that does not exist. */
export interface UnknownLevel {
  readonly id: string;
  readonly message: Message;
  /** The id that is probably meant. */
  readonly near: string | undefined;
}

/** Levels chosen outside the file for rules that do not exist; whoever chose them should be told. */
export function unknownLevels(
  levels: ReadonlyMap<string, RuleLevel>,
  rules: readonly RuleDefinition[] = allRules,
): readonly UnknownLevel[] {
  return [...levels.keys()].flatMap((id) => {
    const unknown = unknownRule(id, rules);
    return unknown === undefined ? [] : [{ id, ...unknown }];
  });
}

/** A rule that fell over: an error, because what it would have found is not known. */
function crashOf(id: string, error: unknown, view: MigrationView): Problem {
  const text = error instanceof Error ? error.message : String(error);
  return {
    uri: view.descriptor.uri,
    span: view.at([]),
    code: 'rule-crashed',
    severity: 'error',
    message: say(
      'The check “{0}” failed and proved nothing: {1}. Please report this; until it is mended, verify by hand what the check is about.',
      id,
      text,
    ),
    related: [],
    evidence: [],
    fixes: [],
  };
}
