import type { AttributeDocumentation } from '../domain-docs/documentation.ts';
import { attributeDocumentation, elementDocumentation } from '../domain-docs/lookup.ts';
import { say } from '../messages.ts';
import type { Message } from '../messages.ts';
import type { XmlAttribute, XmlElement } from '../xml/tree.ts';
import type { Span } from '../text/span.ts';
import { contains } from '../text/span.ts';
import { documentationLines } from './domain-xml/cards.ts';
import { elementsAround, pathOf } from './domain-xml/element-path.ts';
import type { Hover } from './hover.ts';
import type { DomainXml } from './parse-cache.ts';

/** What an element, an attribute or a value of domain XML means, and what a migration makes of it. */
export function hoverDomainXml({ document, text }: DomainXml, offset: number): Hover | undefined {
  const element = elementAt(document.root, offset);
  if (element === undefined) return undefined;
  const path = pathOf(element);
  const onAttribute = element.attributes.find((each) => contains(each.span, offset));
  if (onAttribute !== undefined) return attributeHover(path, onAttribute, offset);
  const onName = [element.nameSpan, endName(element, text)].find(
    (span) => span !== undefined && contains(span, offset),
  );
  if (onName !== undefined) return elementHover(path, onName);
  return element.children.length === 0 && contains(element.text.span, offset)
    ? textHover(path, element)
    : undefined;
}

/** The innermost element around an offset. */
export function elementAt(root: XmlElement | undefined, offset: number): XmlElement | undefined {
  return elementsAround(root, offset).at(-1);
}

function elementHover(path: readonly string[], span: Span): Hover | undefined {
  const found = elementDocumentation(path);
  if (found === undefined) return undefined;
  const { documentation, reference } = found;
  return { span, lines: [title(path), ...documentationLines(documentation)], reference };
}

function attributeHover(
  path: readonly string[],
  { name, nameSpan, value, valueSpan }: XmlAttribute,
  offset: number,
): Hover | undefined {
  const found = attributeDocumentation(path, name);
  if (found === undefined) return undefined;
  const { documentation, reference } = found;
  const onValue = contains(valueSpan, offset) && !contains(nameSpan, offset);
  const said = onValue ? valueMeaning(documentation, value) : undefined;
  const lines = [title(path, name), ...documentationLines(documentation)];
  return said === undefined
    ? { span: onValue ? valueSpan : nameSpan, lines, reference }
    : {
        span: valueSpan,
        lines: [say('{0}', value), said, documentation.means, ...migrationOf(documentation)],
        reference,
      };
}

/** The text of an element whose values are explained, such as `<on_crash>`. */
function textHover(path: readonly string[], element: XmlElement): Hover | undefined {
  const found = elementDocumentation(path);
  const { value, span } = element.text;
  const said = found === undefined ? undefined : valueMeaning(found.documentation, value);
  return found === undefined || said === undefined
    ? undefined
    : { span, lines: [say('{0}', value), said], reference: found.reference };
}

function valueMeaning(
  { values }: Pick<AttributeDocumentation, 'values'>,
  value: string,
): Message | undefined {
  return values !== undefined && Object.hasOwn(values, value) ? values[value] : undefined;
}

function migrationOf({ migration }: AttributeDocumentation): readonly Message[] {
  return migration === undefined ? [] : [migration];
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
