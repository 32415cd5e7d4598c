import { isOfDatatype, normalized } from './datatypes.ts';
import { isOpen, nameMatches, namesOf } from './pattern.ts';
import type { Attribute, Element, ExpandedName, Pattern } from './pattern.ts';
import type { PatternStore } from './pattern-store.ts';

/** What can come next, by name; `open` are those whose names cannot be listed. */
export interface ByName<T> {
  readonly named: ReadonlyMap<ExpandedName, readonly T[]>;
  readonly open: readonly T[];
  /** All of them. */
  readonly all: ReadonlySet<T>;
}

/**
 * Derivatives of patterns (Brzozowski; for RELAX NG after James Clark's "An algorithm for RELAX NG
 * validation"): what is left of a pattern after an attribute, the end of the start tag, a text or a
 * child. A child is given by the element patterns that it matches as a whole, so that what a subtree
 * matches can be remembered without regard to what stands around it.
 */
export class Derivatives {
  readonly store: PatternStore;
  private readonly elements = new Map<Pattern, ByName<Element>>();
  private readonly attributes = new Map<Pattern, ByName<Attribute>>();
  private readonly elementsByName: NextByName<Element> = new Map();
  private readonly attributesByName: NextByName<Attribute> = new Map();
  private readonly closed = new Map<Pattern, Pattern>();
  private readonly released = new Map<Pattern, Pattern>();
  private readonly afterOne = new Map<Pattern, Map<Pattern, Pattern>>();
  private readonly afterSome = new Map<Pattern, Map<string, Pattern>>();
  private readonly accepted = new Map<Attribute, Map<string, boolean>>();

  constructor(store: PatternStore) {
    this.store = store;
  }

  /** Element patterns that may be the next child. */
  nextElements(pattern: Pattern, name: ExpandedName): readonly Element[] {
    return this.next(this.elementsByName, pattern, name, (each) => this.elementsOf(each));
  }

  /** Attribute patterns that an attribute of this name may match. */
  nextAttributes(pattern: Pattern, name: ExpandedName): readonly Attribute[] {
    return this.next(this.attributesByName, pattern, name, (each) => this.attributesOf(each));
  }

  /** Everything that may be the next child. */
  elementsOf(pattern: Pattern): ByName<Element> {
    let known = this.elements.get(pattern);
    if (known === undefined) {
      const of: Element[] = [];
      collectElements(pattern, of);
      this.elements.set(pattern, (known = byName(of)));
    }
    return known;
  }

  attributesOf(pattern: Pattern): ByName<Attribute> {
    let known = this.attributes.get(pattern);
    if (known === undefined) {
      const of: Attribute[] = [];
      collectAttributes(pattern, of);
      this.attributes.set(pattern, (known = byName(of)));
    }
    return known;
  }

  /** What is left after a child that matches exactly these element patterns. */
  afterElement(pattern: Pattern, matched: readonly Element[]): Pattern {
    return this.remembered(pattern, matched, () =>
      this.elementDerivative(pattern, new Set(matched)),
    );
  }

  /** What is left after an attribute whose value matches exactly these attribute patterns. */
  afterAttribute(pattern: Pattern, matched: readonly Attribute[]): Pattern {
    return this.remembered(pattern, matched, () =>
      this.attributeDerivative(pattern, new Set(matched)),
    );
  }

  /** What is left when no further attribute comes; notAllowed when one is missing. */
  afterStartTag(pattern: Pattern): Pattern {
    return this.mapped(pattern, this.closed, this.store.notAllowed);
  }

  /** The same, with missing attributes forgiven. */
  withoutAttributes(pattern: Pattern): Pattern {
    return this.mapped(pattern, this.released, this.store.empty);
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
        return normalized(pattern.type, pattern.value) === normalized(pattern.type, text)
          ? store.empty
          : store.notAllowed;
      case 'data':
        return isOfDatatype(pattern, text) &&
          (pattern.except === undefined || !this.afterText(pattern.except, text).nullable)
          ? store.empty
          : store.notAllowed;
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
    if (pattern.nullable && /^[\t\n\r ]*$/.test(text)) return true;
    return this.afterText(pattern, text).nullable;
  }

  acceptsValue(attribute: Attribute, value: string): boolean {
    let known = this.accepted.get(attribute);
    if (known === undefined) this.accepted.set(attribute, (known = new Map<string, boolean>()));
    let accepts = known.get(value);
    if (accepts === undefined) {
      accepts = this.acceptsText(attribute.of, value);
      // Names and addresses are without end; what is listed comes again.
      if (known.size >= 256) known.clear();
      known.set(value, accepts);
    }
    return accepts;
  }

  private elementDerivative(pattern: Pattern, matched: ReadonlySet<Element>): Pattern {
    const { store } = this;
    const derive = (each: Pattern): Pattern => this.elementDerivative(each, matched);
    switch (pattern.kind) {
      case 'element':
        return matched.has(pattern) ? store.empty : store.notAllowed;
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

  private attributeDerivative(pattern: Pattern, matched: ReadonlySet<Attribute>): Pattern {
    const { store } = this;
    const derive = (each: Pattern): Pattern => this.attributeDerivative(each, matched);
    switch (pattern.kind) {
      case 'attribute':
        return matched.has(pattern) ? store.empty : store.notAllowed;
      case 'choice':
        return store.choice(pattern.of.map(derive));
      case 'interleave':
        return this.eachInTurn(
          pattern.of,
          (each) => holdsAny(this.attributesOf(each), matched),
          derive,
        );
      case 'group':
        return store.choice([
          store.group(derive(pattern.first), pattern.then),
          store.group(pattern.first, derive(pattern.then)),
        ]);
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

  private mapped(pattern: Pattern, memo: Map<Pattern, Pattern>, attribute: Pattern): Pattern {
    let known = memo.get(pattern);
    if (known === undefined) {
      const { store } = this;
      const map = (each: Pattern): Pattern => this.mapped(each, memo, attribute);
      switch (pattern.kind) {
        case 'attribute':
          known = attribute;
          break;
        case 'choice':
          known = store.choice(pattern.of.map(map));
          break;
        case 'interleave':
          known = store.interleave(pattern.of.map(map));
          break;
        case 'group':
          known = store.group(map(pattern.first), map(pattern.then));
          break;
        case 'oneOrMore':
          known = store.oneOrMore(map(pattern.of));
          break;
        default:
          known = pattern;
      }
      memo.set(pattern, known);
    }
    return known;
  }

  /** No pattern is both an element and an attribute, so one memo serves both. */
  private remembered(
    pattern: Pattern,
    matched: readonly Pattern[],
    derive: () => Pattern,
  ): Pattern {
    const [only] = matched;
    return only !== undefined && matched.length === 1
      ? rememberedIn(this.afterOne, pattern, only, derive)
      : rememberedIn(this.afterSome, pattern, keyOf(matched), derive);
  }

  private next<T extends Element | Attribute>(
    memo: NextByName<T>,
    pattern: Pattern,
    name: ExpandedName,
    of: (pattern: Pattern) => ByName<T>,
  ): readonly T[] {
    return rememberedIn(memo, pattern, name, () =>
      pattern.kind === 'interleave'
        ? distinct(pattern.of.flatMap((each) => found(of(each), name)))
        : found(of(pattern), name),
    );
  }
}

type NextByName<T> = Map<Pattern, Map<ExpandedName, readonly T[]>>;

/** Names come from documents and are without end; those of a grammar come again. */
const memoLimit = 512;

function rememberedIn<K, V>(
  memo: Map<Pattern, Map<K, V>>,
  pattern: Pattern,
  key: K,
  compute: () => V,
): V {
  let answers = memo.get(pattern);
  if (answers === undefined) memo.set(pattern, (answers = new Map<K, V>()));
  let answer = answers.get(key);
  if (answer === undefined) {
    answer = compute();
    if (answers.size >= memoLimit) answers.clear();
    answers.set(key, answer);
  }
  return answer;
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

function holdsAny<T>({ all }: ByName<T>, some: ReadonlySet<T>): boolean {
  for (const each of some) if (all.has(each)) return true;
  return false;
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
