/** Asks the language service everything about one document and looks at each answer. */
import type { FactsSnapshot } from '../../core/facts/snapshot.ts';
import { codeActions, fixAll } from '../../core/service/code-actions.ts';
import { codeLenses } from '../../core/service/code-lenses.ts';
import { completionTriggers } from '../../core/service/completion-triggers.ts';
import { complete } from '../../core/service/completion.ts';
import type { ServiceContext } from '../../core/service/context.ts';
import { definition } from '../../core/service/definition.ts';
import { diagnose } from '../../core/service/diagnose.ts';
import { documentLinks } from '../../core/service/document-links.ts';
import { foldingRanges } from '../../core/service/folding.ts';
import { formatDocument } from '../../core/service/formatting.ts';
import { documentHighlights, linkedRanges } from '../../core/service/highlights.ts';
import { hover } from '../../core/service/hover.ts';
import { inlayHints } from '../../core/service/inlay-hints.ts';
import { createParseCache } from '../../core/service/parse-cache.ts';
import { references } from '../../core/service/references.ts';
import { renamable, rename } from '../../core/service/rename.ts';
import { selectionSpans } from '../../core/service/selection.ts';
import { semanticTokens } from '../../core/service/semantic-tokens.ts';
import { documentSymbols } from '../../core/service/symbols.ts';
import type { SymbolNode } from '../../core/service/symbols.ts';
import { workspaceSymbols } from '../../core/service/workspace-symbols.ts';
import type { Workspace } from '../../core/service/workspace.ts';
import type { Location, Span } from '../../core/text/span.ts';
import { kvm01, snapshot } from '../unit/service/snapshots.ts';
import { below } from './cases.ts';
import type { Random, Sample } from './cases.ts';

/** Positions of a document that are asked about. */
const positions = 6;
const facts: FactsSnapshot = snapshot(kvm01);

/** Where an answer lies outside of its text, or a check fell over. */
export class WrongAnswer extends Error {}

/** Throws what the language service throws, and WrongAnswer for an answer that cannot be. */
export function askEverything(document: Sample, around: readonly Sample[], random: Random): void {
  const texts = new Map(around.map(({ name, text }) => [`mem:/${name}`, text]));
  const uri = `mem:/${document.name}`;
  texts.set(uri, document.text);
  const inventories = [...texts.keys()].filter((each) => each.includes('hosts.migration'));
  const withFacts = random() < 0.5;
  const workspace: Workspace = {
    read: (each) => texts.get(each),
    resolve: (_base, path) => `mem:/${path.replace(/^(\.?\/)+/, '')}`,
    inventories: () => inventories,
    facts: () => (withFacts ? facts : undefined),
    now: () => 1_000_000,
  };
  const cache = createParseCache();
  const context: ServiceContext = { uri, languageId: undefined, workspace, cache };
  const check = checker(texts, uri);

  const { problems, waiting } = diagnose(uri, workspace, cache);
  for (const problem of problems) {
    if (problem.code === 'rule-crashed') throw new WrongAnswer(JSON.stringify(problem.message));
    check.location(problem, `problem ${problem.code}`);
    problem.related.forEach((each) => {
      check.location(each, `related of ${problem.code}`);
    });
    for (const edit of problem.fixes.flatMap((fix) => fix.edits)) {
      check.location(edit, `fix of ${problem.code}`);
    }
  }
  fixAll(uri, problems);
  codeLenses(context, waiting).forEach(({ span }) => {
    check.span(span, 'lens');
  });
  documentSymbols(context).forEach((symbol) => {
    checkSymbol(symbol, check.span);
  });
  foldingRanges(context).forEach(({ span }) => {
    check.span(span, 'fold');
  });
  formatDocument(context).forEach((edit) => {
    check.location(edit, 'formatting');
  });
  semanticTokens(context).forEach(({ span }) => {
    check.span(span, 'token');
  });
  documentLinks(context).forEach(({ span }) => {
    check.span(span, 'link');
  });
  inlayHints(context, { start: 0, end: document.text.length }).forEach(({ offset }) => {
    check.span({ start: offset, end: offset }, 'hint');
  });
  const descriptors = [...texts.keys()].filter((each) => /\.ya?ml$/.test(each));
  workspaceSymbols('k', descriptors, { workspace, cache }).forEach((each) => {
    check.location(each, 'workspace symbol');
  });
  for (let count = 0; count < positions; count++) {
    const offset = below(random, document.text.length + 1);
    askAt({ context, offset, descriptors, random, check });
    codeActions(uri, problems, { start: offset, end: offset });
  }
}

interface Place {
  readonly context: ServiceContext;
  readonly offset: number;
  readonly descriptors: readonly string[];
  readonly random: Random;
  readonly check: Checker;
}

function askAt({ context, offset, descriptors, random, check }: Place): void {
  const triggers = [
    undefined,
    ...completionTriggers.descriptor,
    ...completionTriggers['domain-xml'],
  ];
  const trigger = random() < 0.5 ? undefined : triggers[below(random, triggers.length)];
  complete(context, offset, trigger).forEach(({ span }) => {
    check.span(span, 'completion');
  });
  const card = hover(context, offset);
  if (card !== undefined) check.span(card.span, 'hover');
  for (const { origin, target } of definition(context, offset)) {
    check.span(origin, 'definition');
    check.location(target, 'definition');
  }
  for (const declarations of [true, false]) {
    references(context, offset, { descriptors, declarations }).forEach((each) => {
      check.location(each, 'reference');
    });
  }
  const name = renamable(context, offset, descriptors);
  if (name !== undefined) check.span(name.span, 'rename');
  const renaming = rename(context, { offset, name: 'new' }, descriptors);
  if (renaming !== undefined && 'edits' in renaming) {
    renaming.edits.forEach((edit) => {
      check.location(edit, 'rename');
    });
  }
  for (const spans of [
    selectionSpans(context, offset),
    documentHighlights(context, offset),
    linkedRanges(context, offset),
  ]) {
    spans.forEach((span) => {
      check.span(span, 'selection or highlight');
    });
  }
  const end = Math.min(
    offset + below(random, 400),
    context.workspace.read(context.uri)?.length ?? 0,
  );
  formatDocument(context, { start: offset, end }).forEach((edit) => {
    check.location(edit, 'formatting of a range');
  });
}

interface Checker {
  /** In the document that was asked about. */
  readonly span: (span: Span, what: string) => void;
  readonly location: (location: Location, what: string) => void;
}

function checker(texts: ReadonlyMap<string, string>, own: string): Checker {
  const location = ({ uri, span: { start, end } }: Location, what: string): void => {
    // What is no document of the workspace (the live XML of a host) has no text here.
    const length = texts.get(uri)?.length ?? Infinity;
    if (Number.isInteger(start) && start >= 0 && start <= end && end <= length) return;
    throw new WrongAnswer(`${what} at ${start}-${end} in ${uri} of length ${length}`);
  };
  return {
    location,
    span: (span, what) => {
      location({ uri: own, span }, what);
    },
  };
}

function checkSymbol({ span, nameSpan, children }: SymbolNode, check: Checker['span']): void {
  check(span, 'symbol');
  check(nameSpan, 'symbol’s name');
  // The protocol: the name lies within the range, else editors drop the whole outline.
  if (nameSpan.start < span.start || span.end < nameSpan.end) {
    throw new WrongAnswer(
      `a symbol at ${span.start}-${span.end} has its name at ${nameSpan.start}-${nameSpan.end}`,
    );
  }
  children.forEach((child) => {
    checkSymbol(child, check);
  });
}
