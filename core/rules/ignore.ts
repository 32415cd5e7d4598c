import type { MigrationDescriptor } from '../descriptor/descriptor.ts';
import type { Domain } from '../domain/domain.ts';
import { say } from '../messages.ts';
import type { Problem } from '../problems.ts';
import type { Location, Span } from '../text/span.ts';
import type { XmlDocument, XmlElement } from '../xml/tree.ts';
import { ignoresInXml, ignoresInYaml } from './ignore-comments.ts';
import type { IgnoreComment } from './ignore-comments.ts';
import { unknownRule } from './levels.ts';
import type { RuleDefinition } from './rule.ts';

/** The domain XML file that a descriptor names. */
export interface LinkedXml {
  readonly uri: string;
  readonly text: string;
  readonly document: XmlDocument;
}

/** A finding that somebody decided to live with. */
export interface SuppressedFinding {
  readonly problem: Problem;
  readonly reason: string;
  /** The comment that says so. */
  readonly at: Location;
}

export interface IgnoreInput {
  /** Absent for domain XML by itself. */
  readonly descriptor?: MigrationDescriptor;
  readonly domainXml: LinkedXml | undefined;
  /** The domain that the rules looked at: of the linked file, or live. */
  readonly domain: Domain | undefined;
  readonly rules: readonly RuleDefinition[];
  /** Findings of rules, by nothing else: what parsing finds cannot be ignored. */
  readonly findings: readonly Problem[];
  /** Ids of the rules that ran to their end: only they can show that a comment is needless. */
  readonly ran: readonly string[];
}

export interface Ignored {
  /** Findings that nobody ignores, and what is wrong with the comments. */
  readonly problems: readonly Problem[];
  readonly suppressed: readonly SuppressedFinding[];
}

/**
 * Takes out the findings that a comment ignores, with its reason, and reports comments that lack a
 * reason, name no rule, or ignore nothing. Without a reason nothing is ignored.
 */
export function applyIgnores(input: IgnoreInput): Ignored {
  const { descriptor, domainXml } = input;
  const comments = [
    ...(descriptor === undefined
      ? []
      : ignoresInYaml(descriptor.uri, descriptor.text, descriptor.tree)),
    ...(domainXml === undefined
      ? []
      : ignoresInXml(domainXml.uri, domainXml.text, domainXml.document)),
  ];
  if (comments.length === 0) return { problems: input.findings, suppressed: [] };
  const used = new Set<IgnoreComment['ids'][number]>();
  const problems: Problem[] = [];
  const suppressed: SuppressedFinding[] = [];
  for (const problem of input.findings) {
    const meant = comments.flatMap((comment) => {
      if (comment.reason === undefined || !covers(comment, problem, input)) return [];
      const id = comment.ids.find(({ value }) => value === problem.code);
      return id === undefined ? [] : [{ comment, id, reason: comment.reason }];
    });
    const [first] = meant;
    meant.forEach(({ id }) => used.add(id));
    if (first === undefined) problems.push(problem);
    else {
      const { uri, span } = first.comment;
      suppressed.push({ problem, reason: first.reason, at: { uri, span } });
    }
  }
  const faults = comments.flatMap((comment) => faultsOf(comment, used, input));
  return { problems: [...problems, ...faults], suppressed };
}

/**
 * A finding lies where it is reported. One that is reported in the descriptor about parts of the
 * domain XML lies at those parts as well: a comment that covers all of them is about it.
 */
function covers(comment: IgnoreComment, problem: Problem, input: IgnoreInput): boolean {
  if (coversPlace(comment, problem, input)) return true;
  const own = input.descriptor?.uri;
  if (comment.uri === own) return false;
  const parts = problem.related.filter(({ uri }) => uri !== own);
  return parts.length > 0 && parts.every((part) => coversPlace(comment, part, input));
}

function coversPlace(comment: IgnoreComment, place: Location, input: IgnoreInput): boolean {
  const { descriptor, domainXml, domain } = input;
  if (comment.uri === place.uri) return startsIn(place.span, comment.covers);
  // Findings in live XML stand in no file: there they are shown at the name of the domain, and the
  // same device in the linked file speaks for it.
  const isLive = place.uri === domain?.uri && place.uri !== domainXml?.uri;
  if (!isLive) return false;
  if (comment.uri === descriptor?.uri) return startsIn(descriptor.at(['domain']), comment.covers);
  return speaksForLive(comment, place.span, domain.root);
}

function startsIn(span: Span, covered: Span): boolean {
  return covered.start <= span.start && span.start <= covered.end;
}

/**
 * Is what runs the thing that the comment was written at? It must hold everything that the file says
 * of it, and be the only one that does; what libvirt adds (addresses, aliases) is no difference.
 */
function speaksForLive(comment: IgnoreComment, span: Span, root: XmlElement): boolean {
  const innermost = elementAt(root, span.start);
  const chain = comment.elements.whole ? withParents(innermost) : [innermost];
  return comment.elements.list.some((element) => {
    const alike = atPath(root, pathOf(element)).filter((live) => says(live, element));
    const [only, ...others] = alike;
    return only !== undefined && others.length === 0 && chain.includes(only);
  });
}

function elementAt(element: XmlElement, offset: number): XmlElement {
  const inner = element.children.find(
    ({ span }) => span.start <= offset && offset < Math.max(span.end, span.start + 1),
  );
  return inner === undefined ? element : elementAt(inner, offset);
}

function withParents(element: XmlElement): readonly XmlElement[] {
  return element.parent === undefined ? [element] : [element, ...withParents(element.parent)];
}

function pathOf(element: XmlElement): readonly string[] {
  return withParents(element)
    .map(({ name }) => name)
    .reverse();
}

function atPath(root: XmlElement, [name, ...rest]: readonly string[]): readonly XmlElement[] {
  if (root.name !== name) return [];
  if (rest.length === 0) return [root];
  return root.children.flatMap((each) => atPath(each, rest));
}

function says(live: XmlElement, file: XmlElement): boolean {
  return (
    live.name === file.name &&
    (file.text.value === '' || live.text.value === file.text.value) &&
    file.attributes.every(({ name, value }) =>
      live.attributes.some((other) => other.name === name && other.value === value),
    ) &&
    file.children.every((each) => live.children.some((other) => says(other, each)))
  );
}

function faultsOf(
  comment: IgnoreComment,
  used: ReadonlySet<IgnoreComment['ids'][number]>,
  { rules, ran, domain, domainXml }: IgnoreInput,
): readonly Problem[] {
  const { uri, span, ids, reason } = comment;
  const problem = (rest: Pick<Problem, 'span' | 'code' | 'severity' | 'message' | 'fixes'>) => ({
    uri,
    related: [],
    evidence: [],
    ...rest,
  });
  const unknown = ids.flatMap((id): readonly Problem[] => {
    const known = unknownRule(id.value, rules);
    if (known === undefined) return [];
    const { near } = known;
    const fix = {
      title: say('Rename to “{0}”', near ?? ''),
      edits: [{ uri, span: id.span, newText: near ?? '' }],
    };
    const message =
      near === undefined
        ? say('There is no rule “{0}”; nothing can be ignored by this name.', id.value)
        : say('There is no rule “{0}”; is “{1}” meant?', id.value, near);
    return [
      problem({
        span: id.span,
        code: 'unknown-rule',
        severity: 'error',
        message,
        fixes: near === undefined ? [] : [fix],
      }),
    ];
  });
  if (ids.length === 0 || reason === undefined) {
    const message =
      ids.length === 0
        ? say('Nothing is ignored: write “livemigrate-ignore”, a rule, a colon and the reason.')
        : say(
            'Nothing is ignored without a reason: write behind a colon why this finding may stand.',
          );
    const code = 'ignore-without-reason';
    return [...unknown, problem({ span, code, severity: 'error', message, fixes: [] })];
  }
  // A file that the rules did not read (the live XML was at hand) shows nothing about its comments.
  if (uri === domainXml?.uri && domain?.uri !== uri) return unknown;
  const needless = ids.filter((id) => ran.includes(id.value) && !used.has(id));
  return [
    ...unknown,
    ...needless.map((id) =>
      problem({
        span: id.span,
        code: 'ignore-unused',
        severity: 'warning',
        message: say('“{0}” finds nothing here, so this comment ignores nothing.', id.value),
        fixes: [
          needless.length === ids.length
            ? {
                title: say('Remove the comment'),
                edits: [{ uri, span: comment.removal, newText: '' }],
              }
            : {
                title: say('Remove “{0}” from the comment', id.value),
                edits: [{ uri, span: withComma(ids, id), newText: '' }],
              },
        ],
      }),
    ),
  ];
}

/** The id with the comma that parts it from its neighbour. */
function withComma(ids: IgnoreComment['ids'], id: IgnoreComment['ids'][number]): Span {
  const index = ids.indexOf(id);
  const next = ids[index + 1];
  if (next !== undefined) return { start: id.span.start, end: next.span.start };
  return { start: ids[index - 1]?.span.end ?? id.span.start, end: id.span.end };
}
