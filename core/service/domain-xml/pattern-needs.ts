import { namesOf } from '../../grammar/pattern.ts';
import type { Attribute, Element, Pattern } from '../../grammar/pattern.ts';
import type { ElementShape } from './vocabulary.ts';

/** Can nothing match without an attribute of this name? */
export function needsAttribute(pattern: Pattern, name: string): boolean {
  return needs(pattern, (leaf) => leaf.kind === 'attribute' && isNamed(leaf, name));
}

/** Can nothing match without a child of this name? */
export function needsElement(pattern: Pattern, name: string): boolean {
  return needs(pattern, (leaf) => leaf.kind === 'element' && isNamed(leaf, name));
}

function isNamed(leaf: Attribute | Element, name: string): boolean {
  const all = namesOf(leaf.name);
  return all.length === 1 && all[0] === name;
}

function needs(pattern: Pattern, is: (leaf: Attribute | Element) => boolean): boolean {
  switch (pattern.kind) {
    case 'choice':
      return pattern.of.every((each) => needs(each, is));
    case 'interleave':
      return pattern.of.some((each) => needs(each, is));
    case 'group':
      return needs(pattern.first, is) || needs(pattern.then, is);
    case 'oneOrMore':
      return needs(pattern.of, is);
    case 'attribute':
    case 'element':
      return is(pattern);
    default:
      return false;
  }
}

/** What an element holds when it is new; several patterns are alternatives. */
export function holdsOf(contents: readonly Pattern[]): ElementShape['holds'] {
  if (contents.length === 0) return undefined;
  if (contents.some((each) => contains(each, isElement))) {
    return contents.some(({ nullable }) => nullable) ? 'optional-elements' : 'elements';
  }
  return contents.some((each) => contains(each, isText)) ? 'text' : 'nothing';
}

function isElement({ kind }: Pattern): boolean {
  return kind === 'element';
}

function isText({ kind }: Pattern): boolean {
  return kind === 'text' || kind === 'data' || kind === 'value' || kind === 'list';
}

function contains(pattern: Pattern, is: (each: Pattern) => boolean): boolean {
  switch (pattern.kind) {
    case 'choice':
    case 'interleave':
      return pattern.of.some((each) => contains(each, is));
    case 'group':
      return contains(pattern.first, is) || contains(pattern.then, is);
    case 'oneOrMore':
      return contains(pattern.of, is);
    default:
      return is(pattern);
  }
}
