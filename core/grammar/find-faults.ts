import { nearestName } from '../text/nearest.ts';
import type { XmlAttribute, XmlElement } from '../xml/tree.ts';
import type { Derivatives } from './derivatives.ts';
import type { Candidate, Fault } from './faults.ts';
import type { Grammar } from './grammar.ts';
import { Matcher, isBlank, textOf, trimmed } from './matcher.ts';
import type { ByName, Element, ExpandedName, Pattern } from './pattern.ts';
import { expandName, isDeclaration } from './scope.ts';
import type { Scope } from './scope.ts';

/** Element patterns that are tried in full to see which one was meant. */
const maxCandidates = 12;
/** Faults within one element before nothing is guessed any more. */
const maxMeant = 100;

/** Finds where documents depart from one grammar. Keeps what it learnt for the next version. */
export class FaultFinder {
  readonly grammar: Grammar;
  private readonly matcher: Matcher;
  private readonly derivatives: Derivatives;

  constructor(grammar: Grammar) {
    this.grammar = grammar;
    this.matcher = new Matcher(grammar);
    this.derivatives = grammar.derivatives;
  }

  /** All faults in the order of their places; none exactly when the grammar accepts the document. */
  faultsOf(root: XmlElement): readonly Fault[] {
    const { start } = this.grammar;
    const outermost = this.matcher.scopes.outermost;
    const name = this.matcher.nameOf(root.data, outermost);
    const candidates = this.derivatives.nextElements(start, name);
    if (candidates.length === 0) {
      const allowed = [...this.derivatives.elementsOf(start).named.keys()];
      const span = root.nameSpan;
      return [
        {
          kind: 'element-not-allowed',
          element: root,
          parent: undefined,
          allowed,
          elsewhere: false,
          span,
        },
      ];
    }
    if (this.matcher.matching(root.data, candidates, outermost).length > 0) return [];
    const { faults } = this.best(root, candidates, outermost);
    return withoutMoved(faults).toSorted((a, b) => a.span.start - b.span.start);
  }

  /** Of the patterns that an element may stand for, the one that it departs from least. */
  private best(element: XmlElement, candidates: readonly Element[], outer: Scope): Candidate {
    const tried = candidates.slice(0, maxCandidates).map((pattern): Candidate => {
      const scope = this.matcher.scopes.within(outer, element.data);
      return { pattern, faults: new Examination(this, element, scope).run(pattern.content) };
    });
    return tried.reduce((one, other) => (weightOf(other) < weightOf(one) ? other : one));
  }

  /** Used by `Examination`, which looks at one element. */
  get tools() {
    return {
      derivatives: this.derivatives,
      matcher: this.matcher,
      best: (element: XmlElement, candidates: readonly Element[], outer: Scope) =>
        this.best(element, candidates, outer),
    };
  }
}

/** An element that stands at a wrong place is missing at its right one: that is one fault. */
function withoutMoved(faults: readonly Fault[]): readonly Fault[] {
  const astray = new Set(
    faults.flatMap((fault) => (fault.kind === 'element-not-allowed' ? [fault.element.name] : [])),
  );
  return faults.filter(
    (fault) => fault.kind !== 'element-missing' || !fault.names.some((name) => astray.has(name)),
  );
}

/** Few faults first; a late fault shows that the beginning fitted. */
function weightOf({ faults }: Candidate): number {
  const first = Math.min(...faults.map(({ span }) => span.start));
  return faults.length - first / (first + 1) / 2;
}

/** One pass over the attributes and children of an element that goes on after each fault. */
class Examination {
  private readonly finder: FaultFinder['tools'];
  private readonly element: XmlElement;
  private readonly scope: Scope;
  private readonly faults: Fault[] = [];
  /** Of its attributes; made when it is first asked for. */
  private names: ReadonlySet<ExpandedName> | undefined;
  private left: Pattern;

  constructor(finder: FaultFinder, element: XmlElement, scope: Scope) {
    this.finder = finder.tools;
    this.element = element;
    this.scope = scope;
    this.left = this.finder.derivatives.store.notAllowed;
  }

  run(content: Pattern): readonly Fault[] {
    const { derivatives } = this.finder;
    this.left = content;
    const { element } = this;
    for (const each of element.attributes)
      if (!isDeclaration(each.name)) this.attribute(each, content);
    this.endOfStartTag();
    const children = derivatives.withoutAttributes(content);
    if (element.children.length === 0) this.onlyText();
    else {
      this.textBesideChildren();
      for (const child of element.children) this.child(child, children);
      this.endOfChildren();
    }
    return this.faults;
  }

  private attribute(attribute: XmlAttribute, content: Pattern): void {
    const { derivatives } = this.finder;
    const name = expandName(attribute.name, this.scope, 'attribute');
    const candidates = derivatives.nextAttributes(this.left, name);
    if (candidates.length === 0) {
      const allowed = [...derivatives.attributesOf(this.left).named.keys()].filter(
        (each) => !this.has(each),
      );
      const elsewhere = derivatives.nextAttributes(content, name).length > 0;
      const { element } = this;
      this.faults.push({
        kind: 'attribute-not-allowed',
        element,
        attribute,
        allowed,
        elsewhere,
        span: attribute.nameSpan,
      });
      // A misspelt name is taken for the one that was meant, so that it is not missed as well.
      const meant = elsewhere ? undefined : this.meant(name, allowed);
      if (meant === undefined) return;
      const meantPatterns = derivatives.nextAttributes(this.left, meant);
      const accepting = derivatives.accepting(meantPatterns, attribute.value);
      this.left = derivatives.afterAttribute(
        this.left,
        accepting.length > 0 ? accepting : meantPatterns,
      );
      return;
    }
    const accepting = derivatives.accepting(candidates, attribute.value);
    if (accepting.length === 0) {
      const { element } = this;
      this.faults.push({
        kind: 'attribute-value',
        element,
        attribute,
        accepting: candidates,
        onlySpace: derivatives.accepting(candidates, trimmed(attribute.value)).length > 0,
        span: attribute.valueSpan,
      });
    }
    this.left = derivatives.afterAttribute(
      this.left,
      accepting.length > 0 ? accepting : candidates,
    );
  }

  private has(name: ExpandedName): boolean {
    this.names ??= new Set(
      this.element.attributes.map((each) => expandName(each.name, this.scope, 'attribute')),
    );
    return this.names.has(name);
  }

  /** The name that was misspelt; not looked for in an element that is wrong throughout. */
  private meant(name: ExpandedName, allowed: readonly ExpandedName[]): ExpandedName | undefined {
    return this.faults.length > maxMeant ? undefined : nearestName(name, allowed);
  }

  private endOfStartTag(): void {
    const { derivatives } = this.finder;
    const closed = derivatives.afterStartTag(this.left);
    if (closed !== derivatives.store.notAllowed) {
      this.left = closed;
      return;
    }
    // After a fault in the attributes what is missing now may be its consequence.
    if (this.faults.length === 0) {
      const { element } = this;
      const { all, oneOf } = missingAttributes(this.left);
      const names = all.length > 0 ? all : oneOf;
      const span = element.nameSpan;
      this.faults.push({
        kind: 'attribute-missing',
        element,
        names,
        oneOf: all.length === 0,
        span,
      });
    }
    this.left = derivatives.withoutAttributes(this.left);
  }

  private onlyText(): void {
    const { derivatives } = this.finder;
    const { element } = this;
    const text = textOf(element);
    if (derivatives.acceptsText(this.left, text)) return;
    if (!isBlank(text)) {
      const span = element.text.span;
      this.faults.push(
        takesText(this.left)
          ? {
              kind: 'text-value',
              element,
              content: this.left,
              onlySpace: derivatives.acceptsText(this.left, element.text.value),
              span,
            }
          : { kind: 'text-not-allowed', element, span },
      );
      return;
    }
    if (takesText(this.left) && derivatives.elementsOf(this.left).named.size === 0) {
      const span = element.nameSpan;
      const content = this.left;
      this.faults.push({ kind: 'text-value', element, content, onlySpace: false, span });
      return;
    }
    this.endOfChildren();
  }

  private textBesideChildren(): void {
    const { derivatives } = this.finder;
    const { element } = this;
    const text = textOf(element);
    if (isBlank(text)) return;
    const left = derivatives.afterText(this.left, text);
    if (left !== derivatives.store.notAllowed) {
      this.left = left;
      return;
    }
    this.faults.push({ kind: 'text-not-allowed', element, span: element.text.span });
  }

  private child(child: XmlElement, content: Pattern): void {
    const { derivatives, matcher, best } = this.finder;
    const name = matcher.nameOf(child.data, this.scope);
    const candidates = derivatives.nextElements(this.left, name);
    if (candidates.length === 0) {
      this.unexpected(child, name, content);
      return;
    }
    const matched = matcher.matching(child.data, candidates, this.scope);
    if (matched.length > 0) {
      this.left = derivatives.afterElement(this.left, matched);
      return;
    }
    const { pattern, faults } = best(child, candidates, this.scope);
    this.faults.push(...faults);
    this.left = derivatives.afterElement(this.left, [pattern]);
  }

  private unexpected(child: XmlElement, name: ExpandedName, content: Pattern): void {
    const { derivatives } = this.finder;
    const allowed = namesIn(derivatives.elementsOf(this.left));
    const known = everyElement(content);
    const elsewhere = known.has(name);
    this.faults.push({
      kind: 'element-not-allowed',
      element: child,
      parent: this.element,
      allowed,
      elsewhere,
      span: child.nameSpan,
    });
    const meant = elsewhere ? undefined : this.meant(name, allowed);
    if (meant === undefined) return;
    this.left = derivatives.afterElement(this.left, derivatives.nextElements(this.left, meant));
  }

  private endOfChildren(): void {
    if (this.left.nullable || this.faults.length > 0) return;
    const { element } = this;
    const { all, oneOf } = missingElements(this.left);
    const names = all.length > 0 ? all : oneOf;
    const span = element.nameSpan;
    this.faults.push({ kind: 'element-missing', element, names, oneOf: all.length === 0, span });
  }
}

function namesIn(next: ByName<Element>): readonly ExpandedName[] {
  return [...next.named.keys()];
}

interface Missing {
  /** Needed in any case. */
  readonly all: readonly ExpandedName[];
  /** One way or another. */
  readonly oneOf: readonly ExpandedName[];
}

function missingAttributes(pattern: Pattern): Missing {
  return missing(pattern, (each) =>
    each.kind === 'attribute' && each.name.kind === 'name' ? each.name.name : undefined,
  );
}

function missingElements(pattern: Pattern): Missing {
  return missing(pattern, (each) =>
    each.kind === 'element' && each.name.kind === 'name' ? each.name.name : undefined,
  );
}

type NameOf = (pattern: Pattern) => ExpandedName | undefined;

function missing(pattern: Pattern, nameOf: NameOf): Missing {
  const own = nameOf(pattern);
  if (own !== undefined) return { all: [own], oneOf: [own] };
  switch (pattern.kind) {
    case 'choice': {
      const ways = pattern.of.map((each) => missing(each, nameOf));
      const [first, ...others] = ways;
      const all = (first?.all ?? []).filter((name) =>
        others.every((each) => each.all.includes(name)),
      );
      return { all, oneOf: unique(ways.flatMap((each) => each.oneOf)) };
    }
    case 'interleave':
      return joined(pattern.of.map((each) => missing(each, nameOf)));
    case 'group':
      return joined([missing(pattern.first, nameOf), missing(pattern.then, nameOf)]);
    case 'oneOrMore':
      return missing(pattern.of, nameOf);
    default:
      return { all: [], oneOf: [] };
  }
}

/** Of parts that must all be there, those that need something tell; the optional ones do not. */
function joined(parts: readonly Missing[]): Missing {
  const all = unique(parts.flatMap((each) => each.all));
  const needing = parts.filter((each) => each.all.length === 0 && each.oneOf.length > 0);
  return { all, oneOf: unique([...all, ...needing.flatMap((each) => each.oneOf)]) };
}

function unique(names: readonly ExpandedName[]): readonly ExpandedName[] {
  return [...new Set(names)];
}

function takesText(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case 'text':
    case 'data':
    case 'value':
    case 'list':
      return true;
    case 'choice':
    case 'interleave':
      return pattern.of.some(takesText);
    case 'group':
      return takesText(pattern.first) || takesText(pattern.then);
    case 'oneOrMore':
      return takesText(pattern.of);
    default:
      return false;
  }
}

const childNames = new WeakMap<Pattern, ReadonlySet<ExpandedName>>();

/** Names of all children that a content can have at all, in whatever order. */
function everyElement(content: Pattern): ReadonlySet<ExpandedName> {
  let names = childNames.get(content);
  if (names === undefined) {
    const found = new Set<ExpandedName>();
    const look = (pattern: Pattern): void => {
      switch (pattern.kind) {
        case 'element':
          if (pattern.name.kind === 'name') found.add(pattern.name.name);
          return;
        case 'choice':
        case 'interleave':
          pattern.of.forEach(look);
          return;
        case 'group':
          look(pattern.first);
          look(pattern.then);
          return;
        case 'oneOrMore':
          look(pattern.of);
          return;
        default:
      }
    };
    look(content);
    childNames.set(content, (names = found));
  }
  return names;
}
