import type { ElementData } from '../xml/element-data.ts';
import type { XmlElement } from '../xml/tree.ts';
import type { Derivatives } from './derivatives.ts';
import type { Grammar } from './grammar.ts';
import type { Element, ExpandedName, Pattern } from './pattern.ts';
import { Scopes, expandName, isDeclaration } from './scope.ts';
import type { Scope } from './scope.ts';

/** Answers that are kept with one subtree, which many documents may share. */
const mostJudgements = 32;

/**
 * Tells which subtrees match which element patterns, and keeps the answer with the subtree: where a
 * later version of the document shares it, it is known already.
 */
export class Matcher {
  readonly grammar: Grammar;
  readonly scopes = new Scopes();
  private readonly derivatives: Derivatives;

  constructor(grammar: Grammar) {
    this.grammar = grammar;
    this.derivatives = grammar.derivatives;
  }

  /** Does the subtree match the pattern? `outer` is the scope around it. */
  matches(element: ElementData, pattern: Element, outer: Scope): boolean {
    let count = 0;
    for (let known = element.judgement; known !== undefined; known = known.next) {
      if (known.against === pattern && known.within === outer) return known.holds;
      count++;
    }
    const scope = element.declares ? this.scopes.within(outer, element) : outer;
    const holds = this.contentMatches(element, pattern.content, scope);
    const next = count < mostJudgements ? element.judgement : undefined;
    element.judgement = { against: pattern, within: outer, holds, next };
    return holds;
  }

  /** The patterns among `candidates` that the subtree matches. */
  matching(element: ElementData, candidates: readonly Element[], outer: Scope): readonly Element[] {
    const [only] = candidates;
    if (only !== undefined && candidates.length === 1)
      return this.matches(element, only, outer) ? candidates : [];
    return candidates.filter((each) => this.matches(element, each, outer));
  }

  /** The name of a child that stands in `outer`; its own declarations count for it. */
  nameOf(element: ElementData, outer: Scope): ExpandedName {
    const scope = element.declares ? this.scopes.within(outer, element) : outer;
    return expandName(element.name, scope, 'element');
  }

  private contentMatches(element: ElementData, content: Pattern, scope: Scope): boolean {
    const { derivatives } = this;
    const { notAllowed } = derivatives.store;
    const { words, children } = element;
    let left = content;
    for (let at = 0; at < words.length; at += 2) {
      const name = words[at] ?? '';
      if (element.declares && isDeclaration(name)) continue;
      left = this.afterAttribute(left, expandName(name, scope, 'attribute'), words[at + 1] ?? '');
      if (left === notAllowed) return false;
    }
    left = derivatives.afterStartTag(left);
    if (left === notAllowed) return false;
    if (children.length === 0) return derivatives.acceptsText(left, element.rawText);
    if (!isBlank(element.text)) left = derivatives.afterText(left, element.text);
    for (const child of children) {
      left = this.afterChild(left, child, scope);
      if (left === notAllowed) return false;
    }
    return left.nullable;
  }

  private afterAttribute(left: Pattern, name: ExpandedName, value: string): Pattern {
    const { derivatives } = this;
    const step = derivatives.attributeStep(left, name);
    if (step.only !== undefined) {
      return derivatives.acceptsValue(step.only, value)
        ? (step.afterOnly ??= derivatives.afterAttribute(left, step.candidates))
        : derivatives.store.notAllowed;
    }
    const matched = derivatives.accepting(step.candidates, value);
    return matched.length === 0
      ? derivatives.store.notAllowed
      : derivatives.afterAttribute(left, matched);
  }

  private afterChild(left: Pattern, child: ElementData, scope: Scope): Pattern {
    const { derivatives } = this;
    const step = derivatives.elementStep(left, this.nameOf(child, scope));
    if (step.only !== undefined) {
      return this.matches(child, step.only, scope)
        ? (step.afterOnly ??= derivatives.afterElement(left, step.candidates))
        : derivatives.store.notAllowed;
    }
    const matched = this.matching(child, step.candidates, scope);
    return matched.length === 0
      ? derivatives.store.notAllowed
      : derivatives.afterElement(left, matched);
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
  return text === '' || /^[\t\n\r ]*$/.test(text);
}
