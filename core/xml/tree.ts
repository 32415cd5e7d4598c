import type { SyntaxProblem } from '../problems.ts';
import type { Located, Span } from '../text/span.ts';
import { attributeIndex, placesEach } from './element-data.ts';
import type { ElementData } from './element-data.ts';

/** One `name="value"` of a start tag. `value` has its entities resolved. */
export interface XmlAttribute {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: string;
  /** Between the quotes, or what stands for the value while it is being typed. */
  readonly valueSpan: Span;
  readonly span: Span;
}

export interface XmlElement {
  readonly name: string;
  readonly nameSpan: Span;
  /** From `<` of the start tag to `>` of the end tag (or as far as the element was recovered). */
  readonly span: Span;
  /** From `<` to `>` of the start tag. */
  readonly startTagSpan: Span;
  /** The end tag, absent for `<x/>` and for an element that was never closed. */
  readonly endTagSpan: Span | undefined;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** One of `children`, which makes no other. */
  child(at: number): XmlElement | undefined;
  /** Direct text (character data, CDATA, entities resolved), white space at both ends removed. */
  readonly text: Located<string>;
  /** The same with its white space; without it too where the element has children. */
  readonly rawText: string;
  readonly parent: XmlElement | undefined;
  /** The same without its place; shared with other versions of the document. */
  readonly data: ElementData;
  /** Offset of its `<`. */
  readonly start: number;
}

export interface XmlDocument {
  readonly root: XmlElement | undefined;
  readonly problems: readonly SyntaxProblem[];
}

/** Bounds that keep a hostile or damaged file from costing more than it is worth. */
export interface XmlLimits {
  /** UTF-16 code units. */
  readonly maxLength: number;
  /** Nesting of elements. */
  readonly maxDepth: number;
}

export const defaultXmlLimits: XmlLimits = { maxLength: 8 * 1024 * 1024, maxDepth: 256 };

export function attribute(element: XmlElement, name: string): XmlAttribute | undefined {
  const index = attributeIndex(element.data, name);
  return index < 0 ? undefined : element.attributes[index];
}

/** The value of an attribute with its place; what `attribute` finds, and makes nothing else. */
export function attributeValue(element: XmlElement, name: string): Located<string> | undefined {
  const { data, start } = element;
  const index = attributeIndex(data, name);
  if (index < 0) return undefined;
  const place = index * placesEach;
  const span = {
    start: start + (data.places[place + 1] ?? 0),
    end: start + (data.places[place + 2] ?? 0),
  };
  return { value: data.words[2 * index + 1] ?? '', span };
}

export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  if (element === undefined) return undefined;
  const { children: all } = element.data;
  for (let at = 0; at < all.length; at++) if (all[at]?.name === name) return element.child(at);
  return undefined;
}

export function children(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  if (element === undefined) return none;
  const { children: all } = element.data;
  let found: XmlElement[] | undefined;
  for (let at = 0; at < all.length; at++) {
    if (all[at]?.name !== name) continue;
    const each = element.child(at);
    if (each !== undefined) (found ??= []).push(each);
  }
  return found ?? none;
}

const none: readonly XmlElement[] = [];
