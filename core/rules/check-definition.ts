import type { MigrationDescriptor } from '../descriptor/descriptor.ts';
import { loadDescriptor } from '../descriptor/load.ts';
import type { Domain } from '../domain/domain.ts';
import type { FactTypes } from '../facts/keys.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { Fix, Problem } from '../problems.ts';
import type { ElementData } from '../xml/element-data.ts';
import { allRules } from './all.ts';
import { isQemu } from './devices/devices.ts';
import { crashOf } from './engine.ts';
import { applyIgnores } from './ignore.ts';
import type { Ignored, LinkedXml } from './ignore.ts';
import { severityOf } from './levels.ts';
import type { RuleLevel } from './levels.ts';
import type { FixSpec, MigrationView, Report, RuleCheck, RuleDefinition } from './rule.ts';
import { viewMigration } from './view.ts';

export interface DefinitionInput {
  readonly xml: LinkedXml;
  readonly domain: Domain;
  /** Levels that an editor's setting or the command line gives rules. */
  readonly levels?: ReadonlyMap<string, RuleLevel> | undefined;
}

/**
 * What keeps a guest from any live migration, found at the devices and elements of its definition
 * (see `RuleDefinition.byDefinition`). Information only, unless a level was chosen for the rule:
 * nobody has said that the guest is to move.
 */
export function checkDefinition(
  input: DefinitionInput,
  rules: readonly RuleDefinition[] = allRules,
): Ignored {
  const { xml, domain } = input;
  if (!isQemu(domain)) return { problems: [], suppressed: [] };
  const run = new Run(input);
  for (const each of rulesFor(domain.root.data, rulesByWord(rules))) run.rule(each);
  const { findings, crashes } = run;
  // Whether a comment ignores nothing only the migrations of the domain can tell.
  const { problems, suppressed } = applyIgnores({
    domainXml: xml,
    domain,
    rules,
    findings,
    ran: [],
  });
  return { problems: [...crashes, ...problems], suppressed };
}

/** Is it the id of a rule whose findings `checkDefinition` tells? */
export function shownByDefinition(id: string, rules = allRules): boolean {
  return rules.some((rule) => rule.id === id && rule.byDefinition !== undefined);
}

/** The rules of which a word is said in the definition, each once. */
function rulesFor(root: ElementData, byWord: RulesByWord): ReadonlySet<DefinitionRule> {
  const due = new Set<DefinitionRule>();
  const said = (word: string | undefined): void => {
    byWord.get(word ?? '')?.forEach((rule) => due.add(rule));
  };
  const look = (element: ElementData): void => {
    if (!saysAny(element, byWord)) return;
    const { name, words, children } = element;
    said(name);
    for (let at = 1; at < words.length; at += 2) said(words[at]);
    children.forEach(look);
  };
  look(root);
  return due;
}

/** Is any of the words said in the element? The answer is kept with it, as those of the grammar are. */
function saysAny(element: ElementData, byWord: RulesByWord): boolean {
  for (let known = element.judgement; known !== undefined; known = known.next)
    if (known.against === byWord) return known.holds;
  const { name, words, children } = element;
  const holds =
    byWord.has(name) ||
    words.some((word, at) => at % 2 === 1 && byWord.has(word)) ||
    children.some((each) => saysAny(each, byWord));
  element.judgement = { against: byWord, within: byWord, holds, next: element.judgement };
  return holds;
}

/** One check of one definition, rule after rule. */
class Run {
  readonly findings: Problem[] = [];
  readonly crashes: Problem[] = [];
  private readonly input: DefinitionInput;
  private readonly facts: FactTypes;
  private current: RuleDefinition | undefined = undefined;

  constructor(input: DefinitionInput) {
    this.input = input;
    // A body reads only what it needs, which is this.
    this.facts = { domain: input.domain } as FactTypes;
  }

  rule({ rule, body }: DefinitionRule): void {
    const { xml, domain, levels } = this.input;
    if (levels?.get(rule.id) === 'off') return;
    this.current = rule;
    try {
      body.check((anyMigration ??= imaginedMigration()), this.facts, this.report, nothing);
    } catch (error) {
      this.crashes.push(crashOf(rule.id, error, { uri: xml.uri, span: domain.root.nameSpan }));
    }
  }

  private readonly report = (found: Report): void => {
    const { current: rule } = this;
    const { xml, levels } = this.input;
    const [place, ...related] = (found.related ?? []).filter(({ uri }) => uri === xml.uri);
    if (rule === undefined || place === undefined) return;
    const level = levels?.get(rule.id) ?? 'off';
    this.findings.push({
      uri: xml.uri,
      span: place.span,
      code: rule.id,
      severity: level === 'off' ? 'info' : severityOf(found.severity, level, rule.severity),
      message: withHosts(found.message),
      related: related.map((each) => ({ ...each, message: withHosts(each.message) })),
      evidence: [],
      fixes: fixesWithin(found.fix, xml.uri),
    });
  };
}

function nothing(): void {
  // What a rule waits for besides the definition is asked for by migrations.
}

interface DefinitionRule {
  readonly rule: RuleDefinition;
  /** The rule itself, or what it can say of a domain while nothing else is known. */
  readonly body: RuleCheck;
}

type RulesByWord = ReadonlyMap<string, readonly DefinitionRule[]>;

const known = new WeakMap<readonly RuleDefinition[], RulesByWord>();

function rulesByWord(rules: readonly RuleDefinition[]): RulesByWord {
  let found = known.get(rules);
  if (found === undefined) known.set(rules, (found = byWord(rules)));
  return found;
}

function byWord(rules: readonly RuleDefinition[]): RulesByWord {
  const found = new Map<string, DefinitionRule[]>();
  for (const rule of rules) {
    const body = [rule, ...(rule.meanwhile ?? [])].find(needsOnlyDomain);
    if (body === undefined) continue;
    const each = { rule, body };
    for (const word of rule.byDefinition ?? []) {
      const same = found.get(word);
      if (same === undefined) found.set(word, [each]);
      else same.push(each);
    }
  }
  return found;
}

function needsOnlyDomain({ needs }: RuleCheck): boolean {
  return needs.every((name) => name === 'domain');
}

/** What stands for the two hosts until a message says them; no host has such a name. */
const source = '<source>';
const destination = '<destination>';

let anyMigration: MigrationView | undefined;

/** A migration of which nothing is said but that there are two hosts. */
function imaginedMigration(): MigrationView {
  const text = `apiVersion: livemigrate/v1\nkind: Migration\nsource: "${source}"\ndestination: "${destination}"\n`;
  const descriptor = loadDescriptor('livemigrate:any.migration.yaml', text);
  return viewMigration(descriptor as MigrationDescriptor);
}

function withHosts(message: Message): Message {
  const args = message.args.map((each) => {
    if (each === source) return say('its host');
    return each === destination ? say('the other host') : each;
  });
  return { text: message.text, args };
}

/** Of the repairs those that change the definition alone: there is no descriptor to change. */
function fixesWithin(fix: Report['fix'], uri: string): readonly Fix[] {
  const specs: readonly FixSpec[] = fix === undefined ? [] : Array.isArray(fix) ? fix : [fix];
  return specs.flatMap((spec) =>
    'edits' in spec && spec.edits.every((edit) => edit.uri === uri)
      ? [{ title: withHosts(spec.title), edits: spec.edits }]
      : [],
  );
}
