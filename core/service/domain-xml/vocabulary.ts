import type { ElementDocumentation } from '../../domain-docs/documentation.ts';
import { elementDocumentation } from '../../domain-docs/lookup.ts';
import type { Values } from '../../grammar/values.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { pathOf } from './element-path.ts';

/** A place in a tree that something is to be written at. */
export interface XmlPlace {
  readonly root: XmlElement | undefined;
  /** The element whose attributes or content it is; undefined for the root's own place. */
  readonly element: XmlElement | undefined;
  readonly offset: number;
}

export interface ExpectedName {
  readonly name: string;
  readonly required: boolean;
}

/** How a new element is written. */
export interface ElementShape {
  readonly required: readonly string[];
  /** `optional-elements` may as well be left empty. Undefined where nobody can tell. */
  readonly holds: 'nothing' | 'elements' | 'optional-elements' | 'text' | undefined;
}

/** What may be written where. */
export interface Vocabulary {
  elements(place: XmlPlace): readonly ExpectedName[];
  attributes(place: XmlPlace): readonly ExpectedName[];
  /** What an attribute can be. */
  values(place: XmlPlace, attribute: string): Values;
  /** What the text of an element can be. */
  texts(place: XmlPlace): Values;
  shape(place: XmlPlace, name: string): ElementShape;
}

/** What the documentation names: for a place that no grammar is known for. */
export const documentedVocabulary: Vocabulary = {
  elements({ element }) {
    if (element === undefined) return [{ name: 'domain', required: true }];
    return named(documented(element)?.children);
  },
  attributes({ element }) {
    const there = new Set(element?.attributes.map(({ name }) => name));
    return named(documented(element)?.attributes).filter(({ name }) => !there.has(name));
  },
  values({ element }, attribute) {
    return listed(own(documented(element)?.attributes, attribute)?.values);
  },
  texts({ element }) {
    return listed(documented(element)?.values);
  },
  shape({ element }, name) {
    const path = [...(element === undefined ? [] : pathOf(element)), name];
    const found = elementDocumentation(path)?.documentation;
    return { required: [], holds: found?.children === undefined ? undefined : 'elements' };
  },
};

function documented(element: XmlElement | undefined): ElementDocumentation | undefined {
  return element === undefined ? undefined : elementDocumentation(pathOf(element))?.documentation;
}

function listed(table: Readonly<Record<string, unknown>> | undefined): Values {
  return { listed: Object.keys(table ?? {}), forms: [], range: undefined };
}

function named(table: Readonly<Record<string, unknown>> | undefined): readonly ExpectedName[] {
  return Object.keys(table ?? {}).map((name) => ({ name, required: false }));
}

function own<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
