import type { Descriptor } from '../descriptor/descriptor.ts';
import { loadDescriptor } from '../descriptor/load.ts';
import type { Domain } from '../domain/domain.ts';
import { readDomain } from '../domain/read.ts';
import type { MigrationFacts } from '../facts/keys.ts';
import type { FactSources } from '../facts/view.ts';
import { migrationFacts } from '../facts/view.ts';
import type { SyntaxProblem } from '../problems.ts';
import type { CheckInput, CheckResult } from '../rules/engine.ts';
import { reparseXml } from '../xml/reparse.ts';
import type { FormerXml } from '../xml/reparse.ts';
import { SharedElements } from '../xml/shared-elements.ts';
import type { XmlDocument } from '../xml/tree.ts';
import { DomainGrammarCheck } from './domain-grammar.ts';
import { Recent } from './recent.ts';
import { createChecker } from './checker.ts';

/** A domain XML document read from text. */
export interface DomainXml {
  readonly uri: string;
  readonly text: string;
  readonly document: XmlDocument;
  /** Absent when the root element is not `domain`. */
  readonly domain: Domain | undefined;
  /** What parsing and reading found. */
  readonly problems: readonly SyntaxProblem[];
}

/**
 * Parsed documents, and what follows from them. An answer depends on what is given alone; the URI
 * only says where it is kept.
 */
export interface ParseCache {
  descriptor(uri: string, text: string): Descriptor;
  domainXml(uri: string, text: string): DomainXml;
  facts(sources: FactSources): MigrationFacts;
  /** Domain XML against libvirt's grammars. */
  readonly grammar: DomainGrammarCheck;
  /** Checks a migration; what cannot have changed since the last time is not computed again. */
  check(input: CheckInput): CheckResult;
}

/**
 * Keeps the last parse of at most `capacity` documents of each kind, by URI and exact text.
 * @param textsStay the texts of all documents are kept elsewhere as long as the cache is
 */
export function createParseCache(capacity = 64, textsStay = false): ParseCache {
  return {
    descriptor: remembered(capacity, loadDescriptor),
    domainXml: remembered(capacity, domainXmlReader(capacity, textsStay)),
    facts: rememberedFacts(capacity),
    grammar: new DomainGrammarCheck(capacity),
    check: createChecker(capacity),
  };
}

/** Reads domain XML; of each document the last version that was well-formed helps with the next. */
function domainXmlReader(
  capacity: number,
  textsStay: boolean,
): (uri: string, text: string) => DomainXml {
  const formers = new Recent<FormerXml>(capacity);
  const shared = new SharedElements(textsStay);
  return (uri, text) => {
    const document = reparseXml(formers.get(uri), text, shared);
    if (document.problems.length === 0) formers.set(uri, { text, document });
    const { domain, problems } = readDomain(uri, document);
    return { uri, text, document, domain, problems: [...document.problems, ...problems] };
  };
}

function remembered<T>(
  capacity: number,
  compute: (uri: string, text: string) => T,
): (uri: string, text: string) => T {
  const recent = new Recent<{ readonly text: string; readonly value: T }>(capacity);
  return (uri, text) => {
    const found = recent.get(uri);
    // Equal strings are compared by content, so that a reread file costs no second parse.
    const value = found?.text === text ? found.value : compute(uri, text);
    recent.set(uri, { text, value });
    return value;
  };
}

/** The last facts of each descriptor; they depend on its two hosts, not on others of the snapshot. */
function rememberedFacts(capacity: number): ParseCache['facts'] {
  const recent = new Recent<{ readonly from: readonly unknown[]; readonly facts: MigrationFacts }>(
    capacity,
  );
  return (sources) => {
    const { descriptor, domain, snapshot, prefer } = sources;
    const { source, destination } = descriptor.migration;
    const said = [source, destination].map((host) =>
      host === undefined || snapshot === undefined || !Object.hasOwn(snapshot.hosts, host.value)
        ? undefined
        : snapshot.hosts[host.value],
    );
    const from = [descriptor, domain, prefer, snapshot === undefined, ...said];
    const found = recent.get(descriptor.uri);
    if (found?.from.every((value, index) => value === from[index]) === true) return found.facts;
    const facts = migrationFacts(sources);
    recent.set(descriptor.uri, { from, facts });
    return facts;
  };
}
