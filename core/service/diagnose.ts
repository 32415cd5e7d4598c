import type { MigrationDescriptor } from '../descriptor/descriptor.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { Problem, SyntaxProblem } from '../problems.ts';
import { checkDefinition } from '../rules/check-definition.ts';
import type { WaitingRule } from '../rules/engine.ts';
import type { Ignored, SuppressedFinding } from '../rules/ignore.ts';
import type { Located } from '../text/span.ts';
import { documentKind } from './document-kind.ts';
import { isUri } from './host-name.ts';
import { createParseCache } from './parse-cache.ts';
import type { DomainXml, ParseCache } from './parse-cache.ts';
import { surroundingsOf } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';
import type { Workspace } from './workspace.ts';

export interface Diagnosis {
  /** Everything found, in this document and in those it refers to. */
  readonly problems: readonly Problem[];
  /** The same by the document that each problem stands in. */
  readonly problemsByDocument: ReadonlyMap<string, readonly Problem[]>;
  /** Rules that could not run yet, and why. */
  readonly waiting: readonly WaitingRule[];
  /** Findings that a comment with a reason ignores; in `problems` there is none of them. */
  readonly suppressed?: readonly SuppressedFinding[];
  /** Documents whose change can change this diagnosis, itself excepted. */
  readonly dependsOn: readonly string[];
}

/**
 * Checks one document: a descriptor with all it refers to, or domain XML by itself. A document that
 * is neither, or that is not there, has no problems. Never throws on any text.
 */
export function diagnose(
  uri: string,
  workspace: Workspace,
  cache: ParseCache = createParseCache(),
  languageId?: string,
): Diagnosis {
  const text = workspace.read(uri);
  if (text === undefined) return diagnosis(uri, [], [], []);
  switch (documentKind(uri, languageId, text)) {
    case 'descriptor':
      return diagnoseDescriptor(uri, text, workspace, cache);
    case 'domain-xml': {
      const xml = cache.domainXml(uri, text);
      const grammar = workspace.grammar?.();
      const faults = grammar === undefined ? [] : cache.grammar.problems(xml, grammar);
      const { problems, suppressed } = definitionProblems(xml, workspace);
      const own = [...xml.problems, ...faults].map((problem) => placed(problem, uri));
      return { ...diagnosis(uri, [...own, ...problems], [], []), suppressed };
    }
    case undefined:
      return diagnosis(uri, [], [], []);
  }
}

/** Of a text that is not well-formed only this is told, not what its author seems to mean. */
function definitionProblems(xml: DomainXml, workspace: Workspace): Ignored {
  const { domain, document } = xml;
  if (domain === undefined || document.problems.some(({ severity }) => severity === 'error'))
    return { problems: [], suppressed: [] };
  return checkDefinition({ xml, domain, levels: workspace.levels?.() });
}

function diagnoseDescriptor(
  uri: string,
  text: string,
  workspace: Workspace,
  cache: ParseCache,
): Diagnosis {
  const descriptor = cache.descriptor(uri, text);
  if (descriptor.kind !== 'Migration') return diagnosis(uri, descriptor.problems, [], []);
  const around = surroundingsOf(descriptor, workspace, cache);
  const dependsOn = [
    ...around.inventories.map((inventory) => inventory.uri),
    ...(around.domainXmlUri === undefined ? [] : [around.domainXmlUri]),
  ];
  const own = [
    ...descriptor.problems,
    ...linkProblems(around),
    ...inventoryProblems(around, workspace),
  ];
  // What a broken text seems to say is not what its author means: mend the YAML first.
  if (descriptor.tree.problems.some((problem) => problem.severity === 'error')) {
    return diagnosis(uri, own, [], dependsOn);
  }
  const { facts, inventories } = around;
  const checked = cache.check({
    descriptor,
    facts,
    // Without any inventory nobody can say that a host is unknown.
    inventories: inventories.length === 0 ? undefined : inventories,
    neighbours: workspace.neighbours?.(uri),
    levels: workspace.levels?.(),
    domainXml: around.domainXml,
    now: workspace.now(),
  });
  const problems = checked.problems.map((problem) =>
    withinReach(problem, descriptor, around, workspace),
  );
  return {
    ...diagnosis(uri, [...own, ...problems], checked.waiting, dependsOn),
    suppressed: checked.suppressed,
  };
}

/** The `domainXml` file is missing, or broken. */
function linkProblems(around: Surroundings): readonly Problem[] {
  const { descriptor, domainXmlUri, domainXml } = around;
  const link = descriptor.migration.domainXml;
  if (link === undefined || domainXmlUri === undefined) return [];
  if (domainXml === undefined) {
    const message = say(
      '{0} cannot be read: there is no such file, or it is not a file that may be read.',
      link.value,
    );
    return [errorAt(descriptor, link, 'domain-xml-missing', message)];
  }
  const first = domainXml.problems.find((problem) => problem.severity === 'error');
  if (first === undefined && domainXml.domain !== undefined) return [];
  const message =
    domainXml.domain === undefined
      ? say('{0} is not domain XML: its root element must be <domain>.', link.value)
      : say('{0} has errors; the checks of this migration may not see all of it.', link.value);
  const related = {
    uri: domainXmlUri,
    span: first?.span ?? { start: 0, end: 0 },
    message: first?.message ?? say('The file is here.'),
  };
  return [{ ...errorAt(descriptor, link, 'domain-xml-unreadable', message), related: [related] }];
}

/** Names that cannot be looked up because there is no inventory at all. */
function inventoryProblems(around: Surroundings, workspace: Workspace): readonly Problem[] {
  const { descriptor, inventories } = around;
  if (inventories.length > 0) return [];
  const { source, destination } = descriptor.migration;
  const snapshot = workspace.facts();
  return [source, destination].flatMap((named): readonly Problem[] => {
    if (named === undefined || isUri(named.value)) return [];
    if (snapshot !== undefined && Object.hasOwn(snapshot.hosts, named.value)) return [];
    const message = say(
      'No inventory says how to reach {0}: in this folder and above it there is no *.migration.yaml of kind HostInventory.',
      named.value,
    );
    return [{ ...errorAt(descriptor, named, 'inventory-missing', message), severity: 'info' }];
  });
}

function errorAt(
  { uri }: MigrationDescriptor,
  { span }: Located<string>,
  code: string,
  message: Message,
): Problem {
  return { uri, span, code, severity: 'error', message, related: [], evidence: [], fixes: [] };
}

/**
 * A finding in a document that nobody can open (the live XML of a host) would be shown nowhere:
 * it moves to the name of the domain and points to its origin.
 */
function withinReach(
  problem: Problem,
  descriptor: MigrationDescriptor,
  around: Surroundings,
  workspace: Workspace,
): Problem {
  const reachable = [
    descriptor.uri,
    around.domainXmlUri,
    ...around.inventories.map((inventory) => inventory.uri),
  ];
  if (reachable.includes(problem.uri) && workspace.read(problem.uri) !== undefined) return problem;
  const origin = {
    uri: problem.uri,
    span: problem.span,
    message: say('The finding is about this place.'),
  };
  return {
    ...problem,
    uri: descriptor.uri,
    span: descriptor.at(['domain']),
    related: [origin, ...problem.related],
  };
}

function placed(problem: SyntaxProblem, uri: string): Problem {
  return {
    ...problem,
    uri,
    related: [],
    evidence: [],
    fixes: problem.fixes.map((fix) => ({
      title: fix.title,
      edits: fix.edits.map((edit) => ({ ...edit, uri })),
    })),
  };
}

function diagnosis(
  uri: string,
  problems: readonly Problem[],
  waiting: readonly WaitingRule[],
  dependsOn: readonly string[],
): Diagnosis {
  const byDocument = new Map<string, Problem[]>([[uri, []]]);
  for (const problem of problems) {
    const list = byDocument.get(problem.uri);
    if (list === undefined) byDocument.set(problem.uri, [problem]);
    else list.push(problem);
  }
  return { problems, problemsByDocument: byDocument, waiting, dependsOn };
}
