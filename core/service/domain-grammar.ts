import type { FactsSnapshot } from '../facts/snapshot.ts';
import { compareVersions } from '../grammar/versions.ts';
import { FaultFinder } from '../grammar/find-faults.ts';
import type { Grammar } from '../grammar/grammar.ts';
import { problemOf } from '../grammar/problems.ts';
import type { SyntaxProblem } from '../problems.ts';
import type { DomainXml } from './parse-cache.ts';
import { Recent } from './recent.ts';

/** Faults of one document that are shown; where there are more, something else is wrong. */
const shown = 50;

/** Holds domain XML against grammars; keeps what it learns for the next version of a document. */
export class DomainGrammarCheck {
  private readonly finders = new Map<Grammar, FaultFinder>();
  private readonly recent: Recent<{
    readonly xml: DomainXml;
    readonly grammar: Grammar;
    readonly problems: readonly SyntaxProblem[];
  }>;

  /** `capacity`: documents whose faults are remembered. */
  constructor(capacity: number) {
    this.recent = new Recent(capacity);
  }

  /**
   * What the grammar finds in a document beyond what its parser found. Nothing for a document that is
   * not well-formed: its tree is a guess, and a mistake is told once.
   */
  problems(xml: DomainXml, grammar: Grammar): readonly SyntaxProblem[] {
    const found = this.recent.get(xml.uri);
    if (found?.xml === xml && found.grammar === grammar) return found.problems;
    const problems = this.find(xml, grammar);
    this.recent.set(xml.uri, { xml, grammar, problems });
    return problems;
  }

  private find(xml: DomainXml, grammar: Grammar): readonly SyntaxProblem[] {
    const { root, problems } = xml.document;
    if (root?.name !== 'domain' || problems.some(({ severity }) => severity === 'error')) return [];
    let finder = this.finders.get(grammar);
    if (finder === undefined) this.finders.set(grammar, (finder = new FaultFinder(grammar)));
    return finder
      .faultsOf(root)
      .filter(({ span }) => !xml.problems.some((other) => overlap(span, other.span)))
      .slice(0, shown)
      .map((fault) => problemOf(fault, grammar.name));
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function overlap(a: Range, b: Range): boolean {
  return a.start <= b.end && b.start <= a.end;
}

/** The oldest libvirt of all hosts that were asked: a definition must be understood by each of them. */
export function oldestLibvirt(snapshot: FactsSnapshot | undefined): string | undefined {
  const versions = Object.values(snapshot?.hosts ?? {}).flatMap(({ versions: answer }) =>
    answer.ok ? [answer.value.libvirt] : [],
  );
  return versions.sort(compareVersions)[0];
}
