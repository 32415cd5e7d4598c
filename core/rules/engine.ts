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
  /** Ids of the rules that looked at inventories or neighbours: the others say the same without. */
  readonly elsewhere: ReadonlySet<string>;
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
  const elsewhere = new Set<string>();
  let current = '';
  const view = viewMigration(input.descriptor, {
    inventories: input.inventories,
    neighbours: input.neighbours,
    looked: () => elsewhere.add(current),
  });
  const levelOf = chooseLevels(view, input.levels);
  const run = new Run(view, input);
  const ran: string[] = [];
  const off: string[] = [];
  const lowered: LoweredRule[] = [];
  for (const rule of rules) {
    const chosen = levelOf(rule);
    const less = chosen === undefined ? undefined : loweredBy(rule, chosen);
    if (less !== undefined) lowered.push(less);
    const level = chosen?.level ?? rule.severity;
    if (level === 'off') {
      off.push(rule.id);
      continue;
    }
    current = rule.id;
    if (run.rule(rule, level)) ran.push(rule.id);
  }
  const { problems, suppressed } = applyIgnores({
    descriptor: input.descriptor,
    domainXml: input.domainXml,
    domain: input.facts.domain.known ? input.facts.domain.value : undefined,
    rules,
    findings: run.findings,
    ran,
  });
  return {
    problems: [...unknownRuleIds(view, rules), ...run.crashes, ...problems],
    waiting: run.waiting,
    ran,
    off,
    lowered,
    suppressed,
    elsewhere,
  };
}

type Level = WaitingRule['severity'];

/** One check of one migration: rule after rule, and what they say. */
class Run {
  readonly findings: Problem[] = [];
  readonly crashes: Problem[] = [];
  readonly waiting: WaitingRule[] = [];
  private readonly view: MigrationView;
  private readonly input: CheckInput;
  /** The values of all known facts; a body reads only those that it needs, its type says so. */
  private readonly values: FactTypes;
  /** Each unknown fact once: many rules wait for the same. */
  private readonly unknown = new Map<FactName, WaitingFact>();

  constructor(view: MigrationView, input: CheckInput) {
    this.view = view;
    this.input = input;
    const values: Partial<Record<FactName, unknown>> = {};
    for (const name of Object.keys(input.facts) as FactName[]) {
      const fact: Fact<unknown> = input.facts[name];
      if (fact.known) values[name] = fact.value;
      else this.unknown.set(name, { name, why: fact.why, host: fact.host });
    }
    this.values = values as FactTypes;
  }

  /** Runs a rule, or what it can say meanwhile. True: all its facts were known, and it came to its end. */
  rule(rule: RuleDefinition, level: Level): boolean {
    const missing = this.missing(rule.needs);
    const body = missing.length === 0 ? rule : this.meanwhile(rule);
    if (body !== undefined && !this.body(rule, body, level, missing)) return false;
    if (missing.length === 0) return true;
    this.waiting.push({ id: rule.id, severity: level, facts: missing });
    return false;
  }

  private meanwhile({ meanwhile = [] }: RuleDefinition): RuleCheck | undefined {
    return meanwhile.find(({ needs }) => !needs.some((name) => this.unknown.has(name)));
  }

  private missing(needs: readonly FactName[]): WaitingFact[] {
    const missing: WaitingFact[] = [];
    for (const name of needs) {
      const fact = this.unknown.get(name);
      if (fact !== undefined) missing.push(fact);
    }
    return missing;
  }

  /** Adds to `missing` what the body waits for by itself. False: it fell over. */
  private body(
    rule: RuleDefinition,
    body: RuleCheck,
    level: Level,
    missing: WaitingFact[],
  ): boolean {
    try {
      body.check(
        this.view,
        this.values,
        (report) => this.findings.push(toProblem(report, { rule, body, level, input: this.input })),
        (name, why) => missing.push({ name, why, host: this.input.facts[name].host }),
      );
      return true;
    } catch (error) {
      const at = { uri: this.view.descriptor.uri, span: this.view.at([]) };
      this.crashes.push(crashOf(rule.id, error, at));
      return false;
    }
  }
}

interface Reporting {
  readonly rule: RuleDefinition;
  readonly body: RuleCheck;
  readonly level: Level;
  readonly input: CheckInput;
}

function toProblem(report: Report, { rule, body, level, input }: Reporting): Problem {
  const named = report.evidence ?? body.needs;
  for (const name of named) {
    if (!body.needs.includes(name))
      throw new Error(`it names evidence that it does not need: ${name}`);
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
export function crashOf(id: string, error: unknown, { uri, span }: Location): Problem {
  const text = error instanceof Error ? error.message : String(error);
  return {
    uri,
    span,
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
