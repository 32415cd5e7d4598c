import type { Grammar } from '../../grammar/grammar.ts';
import type { Element, Pattern } from '../../grammar/pattern.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { valuesOf } from '../../grammar/values.ts';
import { holdsOf, needsAttribute, needsElement } from './pattern-needs.ts';
import type { ExpectedName, Vocabulary, XmlPlace } from './vocabulary.ts';

/**
 * What a grammar allows at a place: its state there, with everything that is already written taken
 * into account as far as it fits. What does not fit is passed over, so that a mistake elsewhere
 * never takes the proposals away.
 */
export function grammarVocabulary(grammar: Grammar): Vocabulary {
  const { derivatives, start } = grammar;
  const { notAllowed } = derivatives.store;

  /** What is left of an element's content when its attributes are taken, but for one. */
  const afterAttributes = (element: Element, { attributes }: XmlElement, but?: Skip): Pattern => {
    let left = element.content;
    for (const { name, value, span } of attributes) {
      if (name === but?.name || span.start === but?.start) continue;
      const fitting = derivatives
        .nextAttributes(left, name)
        .filter((attribute) => derivatives.acceptsValue(attribute, value));
      if (fitting.length > 0) left = allowed(derivatives.afterAttribute(left, fitting), left);
    }
    return left;
  };
  const allowed = (left: Pattern, before: Pattern): Pattern =>
    left.kind === 'notAllowed' ? before : left;

  const fitsAttributes = (element: Element, { attributes }: XmlElement): boolean =>
    attributes.every(
      ({ name, value }) =>
        name.includes(':') ||
        name === 'xmlns' ||
        derivatives
          .nextAttributes(element.content, name)
          .some((attribute) => derivatives.acceptsValue(attribute, value)),
    );

  /** Patterns that an element may be meant to match where `left` is what is left around it. */
  const candidates = (left: Pattern, element: XmlElement): readonly Element[] => {
    const named = derivatives.nextElements(left, element.name);
    const fitting = named.filter((each) => fitsAttributes(each, element));
    return fitting.length > 0 ? fitting : named;
  };

  const afterChild = (left: Pattern, child: XmlElement): Pattern => {
    const fitting = candidates(left, child);
    return fitting.length === 0 ? left : allowed(derivatives.afterElement(left, fitting), left);
  };

  /** What is left of the content for one more child, at an offset. */
  const gapAt = (element: Element, tree: XmlElement, offset: number): Gap => {
    const others = tree.children.filter(
      ({ name, startTagSpan }) =>
        startTagSpan.start !== offset && name !== '' && !name.includes(':'),
    );
    const content = derivatives.withoutAttributes(afterAttributes(element, tree));
    const earlier = others.filter(({ startTagSpan }) => startTagSpan.start < offset);
    const later = others.slice(earlier.length);
    const before = earlier.reduce(afterChild, content);
    return { before, around: later.reduce(afterChild, before), later };
  };

  /** Do the children behind a gap still fit when this one is put into it? */
  const leavesRoom = ({ before, later }: Gap, name: string): boolean => {
    let left = derivatives.afterElement(before, derivatives.nextElements(before, name));
    let without = before;
    for (const child of later) {
      const fitting = candidates(left, child);
      left = fitting.length === 0 ? notAllowed : derivatives.afterElement(left, fitting);
      const after = candidates(without, child);
      // A child that does not fit anyway is no reason against this one.
      if (left === notAllowed) return after.length === 0;
      if (after.length > 0) without = derivatives.afterElement(without, after);
    }
    return true;
  };

  /** Patterns that an element of the tree may be meant to match. */
  const meant = (element: XmlElement): readonly Element[] => {
    const { parent } = element;
    if (parent === undefined) return derivatives.nextElements(start, element.name);
    const at = element.startTagSpan.start;
    return distinct(
      meant(parent).flatMap((each) => {
        const { before, around } = gapAt(each, parent, at);
        const found = candidates(around, element);
        return found.length > 0 ? found : candidates(before, element);
      }),
    );
  };

  /** Everything that may come at a place between tags. */
  const gaps = (place: XmlPlace): readonly Gap[] => {
    const known = gapsOf.get(place) ?? findGaps(place);
    gapsOf.set(place, known);
    return known;
  };
  const gapsOf = new WeakMap<XmlPlace, readonly Gap[]>();
  const findGaps = ({ root, element, offset }: XmlPlace): readonly Gap[] => {
    if (element !== undefined) return meant(element).map((each) => gapAt(each, element, offset));
    const there = root !== undefined && root.name !== '' && root.startTagSpan.start !== offset;
    return there ? [] : [{ before: start, around: start, later: [] }];
  };

  return {
    elements(place) {
      const found = gaps(place);
      const all = found.flatMap((gap): readonly string[] => {
        const free = [...derivatives.elementsOf(gap.around).named.keys()];
        // Where order counts, a later child hides what may still come before it.
        const hidden = [...derivatives.elementsOf(gap.before).named.keys()].filter(
          (name) => !free.includes(name) && leavesRoom(gap, name),
        );
        return [...free, ...hidden];
      });
      return plain(all).map((name): ExpectedName => ({
        name,
        required: found.every(({ around }) => needsElement(around, name)),
      }));
    },
    attributes({ element, offset }) {
      if (element === undefined) return [];
      const but = { start: offset };
      const left = distinct(meant(element).map((each) => afterAttributes(each, element, but)));
      const all = left.flatMap((each) => [...derivatives.attributesOf(each).named.keys()]);
      return plain(all).map((name): ExpectedName => ({
        name,
        required: left.every((each) => needsAttribute(each, name)),
      }));
    },
    values({ element }, name) {
      if (element === undefined) return valuesOf([]);
      const patterns = meant(element).flatMap((each) =>
        derivatives.nextAttributes(afterAttributes(each, element, { name }), name),
      );
      return valuesOf(patterns.map(({ of }) => of));
    },
    texts(place) {
      return valuesOf(gaps(place).map(({ around }) => around));
    },
    shape(place, name) {
      const found = distinct(
        gaps(place).flatMap(({ before }) => derivatives.nextElements(before, name)),
      );
      const attributes = plain(
        found.flatMap(({ content }) => [...derivatives.attributesOf(content).named.keys()]),
      );
      return {
        required: attributes.filter((each) =>
          found.every(({ content }) => needsAttribute(content, each)),
        ),
        holds: holdsOf(found.map(({ content }) => derivatives.withoutAttributes(content))),
      };
    },
  };
}

/** An attribute that is being written and does not count yet. */
interface Skip {
  readonly name?: string;
  readonly start?: number;
}

/** A place between the children of an element. */
interface Gap {
  /** What is left behind the children before it. */
  readonly before: Pattern;
  /** What is left when the children behind it are taken as well. */
  readonly around: Pattern;
  readonly later: readonly XmlElement[];
}

/** Names without a namespace, each once. */
function plain(all: readonly string[]): readonly string[] {
  return distinct(all).filter((name) => !name.startsWith('{'));
}

function distinct<T>(all: readonly T[]): readonly T[] {
  return all.length < 2 ? all : [...new Set(all)];
}
