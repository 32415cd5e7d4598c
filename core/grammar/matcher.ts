import type { XmlElement } from '../xml/tree.ts';
import type { Derivatives } from './derivatives.ts';
import type { Grammar } from './grammar.ts';
import type { Attribute, Element, Pattern } from './pattern.ts';
import { Scopes, expandName, isDeclaration } from './scope.ts';
import type { Scope } from './scope.ts';

/** Answers that are remembered before all are forgotten. */
const memoLimit = 200_000;

/**
 * Tells which subtrees match which element patterns, and remembers it: a subtree is known again by
 * what it consists of, wherever it stands, in a later version of the document or in another one.
 */
export class Matcher {
  readonly grammar: Grammar;
  readonly scopes = new Scopes();
  private readonly derivatives: Derivatives;
  private readonly results = new Map<Element, Map<number, boolean>>();
  private prints = new Map<XmlElement, number>();
  private remembered = 0;

  constructor(grammar: Grammar) {
    this.grammar = grammar;
    this.derivatives = grammar.derivatives;
  }

  /** To be called before each document: its elements are numbered, and memory is bounded. */
  begin(root: XmlElement): void {
    if (this.remembered > memoLimit) {
      this.results.clear();
      this.remembered = 0;
    }
    this.prints = new Map();
    this.print(root, this.scopes.outermost);
  }

  /** Does the subtree match the pattern? `outer` is the scope around it. */
  matches(element: XmlElement, pattern: Element, outer: Scope): boolean {
    let results = this.results.get(pattern);
    if (results === undefined) this.results.set(pattern, (results = new Map<number, boolean>()));
    const print = this.prints.get(element) ?? this.print(element, outer);
    let result = results.get(print);
    if (result === undefined) {
      result = this.contentMatches(element, pattern.content, this.scopes.within(outer, element));
      results.set(print, result);
      this.remembered++;
    }
    return result;
  }

  /** The patterns among `candidates` that the subtree matches. */
  matching(element: XmlElement, candidates: readonly Element[], outer: Scope): readonly Element[] {
    const [only] = candidates;
    if (only !== undefined && candidates.length === 1)
      return this.matches(element, only, outer) ? candidates : [];
    return candidates.filter((each) => this.matches(element, each, outer));
  }

  /** Attribute patterns that may come now and accept the value. */
  accepting(candidates: readonly Attribute[], value: string): readonly Attribute[] {
    const [only] = candidates;
    if (only !== undefined && candidates.length === 1)
      return this.derivatives.acceptsValue(only, value) ? candidates : [];
    return candidates.filter((each) => this.derivatives.acceptsValue(each, value));
  }

  private contentMatches(element: XmlElement, content: Pattern, scope: Scope): boolean {
    const { derivatives } = this;
    const { notAllowed } = derivatives.store;
    let left = content;
    for (const { name, value } of element.attributes) {
      if (isDeclaration(name)) continue;
      const candidates = derivatives.nextAttributes(left, expandName(name, scope, 'attribute'));
      const matched = this.accepting(candidates, value);
      if (matched.length === 0) return false;
      left = derivatives.afterAttribute(left, matched);
      if (left === notAllowed) return false;
    }
    left = derivatives.afterStartTag(left);
    if (left === notAllowed) return false;
    if (element.children.length === 0) return derivatives.acceptsText(left, textOf(element));
    if (!isBlank(element.text.value)) left = derivatives.afterText(left, element.text.value);
    for (const child of element.children) {
      if (left === notAllowed) return false;
      const candidates = derivatives.nextElements(left, expandName(child.name, scope, 'element'));
      const matched = this.matching(child, candidates, scope);
      if (matched.length === 0) return false;
      left = derivatives.afterElement(left, matched);
    }
    return left.nullable;
  }

  /** Marks the subtree by everything that its match depends on. */
  private print(element: XmlElement, outer: Scope): number {
    const scope = this.scopes.within(outer, element);
    const mark = new Mark(scope.id);
    mark.text(element.name);
    for (const { name, value } of element.attributes) {
      mark.number(1);
      mark.text(name);
      mark.number(2);
      mark.text(value);
    }
    mark.number(3);
    mark.text(textOf(element));
    for (const child of element.children) {
      mark.number(4);
      mark.number(this.print(child, scope));
    }
    const print = mark.value();
    this.prints.set(element, print);
    return print;
  }
}

/**
 * A hash of 53 bits (two of FNV's kind). Two subtrees of the same mark would be taken for one: among
 * the subtrees that are remembered at a time that is less likely than one in a million.
 */
class Mark {
  private one: number;
  private two: number;

  constructor(seed: number) {
    this.one = 0x811c9dc5 ^ seed;
    this.two = 0x2545f491 + seed;
  }

  text(text: string): void {
    let { one, two } = this;
    const { length } = text;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      one = Math.imul(one ^ code, 0x01000193);
      two = Math.imul((two << 5) ^ (two >>> 27) ^ code, 0x27d4eb2f);
    }
    this.one = one;
    this.two = two;
  }

  number(number: number): void {
    const low = number | 0;
    const high = (number / 0x100000000) | 0;
    this.one = Math.imul(Math.imul(this.one ^ low, 0x01000193) ^ high, 0x85ebca6b);
    this.two = Math.imul(((this.two << 7) ^ (this.two >>> 25) ^ high) + low, 0x27d4eb2f);
  }

  value(): number {
    return (this.one >>> 0) * 0x200000 + (this.two >>> 11);
  }
}

/** White space counts for datatypes; beside children it never does. */
export function textOf(element: XmlElement): string {
  return element.rawText;
}

/** Without the white space of XML at both ends. */
export function trimmed(text: string): string {
  return text.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
}

export function isBlank(text: string): boolean {
  return /^[\t\n\r ]*$/.test(text);
}
