import { say } from '../core/messages.ts';
import type { Problem } from '../core/problems.ts';
import { claimsOf } from '../core/rules/claims.ts';
import type { Claims } from '../core/rules/claims.ts';
import { ClaimIndex } from '../core/service/claim-index.ts';
import { diagnose } from '../core/service/diagnose.ts';
import type { Diagnosis } from '../core/service/diagnose.ts';
import { documentKind } from '../core/service/document-kind.ts';
import type { ParseCache } from '../core/service/parse-cache.ts';
import { linkedDomainXml } from '../core/service/surroundings.ts';
import { describe } from './describe.ts';
import { canonicalUri } from './file-uri.ts';
import { Links } from './links.ts';
import type { OpenWorkspace } from './open-workspace.ts';

/** Milliseconds after which what rests on facts is judged anew: they grow old. */
const factsLimit = 30_000;

interface Entry {
  readonly uri: string;
  readonly diagnosis: Diagnosis;
  /** Findings by the document that they stand in, under its canonical URI. */
  readonly findings: ReadonlyMap<string, readonly Problem[]>;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Findings in one document under an id that changes when they do. */
export interface Report {
  readonly id: string;
  readonly problems: readonly Problem[];
  /** Texts that the ranges of these findings belong to. */
  readonly texts: readonly (string | undefined)[];
}

/**
 * Diagnoses of the open documents and of the descriptors in the workspace. A change makes exactly
 * those outdated that depend on it; they are looked at again when they are asked for, or bit by bit
 * (`work`). A descriptor's findings may stand in the domain XML or the inventory, so a document's
 * findings are its own and those of the descriptors that refer to it.
 */
export class Diagnoses {
  private readonly entries = new Map<string, Entry>();
  private readonly outdated = new Set<string>();
  private readonly claimsOutdated = new Set<string>();
  /** Document → descriptors whose diagnosis depends on it. */
  private readonly dependents = new Links();
  /** Document → descriptors that have findings in it. */
  private readonly about = new Links();
  private readonly claims = new ClaimIndex();
  private readonly reports = new Map<string, Report>();
  /** Documents whose findings have changed since this was last asked. */
  private readonly changed = new Map<string, string>();
  private lastId = 0;
  private readonly workspace: OpenWorkspace;
  private readonly cache: ParseCache;
  private readonly logError: (message: string) => void;

  constructor(workspace: OpenWorkspace, cache: ParseCache, logError: (message: string) => void) {
    this.workspace = workspace;
    this.cache = cache;
    this.logError = logError;
    workspace.claimants = (uri) => this.claims.neighbours(canonicalUri(uri));
  }

  /** The text of a document is another one, or there is (no longer) such a document. */
  invalidate(uri: string): void {
    const key = canonicalUri(uri);
    if (this.entries.has(key) || this.isMember(key)) this.outdated.add(key);
    this.claimsOutdated.add(key);
    for (const dependent of this.dependents.of(key)) this.outdated.add(dependent);
  }

  /** Facts, settings or the set of files have changed. */
  invalidateAll(): void {
    for (const key of this.entries.keys()) this.outdated.add(key);
    for (const uri of this.members()) {
      const key = canonicalUri(uri);
      this.outdated.add(key);
      this.claimsOutdated.add(key);
    }
  }

  /** The diagnosis of one document as it is now. */
  of(uri: string): Diagnosis {
    const key = canonicalUri(uri);
    const found = this.entries.get(key);
    if (found !== undefined && !this.outdated.has(key) && !this.isOld(found)) {
      return found.diagnosis;
    }
    return this.update(key, uri).diagnosis;
  }

  /** Did another document's last diagnosis depend on this one? Computes nothing. */
  hasDependents(uri: string): boolean {
    return this.dependents.of(canonicalUri(uri)).size > 0;
  }

  /** Findings in a document: its own, and the last known ones of others; open ones are up to date. */
  report(uri: string): Report {
    const key = canonicalUri(uri);
    if (this.isMember(key)) this.of(uri);
    for (const { uri: open, languageId } of this.workspace.documents()) {
      if (this.outdated.has(canonicalUri(open)) && isDescriptor(open, languageId)) this.of(open);
    }
    const problems = withoutRepeats([
      ...(this.entries.get(key)?.findings.get(key) ?? []),
      ...[...this.about.of(key)].flatMap((from) =>
        from === key ? [] : (this.entries.get(from)?.findings.get(key) ?? []),
      ),
    ]);
    const about = new Set([
      uri,
      ...problems.flatMap(({ related }) => related.map((one) => one.uri)),
    ]);
    const texts = [...about].map((each) => this.workspace.read(each));
    const known = this.reports.get(key);
    if (known !== undefined && sameTexts(known.texts, texts) && same(known.problems, problems)) {
      return known;
    }
    const report = { id: String(++this.lastId), problems, texts };
    this.reports.set(key, report);
    return report;
  }

  problemsIn(uri: string): readonly Problem[] {
    return this.report(uri).problems;
  }

  /** Everything that has findings, or could have: descriptors, and what they have findings in. */
  documents(): readonly string[] {
    const found = new Map<string, string>();
    for (const uri of this.members()) found.set(canonicalUri(uri), uri);
    for (const key of this.about.keys()) {
      if (!found.has(key)) found.set(key, this.workspace.document(key)?.uri ?? key);
    }
    return [...found.values()];
  }

  hasWork(): boolean {
    return this.outdated.size > 0;
  }

  /** Looks at outdated documents again, open ones first, for about so many milliseconds. */
  work(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    const keys = [...this.outdated];
    const isOpen = (key: string): boolean => this.workspace.document(key) !== undefined;
    for (const key of [...keys.filter(isOpen), ...keys.filter((key) => !isOpen(key))]) {
      if (!this.outdated.has(key)) continue;
      if (this.isMember(key)) this.update(key, this.entries.get(key)?.uri ?? key);
      else this.forget(key);
      if (performance.now() >= end) return;
    }
  }

  /** Documents whose findings have changed since the last call. */
  takeChanged(): readonly string[] {
    const changed = [...this.changed.values()];
    this.changed.clear();
    return changed;
  }

  private update(key: string, named: string): Entry {
    const document = this.workspace.document(named);
    const uri = document?.uri ?? this.entries.get(key)?.uri ?? named;
    if (this.claimsOutdated.delete(key)) this.claim(key, uri, document?.languageId);
    const diagnosis = this.compute(uri, document?.languageId);
    const findings = new Map<string, readonly Problem[]>();
    for (const [about, problems] of diagnosis.problemsByDocument) {
      const place = canonicalUri(about);
      findings.set(place, [...(findings.get(place) ?? []), ...problems]);
    }
    const entry = { uri, diagnosis, findings, at: this.workspace.now() };
    const before = this.entries.get(key);
    this.entries.set(key, entry);
    this.outdated.delete(key);
    this.dependents.set(key, diagnosis.dependsOn.map(canonicalUri));
    this.about.set(
      key,
      [...findings].flatMap(([place, problems]) => (problems.length === 0 ? [] : [place])),
    );
    this.noteChanges(before?.findings, findings);
    return entry;
  }

  private noteChanges(
    before: Entry['findings'] | undefined,
    after: Entry['findings'] | undefined,
  ): void {
    for (const key of new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])) {
      if (same(before?.get(key) ?? [], after?.get(key) ?? [])) continue;
      this.changed.set(key, this.workspace.document(key)?.uri ?? this.entries.get(key)?.uri ?? key);
    }
  }

  /** A document that nobody looks at any more. */
  private forget(key: string): void {
    const before = this.entries.get(key);
    this.entries.delete(key);
    this.outdated.delete(key);
    this.claimsOutdated.delete(key);
    this.dependents.set(key, []);
    this.about.set(key, []);
    this.noteChanges(before?.findings, undefined);
    for (const other of this.claims.set(key, undefined)) this.outdated.add(other);
  }

  private claim(key: string, uri: string, languageId: string | undefined): void {
    for (const other of this.claims.set(key, this.claimsIn(uri, languageId))) {
      this.outdated.add(other);
    }
  }

  private claimsIn(uri: string, languageId: string | undefined): Claims | undefined {
    const text = this.workspace.read(uri);
    if (text === undefined || !isDescriptor(uri, languageId)) return undefined;
    const descriptor = this.cache.descriptor(uri, text);
    if (descriptor.kind !== 'Migration') return undefined;
    const { xml } = linkedDomainXml(descriptor, this.workspace, this.cache);
    return claimsOf(descriptor, xml?.domain);
  }

  /** A check that fails must never pass for a clean document. */
  private compute(uri: string, languageId: string | undefined): Diagnosis {
    try {
      return diagnose(uri, this.workspace, this.cache, languageId);
    } catch (error) {
      this.logError(`checking ${uri} failed: ${describe(error)}`);
      const problem: Problem = {
        uri,
        span: { start: 0, end: 0 },
        code: 'check-failed',
        severity: 'error',
        message: say(
          'This file could not be checked because of a mistake in Live Migrate; see its log.',
        ),
        related: [],
        evidence: [],
        fixes: [],
      };
      return {
        problems: [problem],
        problemsByDocument: new Map([[uri, [problem]]]),
        waiting: [],
        dependsOn: [],
      };
    }
  }

  private isOld({ at }: Entry): boolean {
    return this.workspace.snapshot !== undefined && this.workspace.now() - at > factsLimit;
  }

  private isMember(key: string): boolean {
    return this.workspace.document(key) !== undefined || this.workspace.unopened.has(key);
  }

  private members(): readonly string[] {
    return [
      ...this.workspace.documents().map(({ uri }) => uri),
      ...[...this.workspace.unopened].filter((uri) => this.workspace.document(uri) === undefined),
    ];
  }
}

function isDescriptor(uri: string, languageId: string | undefined): boolean {
  return documentKind(uri, languageId, '') === 'descriptor';
}

function same(a: readonly Problem[], b: readonly Problem[]): boolean {
  if (a === b || (a.length === 0 && b.length === 0)) return true;
  return a.length === b.length && JSON.stringify(a) === JSON.stringify(b);
}

function sameTexts(a: Report['texts'], b: Report['texts']): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

/** Two descriptors that refer to one domain XML must not say the same thing of it twice. */
function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length < 2) return problems;
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const key = `${problem.code}:${String(problem.span.start)}:${String(problem.span.end)}:${JSON.stringify(problem.message)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
