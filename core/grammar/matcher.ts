import type { XmlElement } from '../xml/tree.ts';
import type { Derivatives } from './derivatives.ts';
import type { Grammar } from './grammar.ts';
import type { Attribute, Element, Pattern } from './pattern.ts';
import { Scopes, expandName, isDeclaration } from './scope.ts';
import type { Scope } from './scope.ts';

/** Distinct subtrees that are remembered before all are forgotten. */
const memoLimit = 60_000;

/**
 * Tells which subtrees match which element patterns, and remembers it: a subtree is known again by
 * what it consists of, wherever it stands, in a later version of the document or in another one.
 */
export class Matcher {
  readonly grammar: Grammar;
  readonly scopes = new Scopes();
  private readonly derivatives: Derivatives;
  /** Numbers of subtrees by their content; the same number means the same content. */
  private readonly numbers = new Map<string, number>();
  private readonly results = new Map<Element, Map<number, boolean>>();
  private prints = new Map<XmlElement, number>();

  constructor(grammar: Grammar) {
    this.grammar = grammar;
    this.derivatives = grammar.derivatives;
  }

  /** To be called before each document: its elements are numbered, and memory is bounded. */
  begin(root: XmlElement): void {
    if (this.numbers.size > memoLimit) {
      this.numbers.clear();
      this.results.clear();
    }
    this.prints = new Map();
    this.print(root, this.scopes.outermost);
  }

  /** Does the subtree match the pattern? `outer` is the scope around it. */
  matches(element: XmlElement, pattern: Element, outer: Scope): boolean {
    let results = this.results.get(pattern);
    if (results === undefined) this.results.set(pattern, (results = new Map<number, boolean>()));
    const number = this.prints.get(element) ?? -1;
    let result = results.get(number);
    if (result === undefined) {
      result = this.contentMatches(element, pattern.content, this.scopes.within(outer, element));
      results.set(number, result);
    }
    return result;
  }

  /** The patterns among `candidates` that the subtree matches. */
  matching(element: XmlElement, candidates: readonly Element[], outer: Scope): readonly Element[] {
    return candidates.filter((each) => this.matches(element, each, outer));
  }

  /** Attribute patterns that may come now and accept the value. */
  accepting(candidates: readonly Attribute[], value: string): readonly Attribute[] {
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

  /** Numbers the subtree by everything that its match depends on. */
  private print(element: XmlElement, outer: Scope): number {
    const scope = this.scopes.within(outer, element);
    let content = scope.id === 0 ? element.name : `${scope.id.toString()}\0${element.name}`;
    for (const { name, value } of element.attributes) content += `\u0001${name}\u0002${value}`;
    content += `\u0003${textOf(element)}`;
    for (const child of element.children) content += `\u0004${this.print(child, scope).toString()}`;
    let number = this.numbers.get(content);
    if (number === undefined) this.numbers.set(content, (number = this.numbers.size));
    this.prints.set(element, number);
    return number;
  }
}

export function textOf(element: XmlElement): string {
  return element.text.value;
}

export function isBlank(text: string): boolean {
  return /^[\t\n\r ]*$/.test(text);
}
