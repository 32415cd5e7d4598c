import type { AttributeDocumentation } from '../domain-docs/documentation.ts';
import { attributeDocumentation, elementDocumentation } from '../domain-docs/lookup.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { XmlAttribute, XmlElement } from '../xml/tree.ts';
import type { Span } from '../text/span.ts';
import { contains } from '../text/span.ts';
import { documentationLines } from './domain-xml/cards.ts';
import { elementsAround, pathOf } from './domain-xml/element-path.ts';
import { attributeFacts, elementFacts } from './domain-xml/grammar-card.ts';
import type { Vocabulary } from './domain-xml/vocabulary.ts';
import type { Hover } from './hover.ts';
import type { DomainXml } from './parse-cache.ts';

/**
 * What an element, an attribute or a value of domain XML means, and what a migration makes of it;
 * with a grammar also what it allows there.
 */
export function hoverDomainXml(
  { document, text }: DomainXml,
  offset: number,
  vocabulary?: Vocabulary,
): Hover | undefined {
  const element = elementAt(document.root, offset);
  if (element === undefined) return undefined;
  const onAttribute = element.attributes.find((each) => contains(each.span, offset));
  if (onAttribute !== undefined) {
    return attributeHover({ element, vocabulary }, onAttribute, offset);
  }
  const onName = [element.nameSpan, endName(element, text)].find(
    (span) => span !== undefined && contains(span, offset),
  );
  if (onName !== undefined) return elementHover({ element, vocabulary }, onName);
  return element.children.length === 0 && contains(element.text.span, offset)
    ? textHover(element)
    : undefined;
}

interface Asked {
  readonly element: XmlElement;
  readonly vocabulary: Vocabulary | undefined;
}

/** The innermost element around an offset. */
export function elementAt(root: XmlElement | undefined, offset: number): XmlElement | undefined {
  return elementsAround(root, offset).at(-1);
}

function elementHover({ element, vocabulary }: Asked, span: Span): Hover | undefined {
  const path = pathOf(element);
  const found = elementDocumentation(path);
  const facts = vocabulary === undefined ? [] : elementFacts(vocabulary, element);
  if (found === undefined && facts.length === 0) return undefined;
  const said = found === undefined ? [] : documentationLines(found.documentation);
  return hoverOf(span, [title(path), ...said, ...facts], found?.reference);
}

function attributeHover(
  { element, vocabulary }: Asked,
  attribute: XmlAttribute,
  offset: number,
): Hover | undefined {
  const { name, nameSpan, value, valueSpan } = attribute;
  const path = pathOf(element);
  const found = attributeDocumentation(path, name);
  const facts = vocabulary === undefined ? [] : attributeFacts(vocabulary, element, attribute);
  if (found === undefined && facts.length === 0) return undefined;
  const onValue = contains(valueSpan, offset) && !contains(nameSpan, offset);
  const meaning = onValue ? valueMeaning(found?.documentation, value) : undefined;
  const span = onValue ? valueSpan : nameSpan;
  if (found !== undefined && meaning !== undefined) {
    const { means, migration } = found.documentation;
    const more = migration === undefined ? [means] : [means, migration];
    return hoverOf(span, [say('{0}', value), meaning, ...more], found.reference);
  }
  const said = found === undefined ? [] : documentationLines(found.documentation);
  return hoverOf(span, [title(path, name), ...said, ...facts], found?.reference);
}

/** The text of an element whose values are explained, such as `<on_crash>`. */
function textHover(element: XmlElement): Hover | undefined {
  const found = elementDocumentation(pathOf(element));
  const { value, span } = element.text;
  const meaning = valueMeaning(found?.documentation, value);
  return meaning === undefined
    ? undefined
    : hoverOf(span, [say('{0}', value), meaning], found?.reference);
}

function hoverOf(span: Span, lines: readonly Message[], reference: string | undefined): Hover {
  return { span, lines, ...(reference === undefined ? {} : { reference }) };
}

function valueMeaning(
  documentation: Pick<AttributeDocumentation, 'values'> | undefined,
  value: string,
): Message | undefined {
  const values = documentation?.values;
  return values !== undefined && Object.hasOwn(values, value) ? values[value] : undefined;
}

/** Which thing it is: `disk/driver@cache`. */
function title(path: readonly string[], attribute?: string): Message {
  const at =
    path.length > 2 ? path.slice(path[1] === 'devices' ? 2 : 1).join('/') : (path.at(-1) ?? '');
  return say('{0}', attribute === undefined ? at : `${at}@${attribute}`);
}

function endName({ endTagSpan, name }: XmlElement, text: string): Span | undefined {
  if (endTagSpan === undefined) return undefined;
  const start = endTagSpan.start + 2;
  const end = start + name.length;
  return text.slice(start, end) === name ? { start, end } : undefined;
}
