import { isOfDatatype, normalized } from './datatypes.ts';
import { isOpen, nameMatches, namesOf } from './pattern.ts';
import type {
  Attribute,
  ByName,
  Data,
  Element,
  ExpandedName,
  Pattern,
  PatternMemo,
  Step,
  Value,
} from './pattern.ts';
import type { PatternStore } from './pattern-store.ts';

/**
 * Derivatives of patterns (Brzozowski; for RELAX NG after James Clark's "An algorithm for RELAX NG
 * validation"): what is left of a pattern after an attribute, the end of the start tag, a text or a
 * child. A child is given by the element patterns that it matches as a whole, so that what a subtree
 * matches can be remembered without regard to what stands around it.
 */
export class Derivatives {
  readonly store: PatternStore;

  constructor(store: PatternStore) {
    this.store = store;
  }

  /** What a child of this name leads to. */
  elementStep(pattern: Pattern, name: ExpandedName): Step<Element> {
    const steps = (memoOf(pattern).elementSteps ??= new Map<ExpandedName, Step<Element>>());
    return (
      steps.get(name) ??
      newStep(
        steps,
        name,
        candidatesIn(pattern, name, (of) => this.elementsOf(of)),
      )
    );
  }

  /** What an attribute of this name leads to. */
  attributeStep(pattern: Pattern, name: ExpandedName): Step<Attribute> {
    const steps = (memoOf(pattern).attributeSteps ??= new Map<ExpandedName, Step<Attribute>>());
    return (
      steps.get(name) ??
      newStep(
        steps,
        name,
        candidatesIn(pattern, name, (of) => this.attributesOf(of)),
      )
    );
  }

  /** Element patterns that may be the next child. */
  nextElements(pattern: Pattern, name: ExpandedName): readonly Element[] {
    return this.elementStep(pattern, name).candidates;
  }

  /** Attribute patterns that an attribute of this name may match. */
  nextAttributes(pattern: Pattern, name: ExpandedName): readonly Attribute[] {
    return this.attributeStep(pattern, name).candidates;
  }

  /** Attribute patterns among these that accept the value. */
  accepting(candidates: readonly Attribute[], value: string): readonly Attribute[] {
    const [only] = candidates;
    if (only !== undefined && candidates.length === 1)
      return this.acceptsValue(only, value) ? candidates : none;
    return candidates.filter((each) => this.acceptsValue(each, value));
  }

  /** Everything that may be the next child. */
  elementsOf(pattern: Pattern): ByName<Element> {
    const memo = memoOf(pattern);
    if (memo.elements === undefined) {
      const of: Element[] = [];
      collectElements(pattern, of);
      memo.elements = byName(of);
    }
    return memo.elements;
  }

  attributesOf(pattern: Pattern): ByName<Attribute> {
    const memo = memoOf(pattern);
    if (memo.attributes === undefined) {
      const of: Attribute[] = [];
      collectAttributes(pattern, of);
      memo.attributes = byName(of);
    }
    return memo.attributes;
  }

  /** What is left after a child that matches exactly these element patterns. */
  afterElement(pattern: Pattern, matched: readonly Element[]): Pattern {
    return this.remembered(pattern, matched, () => this.elementDerivative(pattern, matched));
  }

  /** What is left after an attribute whose value matches exactly these attribute patterns. */
  afterAttribute(pattern: Pattern, matched: readonly Attribute[]): Pattern {
    return this.remembered(pattern, matched, () => this.attributeDerivative(pattern, matched));
  }

  /** What is left when no further attribute comes; notAllowed when one is missing. */
  afterStartTag(pattern: Pattern): Pattern {
    const memo = memoOf(pattern);
    return (memo.closed ??= this.mapped(
      pattern,
      (each) => this.afterStartTag(each),
      this.store.notAllowed,
    ));
  }

  /** The same, with missing attributes forgiven. */
  withoutAttributes(pattern: Pattern): Pattern {
    const memo = memoOf(pattern);
    return (memo.released ??= this.mapped(
      pattern,
      (each) => this.withoutAttributes(each),
      this.store.empty,
    ));
  }

  /** What is left after a text. */
  afterText(pattern: Pattern, text: string): Pattern {
    const { store } = this;
    switch (pattern.kind) {
      case 'text':
        return pattern;
      case 'choice':
        return store.choice(pattern.of.map((each) => this.afterText(each, text)));
      case 'interleave':
        return store.choice(
          pattern.of.map((each, at) => {
            return store.interleaveWith(pattern.of, at, this.afterText(each, text));
          }),
        );
      case 'group': {
        const one = store.group(this.afterText(pattern.first, text), pattern.then);
        return pattern.first.nullable
          ? store.choice([one, this.afterText(pattern.then, text)])
          : one;
      }
      case 'oneOrMore':
        return store.group(this.afterText(pattern.of, text), store.optional(pattern));
      case 'value':
      case 'data':
        return this.isOne(pattern, text) ? store.empty : store.notAllowed;
      case 'list': {
        const words = text.split(/[\t\n\r ]+/).filter((word) => word !== '');
        const left = words.reduce<Pattern>((rest, word) => this.afterText(rest, word), pattern.of);
        return left.nullable ? store.empty : store.notAllowed;
      }
      case 'empty':
      case 'notAllowed':
      case 'attribute':
      case 'element':
        return store.notAllowed;
    }
  }

  /** Does the whole of a text match, as the value of an attribute or the only content? */
  acceptsText(pattern: Pattern, text: string): boolean {
    return this.accepts(pattern, text, normalized('token', text));
  }

  /** `token` is the text as every type but `string` sees it: many values are held against one text. */
  private accepts(pattern: Pattern, text: string, token: string): boolean {
    switch (pattern.kind) {
      case 'text':
        return true;
      case 'empty':
        return token === '';
      case 'choice':
        return pattern.of.some((each) => this.accepts(each, text, token));
      case 'value':
        return pattern.equals === (pattern.type === 'string' ? text : token);
      case 'data':
        return this.isOne(pattern, text);
      default:
        return (pattern.nullable && token === '') || this.afterText(pattern, text).nullable;
    }
  }

  private isOne(pattern: Value | Data, text: string): boolean {
    if (pattern.kind === 'value') return pattern.equals === normalized(pattern.type, text);
    return (
      isOfDatatype(pattern, text) &&
      (pattern.except === undefined || !this.afterText(pattern.except, text).nullable)
    );
  }

  acceptsValue(attribute: Attribute, value: string): boolean {
    if (attribute.of === this.store.text) return true;
    const known = (memoOf(attribute).accepted ??= new Map<string, boolean>());
    let accepts = known.get(value);
    if (accepts === undefined) {
      accepts = this.acceptsText(attribute.of, value);
      // Names and addresses are without end; what is listed comes again.
      keep(known, value, accepts);
    }
    return accepts;
  }

  private elementDerivative(pattern: Pattern, matched: readonly Element[]): Pattern {
    const { store } = this;
    const derive = (each: Pattern): Pattern => this.elementDerivative(each, matched);
    switch (pattern.kind) {
      case 'element':
        return matched.includes(pattern) ? store.empty : store.notAllowed;
      case 'choice':
        return store.choice(pattern.of.map(derive));
      case 'interleave':
        return this.eachInTurn(
          pattern.of,
          (each) => holdsAny(this.elementsOf(each), matched),
          derive,
        );
      case 'group': {
        const one = store.group(derive(pattern.first), pattern.then);
        return pattern.first.nullable ? store.choice([one, derive(pattern.then)]) : one;
      }
      case 'oneOrMore':
        return store.group(derive(pattern.of), store.optional(pattern));
      default:
        return store.notAllowed;
    }
  }

  private attributeDerivative(pattern: Pattern, matched: readonly Attribute[]): Pattern {
    const { store } = this;
    const derive = (each: Pattern): Pattern => this.attributeDerivative(each, matched);
    switch (pattern.kind) {
      case 'attribute':
        return matched.includes(pattern) ? store.empty : store.notAllowed;
      case 'choice':
        return store.choice(pattern.of.map(derive));
      case 'interleave':
        return this.eachInTurn(
          pattern.of,
          (each) => holdsAny(this.attributesOf(each), matched),
          derive,
        );
      case 'group': {
        // Most of a long row of attributes is not what was matched.
        const { first, then } = pattern;
        const inFirst = holdsAny(this.attributesOf(first), matched);
        if (!holdsAny(this.attributesOf(then), matched))
          return inFirst ? store.group(derive(first), then) : store.notAllowed;
        const inThen = store.group(first, derive(then));
        return inFirst ? store.choice([store.group(derive(first), then), inThen]) : inThen;
      }
      case 'oneOrMore':
        return store.group(derive(pattern.of), store.optional(pattern));
      default:
        return store.notAllowed;
    }
  }

  private eachInTurn(
    of: readonly Pattern[],
    mayHold: (each: Pattern) => boolean,
    derive: (each: Pattern) => Pattern,
  ): Pattern {
    const { store } = this;
    const found: Pattern[] = [];
    of.forEach((each, at) => {
      // Equal members stand side by side and give the same.
      if (each === of[at - 1]) return;
      if (!mayHold(each)) return;
      const left = derive(each);
      if (left !== store.notAllowed) found.push(store.interleaveWith(of, at, left));
    });
    return store.choice(found);
  }

  private mapped(pattern: Pattern, map: (of: Pattern) => Pattern, attribute: Pattern): Pattern {
    const { store } = this;
    switch (pattern.kind) {
      case 'attribute':
        return attribute;
      case 'choice':
        return store.choice(pattern.of.map(map));
      case 'interleave':
        return store.interleave(pattern.of.map(map));
      case 'group':
        return store.group(map(pattern.first), map(pattern.then));
      case 'oneOrMore':
        return store.oneOrMore(map(pattern.of));
      default:
        return pattern;
    }
  }

  /** No pattern is both an element and an attribute, so one memo serves both. */
  private remembered(
    pattern: Pattern,
    matched: readonly Pattern[],
    derive: () => Pattern,
  ): Pattern {
    const memo = memoOf(pattern);
    const [only] = matched;
    if (only !== undefined && matched.length === 1) {
      const afterOne = (memo.afterOne ??= new Map<Pattern, Pattern>());
      let left = afterOne.get(only);
      if (left === undefined) keep(afterOne, only, (left = derive()));
      return left;
    }
    const afterSome = (memo.afterSome ??= new Map<string, Pattern>());
    const key = keyOf(matched);
    let left = afterSome.get(key);
    if (left === undefined) keep(afterSome, key, (left = derive()));
    return left;
  }
}

function memoOf(pattern: Pattern): PatternMemo {
  return (pattern.memo ??= {
    elements: undefined,
    attributes: undefined,
    elementSteps: undefined,
    attributeSteps: undefined,
    closed: undefined,
    released: undefined,
    afterOne: undefined,
    afterSome: undefined,
    accepted: undefined,
  });
}

/** Names and values come from documents and are without end; those of a grammar come again. */
const memoLimit = 512;

function keep<K, V>(memo: Map<K, V>, key: K, value: V): void {
  if (memo.size >= memoLimit) memo.clear();
  memo.set(key, value);
}

function newStep<T>(
  steps: Map<ExpandedName, Step<T>>,
  name: ExpandedName,
  candidates: readonly T[],
): Step<T> {
  const only = candidates.length === 1 ? candidates[0] : undefined;
  const step: Step<T> = { candidates, only, afterOnly: undefined };
  keep(steps, name, step);
  return step;
}

function candidatesIn<T extends Element | Attribute>(
  pattern: Pattern,
  name: ExpandedName,
  of: (pattern: Pattern) => ByName<T>,
): readonly T[] {
  if (pattern.kind !== 'interleave') return found(of(pattern), name);
  let all: readonly T[] = none;
  pattern.of.forEach((each) => {
    const more = found(of(each), name);
    if (more.length > 0) all = all.length === 0 ? more : [...all, ...more];
  });
  return distinct(all);
}

function collectElements(pattern: Pattern, found: Element[]): void {
  switch (pattern.kind) {
    case 'element':
      found.push(pattern);
      return;
    case 'choice':
    case 'interleave':
      for (const each of pattern.of) collectElements(each, found);
      return;
    case 'group':
      collectElements(pattern.first, found);
      if (pattern.first.nullable) collectElements(pattern.then, found);
      return;
    case 'oneOrMore':
      collectElements(pattern.of, found);
      return;
    default:
  }
}

/** Attributes have no order: all that stand anywhere in the pattern may come. */
function collectAttributes(pattern: Pattern, found: Attribute[]): void {
  switch (pattern.kind) {
    case 'attribute':
      found.push(pattern);
      return;
    case 'choice':
    case 'interleave':
      for (const each of pattern.of) collectAttributes(each, found);
      return;
    case 'group':
      collectAttributes(pattern.first, found);
      collectAttributes(pattern.then, found);
      return;
    case 'oneOrMore':
      collectAttributes(pattern.of, found);
      return;
    default:
  }
}

function byName<T extends Element | Attribute>(all: readonly T[]): ByName<T> {
  const named = new Map<ExpandedName, T[]>();
  const open: T[] = [];
  const distinctOnes = new Set(all);
  for (const each of distinctOnes) {
    if (isOpen(each.name)) open.push(each);
    else
      for (const name of namesOf(each.name)) {
        const same = named.get(name);
        if (same === undefined) named.set(name, [each]);
        else same.push(each);
      }
  }
  return { named, open, all: distinctOnes };
}

function holdsAny<T>({ all }: ByName<T>, some: readonly T[]): boolean {
  return some.some((each) => all.has(each));
}

const none: readonly never[] = [];

function found<T extends Element | Attribute>(
  { named, open }: ByName<T>,
  name: ExpandedName,
): readonly T[] {
  const exact = named.get(name) ?? none;
  if (open.length === 0) return exact;
  return [...exact, ...open.filter((each) => nameMatches(each.name, name))];
}

function distinct<T>(all: readonly T[]): readonly T[] {
  return all.length < 2 ? all : [...new Set(all)];
}

function keyOf(patterns: readonly Pattern[]): string {
  const [only] = patterns;
  if (patterns.length === 1 && only !== undefined) return only.id.toString();
  return patterns
    .map(({ id }) => id)
    .sort((a, b) => a - b)
    .join(',');
}
