import { say } from '../../messages.ts';
import type { Message } from '../../messages.ts';
import type { Values } from '../../grammar/values.ts';
import type { XmlAttribute, XmlElement } from '../../xml/tree.ts';
import type { ExpectedName, Vocabulary, XmlPlace } from './vocabulary.ts';

/** Names that a line lists; there are elements with more, and nobody reads them. */
const shownNames = 24;

/** What the grammar says of an element at its place: what it may hold and whether it must be there. */
export function elementFacts(vocabulary: Vocabulary, element: XmlElement): readonly Message[] {
  const { parent, name, startTagSpan, endTagSpan, span } = element;
  const beside: XmlPlace = { root: element, element: parent, offset: startTagSpan.start };
  const inside: XmlPlace = { root: element, element, offset: endTagSpan?.start ?? span.end };
  const attributes = [
    ...element.attributes.map((each) => each.name),
    ...vocabulary.attributes(inside).map((each) => each.name),
  ];
  const children = [
    ...element.children.map((each) => each.name),
    ...vocabulary.elements(inside).map((each) => each.name),
  ];
  return [
    ...(parent !== undefined && isRequired(vocabulary.elements(beside), name)
      ? [say('Required in {0}.', `<${parent.name}>`)]
      : []),
    ...listOf(attributes, (names) => say('Attributes: {0}', names)),
    ...listOf(children, (names) => say('Elements in it: {0}', names)),
    ...(children.length === 0 ? valueFacts(vocabulary.texts(inside)) : []),
  ];
}

/** What the grammar says of an attribute at its place. */
export function attributeFacts(
  vocabulary: Vocabulary,
  element: XmlElement,
  { name, span }: XmlAttribute,
): readonly Message[] {
  const place: XmlPlace = { root: element, element, offset: span.start };
  return [
    ...(isRequired(vocabulary.attributes(place), name)
      ? [say('Required in {0}.', `<${element.name}>`)]
      : []),
    ...valueFacts(vocabulary.values(place, name)),
  ];
}

function valueFacts({ listed, forms, range }: Values): readonly Message[] {
  return [
    ...listOf(listed, (values) => say('Values: {0}', values)),
    ...(range === undefined
      ? []
      : [say('A whole number from {0} to {1}.', range.least, range.most)]),
    ...listOf(forms.slice(0, 4), (patterns) => say('Written like: {0}', patterns)),
  ];
}

function listOf(names: readonly string[], line: (names: string) => Message): readonly Message[] {
  const each = [...new Set(names)].filter((name) => name !== '');
  if (each.length === 0) return [];
  const more = each.length > shownNames ? ', …' : '';
  return [line(each.slice(0, shownNames).join(', ') + more)];
}

function isRequired(expected: readonly ExpectedName[], name: string): boolean {
  return expected.some((each) => each.name === name && each.required);
}
